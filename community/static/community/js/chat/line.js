// One line of the talk as elements: the same that templates/chat/_line.html makes.

import { setHTML } from "../trusted.js";
import { fill } from "./words.js";

/** Make an element with properties, data and children (strings are text). */
export function make(tag, { data = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, value);
    else element[name] = value;
  }
  Object.assign(element.dataset, data);
  element.append(...children.filter((child) => child != null && child !== false));
  return element;
}

export class LineMaker {
  constructor({ words, icons, pictures, can }) {
    this.#words = words;
    this.#icons = icons;
    this.#pictures = pictures;
    this.#can = can; // row -> [{icon, label, href?, act?}]: what its menu offers
  }

  #words;
  #icons;
  #pictures;
  #can;

  icon(name) {
    return drawn("icon", `${this.#icons}#${name}`);
  }

  /** A picture that a member chose, by its key. */
  drawing(key) {
    return drawn("own-drawing", `${this.#pictures}#${key}`);
  }

  day(entry) {
    return make("li", { className: "talk-day" }, make("span", {}, entry.label));
  }

  newLine({ dismiss }) {
    const button = make("button", { type: "button", className: "button button-plain button-small", onclick: dismiss }, this.#words.say.mark_read);
    return make("li", { className: "talk-new", id: "new" }, make("span", {}, this.#words.say.new_line), button);
  }

  notice({ row, words, clock }) {
    const text = make("p", {}, `${words} `, this.#time(row, clock));
    return this.#item("talk-notice", row, text);
  }

  message(entry) {
    const { row, clock, first, own, words } = entry;
    const kind = ["talk-message", first && "is-first", own && "is-own", words && "is-gone"].filter(Boolean).join(" ");
    const head = this.#head(entry, this.#time(row, clock));
    const bubble = make("div", { className: "talk-bubble" }, this.#content(entry));
    if (row.edited && !words) bubble.append(make("p", { className: "talk-mark" }, this.#words.say.edited));
    return this.#item(kind, row, head, make("div", { className: "talk-row" }, bubble, !words && this.#menu(entry)));
  }

  /** What is on its way, was not taken, or is so old that it asks first. */
  pending(entry) {
    const { item, clock, first, state, again, forget } = entry;
    const kind = `talk-message is-own is-${item.state}${first ? " is-first" : ""}`;
    const head = this.#head(entry, make("time", {}, clock));
    const bubble = make("div", { className: "talk-bubble" }, make("div", { className: "talk-body talk-plain", dir: "auto" }, item.body));
    const mark = make("p", { className: "talk-mark" }, state);
    if (item.state === "failed") mark.setAttribute("role", "alert");
    if (item.state === "failed" || item.state === "asks") {
      const { say } = this.#words;
      const small = "button button-second button-small";
      mark.append(" ", make("button", { type: "button", className: small, onclick: again }, item.state === "asks" ? say.send : say.again));
      mark.append(" ", make("button", { type: "button", className: small, onclick: forget }, say.delete));
    }
    bubble.append(mark);
    return make("li", { className: kind, tabIndex: -1 }, head, make("div", { className: "talk-row" }, bubble));
  }

  #head({ name, picture, first }, time) {
    const shown = first && picture ? this.drawing(picture) : null;
    return make("p", { className: first ? "talk-head" : "visually-hidden" }, shown, make("b", {}, name), " ", time);
  }

  #time(row, clock) {
    return make("time", { dateTime: row.sent }, clock);
  }

  #item(className, row, ...children) {
    return make("li", { className, id: `m${row.seq}`, tabIndex: -1, data: { id: row.id } }, ...children);
  }

  #content({ row, words, blocked }) {
    if (words) return make("p", {}, words);
    const body = make("div", { className: "talk-body", dir: "auto" });
    setHTML(body, row.html ?? "");
    if (!blocked) return body;
    const summary = make("summary", {}, `${this.#words.say.blocked} `, make("span", {}, this.#words.say.show));
    return make("details", { className: "talk-blocked" }, summary, body);
  }

  #menu(entry) {
    const { say } = this.#words;
    const label = fill(entry.own ? say.more_about_own : say.more_about, { name: entry.name, time: entry.clock });
    const summary = make("summary", { className: "button button-plain button-icon", "aria-label": label, tabIndex: -1 }, this.icon("more"));
    const sheet = make("div", { className: "menu-sheet" });
    const menu = make("details", { className: "menu talk-menu", data: { menu: "" } }, summary, sheet);
    summary.addEventListener("click", () => this.#fill(menu, sheet, entry));
    menu.addEventListener("toggle", () => menu.open && turn(menu, sheet));
    return menu;
  }

  // Filled when it is first wanted: a page of messages would otherwise carry hundreds of buttons.
  #fill(menu, sheet, entry) {
    sheet.replaceChildren(
      ...this.#can(entry).map(({ icon, label, href, act }) => {
        if (href) return make("a", { className: "menu-item", href }, this.icon(icon), label);
        const choose = () => {
          menu.open = false;
          act();
        };
        return make("button", { type: "button", className: "menu-item", onclick: choose }, this.icon(icon), label);
      }),
    );
  }
}

function drawn(className, href) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", href);
  svg.append(use);
  return svg;
}

// Open a menu to the side on which there is room.
function turn(menu, sheet) {
  const log = menu.closest(".talk-log").getBoundingClientRect();
  const { left, bottom, top } = menu.getBoundingClientRect();
  menu.classList.toggle("opens-up", bottom + sheet.offsetHeight > log.bottom && top - sheet.offsetHeight > log.top);
  menu.classList.toggle("opens-on", left - sheet.offsetWidth < log.left - 40);
}
