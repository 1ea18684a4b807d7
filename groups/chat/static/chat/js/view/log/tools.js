// What one can do with a message: reply and react at once, and the menu of all there is, which on a phone is a sheet.

import { byId } from "../elements.js";
import { copy, fillIn, keep, part } from "../templates.js";

/** @import { Message, Pending } from "../../model/layout.js" */

/** @typedef {"answer" | "block" | "copy" | "edit" | "remove" | "unread"} Act What a menu offers (templates/chat/_menu.html), beside ways elsewhere. */
/**
 * @typedef {object} Does
 * @property {(entry: Message | Pending) => Partial<Record<Act, () => void>>} can
 * @property {(entry: Message, emoji: Wire.Sign, on: boolean) => void} onsign
 * @property {(entry: Message) => void} onreply
 * @property {() => void} onclosed a menu was closed
 */

const GAP = 4; // px around an open menu

export class Tools {
  /** @param {Does} does */
  constructor(does) {
    this.#does = does;
  }

  #does;

  /**
   * Let the tools beside a message work, and the signs under it: pressed where one gave it oneself, with the names of all who did.
   * @param {HTMLElement} item
   * @param {Message} entry
   */
  take(item, entry) {
    this.#showSigns(item, entry);
    if (entry.words) return;
    part(item, ".chat-tools > button").addEventListener("click", () => this.#does.onreply(entry));
    this.#menu(part(item, ".chat-react"), () => [this.#six(copy("signs"), entry)]);
    this.#menu(part(item, ".chat-menu"), () => this.#all(entry));
  }

  /**
   * Let the menu beside what is not sent yet work.
   * @param {HTMLElement} item
   * @param {Pending} entry
   */
  takePending(item, entry) {
    this.#menu(part(item, ".chat-menu"), () => this.#items(copy("menu-own"), entry));
  }

  /**
   * @param {HTMLElement} item
   * @param {Message} entry
   */
  #showSigns(item, entry) {
    const list = part(item, ".chat-reactions");
    const one = part(list, "li");
    const chips = entry.signs.map((sign) => {
      const chip = fillIn(/** @type {HTMLElement} */ (one.cloneNode(true)), { ...sign, mine: "" });
      const button = part(chip, "button");
      button.setAttribute("aria-pressed", String(sign.mine));
      button.addEventListener("click", () => this.#does.onsign(entry, sign.emoji, !sign.mine));
      return chip;
    });
    list.replaceChildren(...chips);
    if (!chips.length) list.remove();
  }

  /**
   * Menus are filled when they are first wanted: a page would otherwise carry hundreds of buttons.
   * @param {HTMLElement} element
   * @param {() => Iterable<Node>} fillIt
   */
  #menu(element, fillIt) {
    const menu = /** @type {HTMLDetailsElement} */ (element);
    const sheet = part(menu, ".menu-sheet");
    part(menu, "summary").addEventListener("click", () => sheet.replaceChildren(...fillIt()));
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
  }

  /**
   * Let the six signs work.
   * @param {HTMLElement} group
   * @param {Message} entry
   */
  #six(group, entry) {
    const mine = new Set(entry.signs.filter((sign) => sign.mine).map(({ emoji }) => emoji));
    for (const button of group.querySelectorAll("button")) {
      const emoji = /** @type {Wire.Sign} */ (button.value);
      button.setAttribute("aria-pressed", String(mine.has(emoji)));
      button.addEventListener("click", () => this.#chosen(button, () => this.#does.onsign(entry, emoji, !mine.has(emoji))));
    }
    return group;
  }

  /** @param {Message} entry */
  #all(entry) {
    const { row, own, name, signs } = entry;
    const menu = copy(own ? "menu-own" : "menu-other", { id: row.id, author: row.author ?? "", name });
    this.#six(part(menu, ".chat-signs"), entry);
    const who = part(menu, ".chat-who");
    const one = part(who, "li");
    who.replaceChildren(...signs.map((sign) => fillIn(/** @type {HTMLElement} */ (one.cloneNode(true)), { ...sign, mine: "" })));
    keep(menu, { "[data-of=author]": row.author, ".chat-who": signs.length });
    return this.#items(menu, entry);
  }

  /**
   * The items of a menu, without those that do not apply.
   * @param {HTMLElement} menu
   * @param {Message | Pending} entry
   */
  #items(menu, entry) {
    const can = this.#does.can(entry);
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (menu.querySelectorAll("[data-act]"))) {
      const act = can[/** @type {Act} */ (button.dataset.act)];
      if (act) button.addEventListener("click", () => this.#chosen(button, act));
      else button.remove();
    }
    if (entry.kind === "pending") keep(menu, { ".chat-signs, .chat-who": false });
    return menu.childNodes;
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
