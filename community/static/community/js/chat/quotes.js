// Which rows the answers on the screen answer. Most stand in the talk itself; the others are kept here, and asked for where they are missing.

const MOST = 100; // places in one question
const REST_MS = 5_000; // after one that failed

/** `quoted` came with the page; `onfound()` hears when there is more to show. */
export class Quotes {
  constructor({ store, quoted, onfound }) {
    this.#store = store;
    this.#onfound = onfound;
    this.#keep(quoted);
    store.addEventListener("quoted", ({ detail }) => this.#keep(detail));
    store.addEventListener("passed", ({ detail }) => this.#keep(detail.filter(({ id }) => this.#rows.has(id))));
    store.addEventListener("forgotten", () => this.#rows.clear());
  }

  #store;
  #onfound;
  #rows = new Map(); // by id; null where it is not open to this member
  #wanted = new Map(); // ids and their places
  #asking = false;

  /** The row that an answer's `reply_to` names, null where it is not open to this member, or undefined while that is being asked. */
  row({ id, seq }) {
    const known = this.#store.row(id) ?? this.#rows.get(id);
    if (known === undefined) {
      this.#wanted.set(id, seq);
      queueMicrotask(() => this.#ask());
    }
    return known;
  }

  #keep(rows) {
    for (const row of rows) if (!(this.#rows.get(row.id)?.version >= row.version)) this.#rows.set(row.id, row);
  }

  async #ask() {
    if (this.#asking || !this.#wanted.size) return;
    this.#asking = true;
    const wanted = [...this.#wanted].slice(0, MOST);
    this.#wanted.clear(); // what is left over is wanted again with the next drawing
    try {
      const rows = await this.#store.at(wanted.map(([, seq]) => seq));
      for (const [id] of wanted) this.#rows.set(id, null);
      for (const row of rows) this.#rows.set(row.id, row);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, REST_MS));
    }
    this.#asking = false;
    this.#onfound();
  }
}
