// Tells a screen reader of others' messages: at most every three seconds, and never history, typing or what one wrote oneself.

import { fill } from "../model/words.js";

/** @import { Words } from "../model/words.js" */

const EVERY_MS = 3_000;
const LENGTH = 120;
/** @typedef {{ name?: string, text: string, mentionsMe?: boolean }} Heard A message; a notice has no name, and mentions nobody. */

/** @type {Record<Wire.Handover["settings"]["aloud"], (heard: Heard) => boolean>} */
const IS_READ = { all: () => true, mentions: ({ mentionsMe }) => Boolean(mentionsMe), none: () => false };

export class Announcer {
  /**
   * `aloud` is what the reader chose to hear.
   * @param {HTMLElement} region
   * @param {{ words: Words, aloud: Wire.Handover["settings"]["aloud"] }} how
   */
  constructor(region, { words, aloud }) {
    this.#region = region;
    this.#words = words;
    this.#isRead = IS_READ[aloud];
  }

  #region;
  #words;
  #isRead;
  /** @type {Heard[]} */
  #waiting = [];
  #timer = 0;

  /** @param {Heard[]} messages */
  hear(messages) {
    this.#waiting.push(...messages.filter(this.#isRead));
    if (!this.#timer) this.#speak();
  }

  #speak() {
    this.#timer = 0;
    if (!this.#waiting.length) return this.#region.replaceChildren(); // said is said: it may be taken back meanwhile
    this.#region.textContent = this.#sentence();
    this.#waiting = [];
    this.#timer = setTimeout(() => this.#speak(), EVERY_MS);
  }

  /** What mentions the reader is told in words of its own, however much else has come. */
  #sentence() {
    const { say } = this.#words;
    const mentions = this.#waiting.filter(({ mentionsMe }) => mentionsMe);
    const others = this.#waiting.length - mentions.length;
    if (!mentions.length) return this.#said(this.#waiting, say.announce_one, say.unread);
    const mentioned = this.#said(mentions, say.announce_mention, say.announce_mentions);
    return others ? `${this.#words.count(say.unread, others)}. ${mentioned}` : mentioned;
  }

  /**
   * @param {Heard[]} messages
   * @param {string} one
   * @param {Wire.Forms} many
   */
  #said(messages, one, many) {
    if (messages.length > 1) return this.#words.count(many, messages.length);
    const [{ name, text }] = messages;
    const short = [...text].slice(0, LENGTH).join("");
    return name ? fill(one, { name, text: short }) : short;
  }
}
