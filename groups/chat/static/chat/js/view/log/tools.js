// What one can do with a message: reply and react at once, and the menu of all there is, which on a phone is a sheet.

import { byId, make } from "../elements.js";
import { fill } from "../../model/words.js";

/** @import { Message, Pending } from "../../model/layout.js" */
/** @import { Words } from "../../model/words.js" */

/** @typedef {{ icon: string, label: string } & ({ href: string } | { act: () => void })} Choice What a menu offers: a way elsewhere, or an action. */
/**
 * @typedef {object} Does
 * @property {(entry: Message | Pending) => Choice[]} can
 * @property {(entry: Message, emoji: Wire.Sign, on: boolean) => void} onsign
 * @property {(entry: Message) => void} onreply
 * @property {() => void} onclosed a menu was closed
 */

const GAP = 4; // px around an open menu

export class Tools {
  /**
   * `signs` are the six, and `icon` makes one by its name.
   * @param {Does & { words: Words, icon: (name: string) => Element, signs: Wire.Handover["signs"] }} given
   */
  constructor({ words, icon, signs, ...does }) {
    this.#words = words;
    this.#icon = icon;
    this.#signs = signs;
    this.#does = does;
  }

  #words;
  #icon;
  #signs;
  #does;

  /**
   * The tools beside a message. Their menus are filled when they are first wanted: a page would otherwise carry hundreds of buttons.
   * @param {Message} entry
   */
  beside(entry) {
    const { say } = this.#words;
    /** @type {(own: string, other: string) => string} */
    const label = (own, other) => fill(entry.own ? own : other, { name: entry.name, time: entry.clock });
    const reply = make("button", { type: "button", className: "button button-plain button-icon chat-tool chat-quick", tabIndex: -1 }, this.#icon("reply"));
    reply.setAttribute("aria-label", label(say.reply_to_own, say.reply_to));
    reply.title = say.reply;
    reply.addEventListener("click", () => this.#does.onreply(entry));
    const react = this.#menu("react", label(say.react_to_own, say.react_to), say.react, "chat-react chat-quick", () => [this.#six(entry)]);
    const more = this.#menu("more", label(say.more_about_own, say.more_about), "", "chat-menu", () => this.#all(entry));
    return make("div", { className: "chat-tools" }, reply, react, more);
  }

  /**
   * The menu beside what is not sent yet.
   * @param {Pending} entry
   */
  besidePending(entry) {
    const label = fill(this.#words.say.more_about_own, { time: entry.clock });
    return make("div", { className: "chat-tools" }, this.#menu("more", label, "", "chat-menu", () => this.#items(entry)));
  }

  /**
   * The signs under a message: pressed where one gave it oneself, with the names of all who did.
   * @param {Message} entry
   */
  under(entry) {
    const { say } = this.#words;
    const chips = entry.signs.map(({ emoji, label, names, count, mine }) => {
      const chip = make("button", { type: "button", className: "chat-chip", tabIndex: -1, title: names, data: { key: emoji } });
      chip.setAttribute("aria-pressed", String(mine));
      chip.setAttribute("aria-label", fill(say.reacted, { sign: label, names }));
      chip.append(this.#icon(`sign-${emoji}`), make("span", { "aria-hidden": "true" }, String(count)));
      chip.addEventListener("click", () => this.#does.onsign(entry, emoji, !mine));
      return make("li", {}, chip);
    });
    return chips.length ? make("ul", { className: "chat-reactions", "aria-label": say.reactions }, ...chips) : null;
  }

  /**
   * @param {string} icon
   * @param {string} label
   * @param {string} title
   * @param {string} className
   * @param {() => HTMLElement[]} fillIt
   */
  #menu(icon, label, title, className, fillIt) {
    const summary = make("summary", { className: "button button-plain button-icon chat-tool", "aria-label": label, title, tabIndex: -1, data: { key: icon } }, this.#icon(icon));
    const sheet = make("div", { className: "menu-sheet" });
    const menu = make("details", { className: `menu ${className}`, data: { menu: "" } }, summary, sheet);
    summary.addEventListener("click", () => sheet.replaceChildren(...fillIt()));
    menu.addEventListener("click", ({ target }) => {
      if (target === menu) menu.open = false; // the shade behind a phone's sheet
    });
    const follow = () => place(menu, sheet);
    menu.addEventListener("toggle", () => {
      const log = byId("log", HTMLElement);
      log.removeEventListener("scroll", follow);
      if (!menu.open) return this.#does.onclosed();
      log.addEventListener("scroll", follow, { passive: true });
      follow();
    });
    return menu;
  }

  /** @param {Message} entry */
  #six(entry) {
    const given = new Map(entry.signs.map((each) => [each.emoji, each]));
    const signs = this.#signs.map(({ emoji, label }) => {
      const mine = Boolean(given.get(emoji)?.mine);
      const button = make("button", { type: "button", className: "chat-sign", title: label, "aria-label": label }, this.#icon(`sign-${emoji}`));
      button.setAttribute("aria-pressed", String(mine));
      button.addEventListener("click", () => this.#chosen(button, () => this.#does.onsign(entry, emoji, !mine)));
      return button;
    });
    return make("div", { className: "chat-signs", role: "group", "aria-label": this.#words.say.react }, ...signs);
  }

  /** @param {Message | Pending} entry */
  #items(entry) {
    return this.#does.can(entry).map((choice) => {
      const words = [this.#icon(choice.icon), choice.label];
      if ("href" in choice) return make("a", { className: "menu-item", href: choice.href }, ...words);
      const button = make("button", { type: "button", className: "menu-item" }, ...words);
      button.addEventListener("click", () => this.#chosen(button, choice.act));
      return button;
    });
  }

  /** @param {Message} entry */
  #all(entry) {
    const { say } = this.#words;
    const who = entry.signs.map(({ emoji, label, names }) => make("li", {}, this.#icon(`sign-${emoji}`), " ", fill(say.reacted, { sign: label, names })));
    return [this.#six(entry), ...this.#items(entry), ...(who.length ? [make("ul", { className: "chat-who caption" }, ...who)] : [])];
  }

  /**
   * @param {HTMLElement} button
   * @param {() => void} act
   */
  #chosen(button, act) {
    const menu = button.closest("details");
    if (menu) menu.open = false;
    menu?.querySelector("summary")?.focus(); // unless what is done takes the focus elsewhere
    act();
  }
}

/**
 * Put an open menu beside what opens it, wholly on the screen: within the log there may be too little room on either side.
 * @param {HTMLElement} menu
 * @param {HTMLElement} sheet
 */
function place(menu, sheet) {
  const { top, bottom, left, right } = menu.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = sheet;
  const x = left + width <= byId("log", HTMLElement).getBoundingClientRect().right ? left : right - width;
  const fits = bottom + GAP + height <= innerHeight - GAP;
  const y = fits ? bottom + GAP : Math.min(top - GAP, innerHeight - GAP) - height;
  sheet.style.setProperty("--x", `${Math.max(GAP, x)}px`);
  sheet.style.setProperty("--y", `${Math.max(GAP, y)}px`);
}
