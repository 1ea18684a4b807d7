// A moment in which one can go back: after sending, above the box; after a removal, in the place of the message.

import { byId, make } from "../elements.js";

/** @import { Words } from "../../model/words.js" */

const OFFERED_MS = 10_000;
const EARLY_MS = 2_000; // the question needs its time too

/** Offers to take back what was just sent. `onundo(row)` asks for it; `onback(row)` hears when it is so, whatever became of the answer. */
export class Undo {
  /**
   * @param {{ words: Words, onundo: (row: Wire.Row) => void, onback: (row: Wire.Row) => void, onlost: () => void }} given
   */
  constructor({ words, onundo, onback, onlost }) {
    this.#say = words.say;
    this.#does = { onundo, onback, onlost };
  }

  #say;
  #does;
  #element = byId("undo", HTMLElement);
  /** @type {Wire.Row | null} */
  #row = null;
  /** @type {Wire.Row | null} */
  #wanted = null; // what is being taken back
  #timer = 0;

  /** @param {Wire.Row} row */
  offer(row) {
    this.#row = row;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.end(), OFFERED_MS);
    const button = make("button", { type: "button", className: "button button-plain button-small", onclick: () => this.act() }, this.#say.undo);
    this.#element.replaceChildren(`${this.#say.sent} `, button);
    this.#element.hidden = false;
  }

  /** Take back what is offered; false where nothing is. */
  act() {
    if (!this.#row) return false;
    const row = this.#row;
    this.#wanted = row;
    this.end();
    this.#does.onundo(row);
    return true;
  }

  /**
   * Rows changed: what is offered may be another text by now, or gone; and what was asked for may be done.
   * @param {Wire.Row[]} rows
   */
  changed(rows) {
    for (const row of rows) {
      const isGone = row.deleted || row.hidden;
      if (row.id === this.#row?.id && isGone) this.end();
      else if (row.id === this.#row?.id) this.#row = row;
      if (!this.#wanted || row.id !== this.#wanted.id || !isGone) continue;
      this.#does.onback(this.#wanted);
      this.#wanted = null;
    }
  }

  end() {
    clearTimeout(this.#timer);
    this.#row = null;
    if (this.#element.contains(document.activeElement)) this.#does.onlost();
    this.#element.hidden = true;
  }
}

/**
 * Return a function that says of a row of one's own whether it can still be brought back. `now` is the server's time when it made the
 * page, `kept` how many seconds it keeps what was removed; `onover()` hears when a time is over.
 * @param {{ now: string, kept: number, onover: () => void }} given
 * @returns {(row: Pick<Wire.Row, "id" | "deleted" | "hidden">) => boolean}
 */
export function timeToReturn({ now, kept, onover }) {
  const ahead = Date.now() - Date.parse(now);
  const awaited = new Set();
  return ({ id, deleted, hidden }) => {
    if (!deleted || hidden) return false;
    const left = Date.parse(deleted) + kept * 1_000 - EARLY_MS - (Date.now() - ahead);
    if (left > 0 && !awaited.has(id)) {
      awaited.add(id);
      setTimeout(() => {
        awaited.delete(id);
        onover();
      }, left);
    }
    return left > 0;
  };
}
