// An @ in the box offers the people of the group. What is chosen is only text: the server finds the names in it.

import { byId, make } from "../elements.js";
import { drawing } from "../templates.js";

const MOST = 6;
/** @type {Record<string, number>} */
const BY = { ArrowDown: 1, ArrowUp: -1 };
const CLOSES = /[\p{Pe}\p{Pf}'.,;:!?…、。，．！？：；،؛؟।]/u; // what follows a name without a space
// After a Latin letter or a figure an @ belongs to an address (community/kit/text/phrases.py says the same), after a slash to a link.
const BEGUN = /(?<![\p{Script=Latin}\p{N}_@＠﹫/]\p{M}*)[@＠﹫]([^\n@＠﹫]{0,60})$/u;
// Accents and the vowel points of Hebrew and Arabic, which may be left out. Other marks are letters of their scripts.
const POINTS = /[\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670]/g;

/** @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(POINTS, "").toLocaleLowerCase();

export class Mentions {
  /**
   * `people()` gives who can be named.
   * @param {{ box: HTMLTextAreaElement, people: () => Wire.Person[] }} given
   */
  constructor({ box, people }) {
    this.#box = box;
    this.#people = people;
    box.setAttribute("aria-autocomplete", "list");
    box.setAttribute("aria-controls", this.#list.id);
    box.addEventListener("input", () => this.#look());
    box.addEventListener("input", (event) => (event instanceof InputEvent && event.isComposing) || this.#closeUp());
    for (const type of ["keyup", "click"]) box.addEventListener(type, () => this.#look()); // the caret may be elsewhere
    box.addEventListener("blur", () => this.#close());
    box.form?.addEventListener("submit", () => this.#close());
    box.addEventListener("keydown", (event) => this.#key(event), { capture: true }); // before Enter sends
    this.#list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
  }

  #box;
  #people;
  #list = byId("named", HTMLElement);
  /** @type {Wire.Person[]} */
  #found = [];
  #at = 0;
  #given = -1; // where an @ stands that is to be left alone
  #space = -1; // where the space stands that came with a name, while nothing follows it

  /** Where the @ before the caret stands, and what follows it; null where there is none. */
  #begun() {
    const { selectionStart, selectionEnd, value } = this.#box;
    const [, typed] = (selectionStart === selectionEnd && value.slice(0, selectionStart).match(BEGUN)) || [];
    return typed === undefined ? null : { start: selectionStart - typed.length - 1, typed: plain(typed) };
  }

  #look() {
    const begun = this.#begun();
    if (!begun || begun.start !== this.#given) this.#given = -1;
    if (!begun || begun.start === this.#given) return this.#close();
    /** @param {Wire.Person} person */
    const fits = ({ name }) => ` ${plain(name)}`.includes(` ${begun.typed}`);
    const found = this.#people().filter(fits).slice(0, MOST);
    if (found.map(({ id }) => id).join() !== this.#found.map(({ id }) => id).join()) this.#at = 0;
    this.#found = found;
    this.#draw();
  }

  #draw() {
    this.#list.hidden = !this.#found.length;
    if (this.#list.hidden) return this.#close();
    const options = this.#found.map((person, n) => {
      const option = make("li", { role: "option", id: `named-${n}`, className: "menu-item", "aria-selected": String(n === this.#at) });
      option.append(drawing(person.picture), make("bdi", {}, person.name));
      option.addEventListener("click", () => this.#choose(n));
      return option;
    });
    this.#list.replaceChildren(...options);
    this.#box.setAttribute("aria-activedescendant", `named-${this.#at}`);
  }

  #close() {
    this.#found = [];
    this.#list.hidden = true;
    this.#box.removeAttribute("aria-activedescendant");
  }

  /** @param {number} n */
  #choose(n) {
    const begun = this.#begun();
    if (!begun) return;
    const { start } = begun;
    this.#given = start;
    this.#box.setRangeText(`@${this.#found[n].name} `, start, this.#box.selectionStart, "end");
    this.#close();
    this.#box.dispatchEvent(new Event("input", { bubbles: true }));
    this.#space = this.#box.selectionStart - 1;
  }

  /** Take the space away that came with a name where a comma, or whatever closes up to a word, was typed after it. */
  #closeUp() {
    const at = this.#space;
    const { selectionStart, value } = this.#box;
    this.#space = -1;
    if (at < 0 || selectionStart !== at + 2 || value[at] !== " " || !CLOSES.test(value[at + 1])) return;
    this.#box.setRangeText("", at, at + 1);
    this.#box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (!this.#found.length || !this.#begun() || event.isComposing || event.keyCode === 229) return;
    const by = BY[event.key];
    if (by) this.#at = (this.#at + by + this.#found.length) % this.#found.length;
    else if (event.key === "Escape") this.#given = this.#begun()?.start ?? -1;
    else if ((event.key !== "Enter" && event.key !== "Tab") || event.shiftKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (by) this.#draw();
    else if (event.key === "Escape") this.#close();
    else this.#choose(this.#at);
  }
}
