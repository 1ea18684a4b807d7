// Who is writing just now. Shown for five seconds at most, and not read aloud.

import { fill } from "../model/words.js";

/** @import { Store } from "../model/store.js" */
/** @import { Words } from "../model/words.js" */

const SHOWN_MS = 5_000;

export class Typing {
  /**
   * @param {HTMLElement} element
   * @param {{ store: Pick<Store, "me" | "blocked" | "name">, words: Words }} given
   */
  constructor(element, { store, words }) {
    this.#element = element;
    this.#store = store;
    this.#words = words;
  }

  #element;
  #store;
  #words;
  /** @type {Map<string, number>} */
  #who = new Map(); // and until when they are shown, as timers

  /** @param {string} member */
  saw(member) {
    if (member === this.#store.me || this.#store.blocked.has(member)) return;
    clearTimeout(this.#who.get(member));
    this.#who.set(member, setTimeout(() => this.stop(member), SHOWN_MS));
    this.#say();
  }

  /** @param {string} member */
  stop(member) {
    clearTimeout(this.#who.get(member));
    if (this.#who.delete(member)) this.#say();
  }

  #say() {
    const { typing, former } = this.#words.say;
    const [a, b, more] = [...this.#who.keys()].map((member) => this.#store.name(member) ?? former);
    const sentence = more ? typing.many : b ? typing.two : a ? typing.one : "";
    this.#element.textContent = fill(sentence, { a, b });
  }
}
