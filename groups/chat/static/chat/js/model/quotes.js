// Which rows the answers on the screen answer. Most stand in the conversation itself; the others are kept here, and asked for where they are missing.

import { hear } from "./events.js";

/** @import { Store } from "./store.js" */

const MOST = 100; // rows in one question
const KEPT = 300; // rows, of each kind
const REST_MS = 5_000; // after a question that failed

export class Quotes {
  /**
   * `quoted` came with the page; `onfound()` hears when there is more to show.
   * @param {{ store: Store, quoted: Wire.Row[], onfound: () => void }} given
   */
  constructor({ store, quoted, onfound }) {
    this.#store = store;
    this.#onfound = onfound;
    this.#keep(quoted);
    hear(store, "quoted", (rows) => this.#keep(rows));
    hear(store, "passed", (rows) => this.#pass(rows));
    hear(store, "forgotten", () => {
      this.#rows.clear();
      this.#passed.clear();
    });
  }

  #store;
  #onfound;
  /** @type {Map<string, Wire.Row | null>} */
  #rows = new Map(); // by id; null where it is not open to this member
  /** @type {Map<string, Wire.Row>} */
  #passed = new Map(); // what changed of late, by id: a page that was on its way then may hold older rows
  /** @type {Map<string, number>} */
  #wanted = new Map(); // ids and their seqs
  #asking = false;

  /**
   * The row that an answer's `reply_to` names, null where it is not open to this member, or undefined while that is being asked.
   * @param {Wire.Answered} answer
   */
  row({ id, seq }) {
    const known = this.#store.row(id) ?? this.#rows.get(id);
    if (known === undefined) {
      this.#wanted.set(id, seq);
      queueMicrotask(() => this.#ask());
    }
    return known;
  }

  /** @param {Wire.Row[]} rows */
  #keep(rows) {
    for (const row of rows) put(this.#rows, newest(newest(row, this.#rows.get(row.id)), this.#passed.get(row.id)));
  }

  /** @param {Wire.Row[]} rows */
  #pass(rows) {
    for (const row of rows) put(this.#passed, row);
    this.#keep(rows.filter(({ id }) => this.#rows.has(id)));
  }

  async #ask() {
    if (this.#asking || !this.#wanted.size) return;
    this.#asking = true;
    const wanted = [...this.#wanted].slice(0, MOST);
    this.#wanted.clear(); // what is left over is wanted again with the next drawing
    try {
      const rows = await this.#store.at(wanted.map(([, seq]) => seq));
      const found = new Set(rows.map(({ id }) => id));
      for (const [id] of wanted) if (!found.has(id)) this.#rows.set(id, null);
      this.#keep(rows);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
    this.#asking = false;
    this.#onfound();
  }
}

/**
 * @param {Wire.Row} row
 * @param {Wire.Row | null | undefined} other
 */
function newest(row, other) {
  return other && other.version > row.version ? other : row;
}

/**
 * Put a row into a map, from which the one that was put there first goes when there are too many.
 * @param {Map<string, Wire.Row | null>} rows
 * @param {Wire.Row} row
 */
function put(rows, row) {
  rows.set(row.id, row);
  const [first] = rows.keys();
  if (rows.size > KEPT) rows.delete(first);
}
