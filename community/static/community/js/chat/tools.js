// What one can do with a message: reply and react at once, and the menu of all there is, which on a phone is a sheet.

import { make } from "./line.js";
import { fill } from "./words.js";

const GAP = 4; // px around an open menu

/**
 * `can(entry)` gives what the menu offers, [{icon, label, href?, act?}]; `signs` are the six, {emoji, label};
 * `onsign(entry, emoji, on)` and `onreply(entry)` act, and `onclosed()` hears when a menu is closed.
 */
export class Tools {
  constructor({ words, icon, signs, can, onsign, onreply, onclosed }) {
    Object.assign(this, { words, icon, signs });
    this.#does = { can, onsign, onreply, onclosed };
  }

  #does;

  /** The tools beside a message. Their menus are filled when they are first wanted: a page would otherwise carry hundreds of buttons. */
  beside(entry) {
    const { say } = this.words;
    const label = (own, other) => fill(entry.own ? own : other, { name: entry.name, time: entry.clock });
    const reply = make("button", { type: "button", className: "button button-plain button-icon talk-tool talk-quick", tabIndex: -1 }, this.icon("reply"));
    reply.setAttribute("aria-label", label(say.reply_to_own, say.reply_to));
    reply.title = say.reply;
    reply.addEventListener("click", () => this.#does.onreply(entry));
    const react = this.#menu("react", label(say.react_to_own, say.react_to), say.react, "talk-react talk-quick", () => [this.#six(entry)]);
    const more = this.#menu("more", label(say.more_about_own, say.more_about), "", "talk-menu", () => this.#all(entry));
    return make("div", { className: "talk-tools" }, reply, react, more);
  }

  /** The menu beside what is not sent yet. */
  besidePending(entry) {
    const label = fill(this.words.say.more_about_own, { time: entry.clock });
    return make("div", { className: "talk-tools" }, this.#menu("more", label, "", "talk-menu", () => this.#items(entry)));
  }

  /** The signs under a message: pressed where one gave it oneself, with the names of all who did. */
  under(entry) {
    const { say } = this.words;
    const chips = entry.signs.map(({ emoji, label, names, count, mine }) => {
      const chip = make("button", { type: "button", className: "talk-chip", tabIndex: -1, title: names, data: { key: emoji } });
      chip.setAttribute("aria-pressed", String(mine));
      chip.setAttribute("aria-label", fill(say.reacted, { sign: label, names }));
      chip.append(this.icon(`sign-${emoji}`), make("span", { "aria-hidden": "true" }, String(count)));
      chip.addEventListener("click", () => this.#does.onsign(entry, emoji, !mine));
      return make("li", {}, chip);
    });
    return chips.length ? make("ul", { className: "talk-reactions", "aria-label": say.reactions }, ...chips) : null;
  }

  #menu(icon, label, title, className, fillIt) {
    const summary = make("summary", { className: "button button-plain button-icon talk-tool", "aria-label": label, title, tabIndex: -1, data: { key: icon } }, this.icon(icon));
    const sheet = make("div", { className: "menu-sheet" });
    const menu = make("details", { className: `menu ${className}`, data: { menu: "" } }, summary, sheet);
    summary.addEventListener("click", () => sheet.replaceChildren(...fillIt()));
    menu.addEventListener("click", ({ target }) => target === menu && (menu.open = false)); // the shade behind a phone's sheet
    const follow = () => place(menu, sheet);
    menu.addEventListener("toggle", () => {
      const log = document.getElementById("log");
      log.removeEventListener("scroll", follow);
      if (!menu.open) return this.#does.onclosed();
      log.addEventListener("scroll", follow, { passive: true });
      follow();
    });
    return menu;
  }

  #six(entry) {
    const given = new Map(entry.signs.map((each) => [each.emoji, each]));
    const signs = this.signs.map(({ emoji, label }) => {
      const mine = Boolean(given.get(emoji)?.mine);
      const button = make("button", { type: "button", className: "talk-sign", title: label, "aria-label": label }, this.icon(`sign-${emoji}`));
      button.setAttribute("aria-pressed", String(mine));
      button.addEventListener("click", () => this.#chosen(button, () => this.#does.onsign(entry, emoji, !mine)));
      return button;
    });
    return make("div", { className: "talk-six", role: "group", "aria-label": this.words.say.react }, ...signs);
  }

  #items(entry) {
    return this.#does.can(entry).map(({ icon, label, href, act }) => {
      if (href) return make("a", { className: "menu-item", href }, this.icon(icon), label);
      const button = make("button", { type: "button", className: "menu-item" }, this.icon(icon), label);
      button.addEventListener("click", () => this.#chosen(button, act));
      return button;
    });
  }

  #all(entry) {
    const { say } = this.words;
    const who = entry.signs.map(({ emoji, label, names }) => make("li", {}, this.icon(`sign-${emoji}`), " ", fill(say.reacted, { sign: label, names })));
    return [this.#six(entry), ...this.#items(entry), who.length > 0 && make("ul", { className: "talk-who caption" }, ...who)].filter(Boolean);
  }

  #chosen(button, act) {
    const menu = button.closest("details");
    menu.open = false;
    menu.querySelector("summary").focus(); // unless what is done takes the focus elsewhere
    act();
  }
}

// Put an open menu beside what opens it, wholly on the screen: within the log there may be too little room on either side.
function place(menu, sheet) {
  const { top, bottom, left, right } = menu.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = sheet;
  const x = left + width <= document.getElementById("log").getBoundingClientRect().right ? left : right - width;
  const fits = bottom + GAP + height <= innerHeight - GAP;
  const y = fits ? bottom + GAP : Math.min(top - GAP, innerHeight - GAP) - height;
  sheet.style.setProperty("--x", `${Math.max(GAP, x)}px`);
  sheet.style.setProperty("--y", `${Math.max(GAP, y)}px`);
}
