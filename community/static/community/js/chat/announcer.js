// Tells a screen reader of others' messages: at most every three seconds, and never history, typing or what one wrote oneself.

import { fill } from "./words.js";

const EVERY_MS = 3_000;
const LENGTH = 120;

export class Announcer {
  constructor(region, words) {
    this.#region = region;
    this.#words = words;
  }

  #region;
  #words;
  #waiting = [];
  #timer = 0;

  /** `messages` are [{name, text}]; a notice has no name. */
  hear(messages) {
    this.#waiting.push(...messages);
    if (!this.#timer) this.#speak();
  }

  #speak() {
    this.#timer = 0;
    if (!this.#waiting.length) return;
    this.#region.textContent = this.#sentence();
    this.#waiting = [];
    this.#timer = setTimeout(() => this.#speak(), EVERY_MS);
  }

  #sentence() {
    const { say } = this.#words;
    if (this.#waiting.length > 1) return this.#words.count(say.unread, this.#waiting.length);
    const [{ name, text }] = this.#waiting;
    const short = [...text].slice(0, LENGTH).join("");
    return name ? fill(say.announce_one, { name, text: short }) : short;
  }
}
