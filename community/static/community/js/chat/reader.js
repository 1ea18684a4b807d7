// What of a row this member reads: names, quotes, signs. groups/chat/layout.py has the same Reader; both change together.

import { setHTML } from "../trusted.js";
import { fill } from "./words.js";

const QUOTE_LENGTH = 140;

export class Reader {
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
  #beginnings = new WeakMap();

  /** The name of who wrote a row, as this reader calls them. */
  nameOf(row) {
    return this.isOwn(row) ? this.#say.you : this.#name(row.author);
  }

  isOwn(row) {
    return row.author === this.#store.me && row.kind === "text";
  }

  /** What a notice says, or what stands in the place of a text that is gone; empty for a message that stands. */
  said(row, name = this.nameOf(row)) {
    if (row.kind === "notice") return fill(this.#say.notices[row.body] ?? this.#say.notices.other, { name });
    if (row.deleted) return this.#say.removed;
    return row.hidden ? this.#say.hidden : "";
  }

  /** What stands above an answer, {seq, name, text}: seq is null where it is not open to this reader, the text empty while it is being loaded. */
  quote(answer) {
    const row = this.#quotes.row(answer);
    if (row === null) return { seq: null, name: "", text: this.#say.before_you_came };
    return row ? this.quoteOf(row) : { seq: answer.seq, name: "", text: "" };
  }

  quoteOf(row) {
    if (this.#store.blocked.has(row.author)) return { seq: row.seq, name: "", text: this.#say.blocked };
    return { seq: row.seq, name: this.nameOf(row), text: this.said(row) || this.#beginning(row) };
  }

  /** The signs under a row, [{emoji, label, names, count, mine}], without those of people whom this member has blocked. */
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

  /** Whether a row names this member, and stands. */
  isNamedIn(row) {
    return row.mentions.includes(this.#store.me);
  }

  #name(id) {
    return this.#store.name(id) ?? this.#say.former;
  }

  #joined(names) {
    return names.length < 2 ? names.join("") : fill(this.#say.and, { names: names.slice(0, -1).join(", "), last: names.at(-1) });
  }

  /** How a message begins, as plain text on one line. */
  #beginning(row) {
    if (!this.#beginnings.has(row)) {
      const whole = document.createElement("div");
      setHTML(whole, row.html ?? "");
      for (const block of whole.querySelectorAll("p, li, pre, blockquote, br")) block.after(" ");
      const text = [...whole.textContent.replace(/\p{White_Space}+/gu, " ").replace(/^ | $/g, "")]; // whole characters
      const begins = text.slice(0, QUOTE_LENGTH - 1).join("").replace(/ $/, "");
      this.#beginnings.set(row, text.length <= QUOTE_LENGTH ? text.join("") : `${begins}…`);
    }
    return this.#beginnings.get(row);
  }
}
