// What of a row this member reads: names, quotes, signs. groups/chat/page/layout.py has the same Reader; both change together.

import { setHTML } from "../../../community/js/trusted.js";
import { fill } from "./words.js";

/** @import { Quotes } from "./quotes.js" */
/** @import { Store } from "./store.js" */
/** @import { Words } from "./words.js" */

/** @typedef {{ seq: number | null, name: string, text: string }} Quote What stands above an answer; without a seq it is not open to this reader. */
/** @typedef {{ emoji: Wire.Sign, label: string, names: string, count: number, mine: boolean }} Given A sign under a row, and who gave it. */

const QUOTE_LENGTH = 140;

export class Reader {
  /**
   * @param {{ store: Pick<Store, "me" | "blocked" | "name">, quotes: Pick<Quotes, "row">, words: Words, signs: Wire.Handover["signs"] }} given
   */
  constructor({ store, quotes, words, signs }) {
    this.#store = store;
    this.#quotes = quotes;
    this.#say = words.say;
    this.#signs = new Map(signs.map((each) => [each.emoji, each]));
  }

  #store;
  #quotes;
  #say;
  #signs;
  /** @type {WeakMap<Wire.Row, string>} */
  #beginnings = new WeakMap();

  /**
   * The name of who wrote a row, as this reader calls them.
   * @param {Wire.Row} row
   */
  nameOf(row) {
    return this.isOwn(row) ? this.#say.you : this.#name(row.author);
  }

  /** @param {Wire.Row} row */
  isOwn(row) {
    return row.author === this.#store.me && row.kind === "text";
  }

  /**
   * What a notice says, or what stands instead of a text that is gone; empty for a message that stands.
   * @param {Wire.Row} row
   */
  said(row, name = this.nameOf(row)) {
    if (row.kind === "notice") return this.notice(row.body, name);
    if (row.deleted) return this.#say.removed;
    return row.hidden ? this.#say.hidden : "";
  }

  /**
   * What a notice says of somebody.
   * @param {string | null} word
   * @param {string} name
   */
  notice(word, name) {
    return fill(this.#say.notices[word ?? ""] ?? this.#say.notices.other, { name });
  }

  /**
   * What stands above an answer; the text is empty while it is being loaded.
   * @param {Wire.Answered} answer
   * @returns {Quote}
   */
  quote(answer) {
    const row = this.#quotes.row(answer);
    if (row === null) return { seq: null, name: "", text: this.#say.before_you_came };
    return row ? this.quoteOf(row) : { seq: answer.seq, name: "", text: "" };
  }

  /**
   * @param {Wire.Row} row
   * @returns {Quote}
   */
  quoteOf(row) {
    if (this.#store.blocked.has(row.author)) return { seq: row.seq, name: "", text: this.#say.blocked };
    return { seq: row.seq, name: this.nameOf(row), text: this.said(row) || this.#beginning(row) };
  }

  /**
   * The signs under a row, without those of people whom this member has blocked.
   * @param {Wire.Row} row
   * @returns {Given[]}
   */
  given(row) {
    const { me, blocked } = this.#store;
    return row.reactions.flatMap(({ emoji, by }) => {
      const known = this.#signs.get(emoji);
      const seen = by.filter((id) => !blocked.has(id));
      if (!known || !seen.length) return [];
      const mine = seen.includes(me);
      const names = seen.filter((id) => id !== me).map((id) => this.#name(id));
      return [{ ...known, mine, count: seen.length, names: this.#joined(mine ? [...names, this.#say.you_too] : names) }];
    });
  }

  /**
   * Whether a row names this member, and stands.
   * @param {Wire.Row} row
   */
  isNamedIn(row) {
    return row.mentions.includes(this.#store.me);
  }

  /** @param {string | null} id */
  #name(id) {
    return this.#store.name(id) ?? this.#say.former;
  }

  /** @param {string[]} names */
  #joined(names) {
    const last = names.at(-1) ?? "";
    return names.length < 2 ? last : fill(this.#say.and, { names: names.slice(0, -1).join(", "), last });
  }

  /**
   * How a message begins, as plain text on one line.
   * @param {Wire.Row} row
   */
  #beginning(row) {
    let beginning = this.#beginnings.get(row);
    if (beginning === undefined) {
      const whole = document.createElement("div");
      setHTML(whole, row.html ?? "");
      for (const block of whole.querySelectorAll("p, li, pre, blockquote, br")) block.after(" ");
      const text = [...(whole.textContent ?? "").replace(/\p{White_Space}+/gu, " ").replace(/^ | $/g, "")]; // whole characters
      const begins = text.slice(0, QUOTE_LENGTH - 1).join("").replace(/ $/, "");
      beginning = text.length <= QUOTE_LENGTH ? text.join("") : `${begins}…`;
      this.#beginnings.set(row, beginning);
    }
    return beginning;
  }
}
