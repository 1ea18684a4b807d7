// One line of the talk as elements: the same that templates/chat/_line.html makes.

import { setHTML } from "../trusted.js";

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
  /** `tools` makes what stands beside and under a message; `onquote(row, seq)` leads from an answer to what it answers, `onundo(row)` brings back. */
  constructor({ words, icons, pictures, onquote, onundo }) {
    this.#words = words;
    this.#icons = icons;
    this.#pictures = pictures;
    this.#does = { onquote, onundo };
  }

  tools = null; // set by whoever makes them of our icons
  #words;
  #icons;
  #pictures;
  #does;

  icon(name) {
    return drawn("icon", `${this.#icons}#${name}`);
  }

  /** The picture that a member chose, by its key, or that of a person. */
  drawing(key) {
    return drawn("own-drawing", `${this.#pictures}#${key || "person"}`);
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
    const kind = ["talk-message", first && "is-first", own && "is-own", entry.named && "is-naming", words && "is-gone"].filter(Boolean).join(" ");
    const head = this.#head(entry, this.#time(row, clock));
    const bubble = make("div", { className: "talk-bubble" }, this.#quote(entry), this.#content(entry));
    if (row.edited && !words) bubble.append(make("p", { className: "talk-mark" }, this.#words.say.edited));
    if (entry.named) bubble.append(make("p", { className: "talk-mark talk-named" }, this.#words.say.mentions_you));
    const beside = words ? null : this.tools.beside(entry);
    return this.#item(kind, row, head, make("div", { className: "talk-row" }, bubble, beside), this.tools.under(entry));
  }

  /** What is on its way, was not taken, is so old that it asks first, or is being taken back. */
  pending(entry) {
    const { item, clock, first, state, again, forget } = entry;
    const kind = `talk-message is-own is-${item.removed ? "gone" : item.state}${first ? " is-first" : ""}`;
    const head = this.#head(entry, make("time", {}, clock));
    const line = (bubble, tools) =>
      make("li", { className: kind, tabIndex: -1, data: { pending: item.client_id } }, head, make("div", { className: "talk-row" }, bubble, tools));
    if (item.removed) return line(make("div", { className: "talk-bubble" }, make("p", {}, state)));
    const body = make("div", { className: "talk-body talk-plain", dir: "auto" }, item.body);
    const bubble = make("div", { className: "talk-bubble" }, this.#quote(entry), body);
    const mark = make("p", { className: "talk-mark" }, state);
    if (item.state === "failed") mark.setAttribute("role", "alert");
    if (item.state === "failed" || item.state === "asks") {
      const { say } = this.#words;
      const small = "button button-second button-small";
      mark.append(" ", make("button", { type: "button", className: small, onclick: again }, item.state === "asks" ? say.send : say.again));
      mark.append(" ", make("button", { type: "button", className: small, onclick: forget }, say.delete));
    }
    bubble.append(mark);
    return line(bubble, this.tools.besidePending(entry));
  }

  #head({ name, picture, first }, time) {
    return make("p", { className: first ? "talk-head" : "visually-hidden" }, first && this.drawing(picture), make("b", {}, name), " ", time);
  }

  #time(row, clock) {
    return make("time", { dateTime: row.sent.replace(/\.\d+/, "") }, clock);
  }

  #item(className, row, ...children) {
    return make("li", { className, id: `m${row.seq}`, tabIndex: -1, data: { id: row.id } }, ...children);
  }

  #quote({ row, quote }) {
    if (!quote) return null;
    const { say } = this.#words;
    const name = quote.name ? [make("b", {}, quote.name), " "] : [];
    const parts = [make("span", { className: "visually-hidden" }, say.answers), " ", ...name, make("span", { dir: "auto" }, quote.text)];
    if (quote.seq === null) return make("p", { className: "talk-quote" }, quote.text);
    const link = make("a", { className: "talk-quote", href: `#m${quote.seq}`, tabIndex: -1, data: { key: "quote" } }, ...parts);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.#does.onquote(row, quote.seq);
    });
    return link;
  }

  #content({ row, words, blocked, undo }) {
    if (words) return make("p", {}, words, undo && " ", undo && this.#undo(row));
    const body = make("div", { className: "talk-body", dir: "auto" });
    setHTML(body, row.html ?? "");
    if (!blocked) return body;
    const summary = make("summary", {}, `${this.#words.say.blocked} `, make("span", {}, this.#words.say.show));
    return make("details", { className: "talk-blocked" }, summary, body);
  }

  #undo(row) {
    const onclick = () => this.#does.onundo(row);
    return make("button", { type: "button", className: "button button-second button-small", onclick, data: { key: "undo" } }, this.#words.say.undo);
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
