// The part of a channel that is here: one stretch of its rows without a hole in it. It is loaded from the channel's history, page by page.

/** @typedef {{ before?: number, after?: number, around?: number, limit?: number }} Query */

const MOST_ROWS = 300; // held and drawn, however long the channel is

export class Stretch {
  /**
   * `newest()` gives the newest seq of the channel, `ask(query)` a page of its history; `onrows(rows)` hears what came with one, and
   * `onloaded()` when it is here.
   * @param {{ newest: () => number, ask: (query: Query) => Promise<Wire.History>, onrows: (rows: Wire.Row[]) => void, onloaded: () => void }} given
   */
  constructor({ newest, ask, onrows, onloaded }) {
    this.#newest = newest;
    this.#ask = ask;
    this.#onrows = onrows;
    this.#onloaded = onloaded;
  }

  first = 1; // its lowest seq,
  last = 0; // and its highest
  more = false; // whether there is something before it
  attached = false; // whether there is nothing after it
  #newest;
  #ask;
  #onrows;
  #onloaded;
  /** @type {Map<string, Wire.Row>} */
  #rows = new Map();
  /** @type {Wire.Row[] | null} */
  #list = null;
  /** @type {Promise<void> | null} */
  #loading = null;
  #turn = 0; // what was asked for an earlier stretch is dropped
  /** @type {Wire.Row[]} */
  #late = []; // what is put while a page is loaded, which may be older than that

  /** The rows in the order of their seqs. */
  get rows() {
    this.#list ??= [...this.#rows.values()].sort((a, b) => a.seq - b.seq);
    return this.#list;
  }

  /**
   * The row of an id, where it is here.
   * @param {string} id
   */
  row(id) {
    return this.#rows.get(id);
  }

  /** Load the page before the first row, or after the last. Throws where it could not be loaded. */
  older() {
    return this.#extend("before", this.first, this.more);
  }

  newer() {
    return this.#extend("after", this.last, !this.attached);
  }

  /**
   * Have the row at `seq` here, with what stands around it. Throws where it could not be loaded.
   * @param {number} seq
   */
  async goTo(seq) {
    if (seq < this.first || seq > this.last) await this.#startAt({ around: seq, limit: 100 });
  }

  /** Have the newest page here. Throws where it could not be loaded. */
  async goToNewest() {
    if (this.attached) this.#turn++; // where somewhere else was to be gone to, that is over
    else await this.#startAt({});
  }

  /**
   * What is here may be old, or of a database that is gone: have it afresh around `seq`, or at the newest, however often that fails. What
   * is here stays until then. False where another stretch was asked for meanwhile.
   * @param {number | null} seq
   */
  async renew(seq) {
    for (const row of this.#rows.values()) row.version = -1; // whatever comes is newer,
    this.attached = false; // and does not follow upon what is here
    for (let pause = 1_000; ; pause = Math.min(pause * 2, 30_000)) {
      const loading = this.#startAt(seq === null ? {} : { around: seq, limit: 100 });
      const turn = this.#turn;
      const done = await loading.then(
        () => true,
        () => false,
      );
      if (done) return turn === this.#turn;
      await new Promise((resolve) => setTimeout(resolve, pause));
      if (turn !== this.#turn) return false;
    }
  }

  /**
   * Keep a row where it belongs here, unless it is here as new or newer. True where it was not here at all.
   * @param {Wire.Row} row
   */
  put(row) {
    if (this.#loading) this.#late.push(row);
    if (row.seq < this.first || (row.seq > this.last && !this.attached)) return false;
    const known = this.#rows.get(row.id);
    if (known && known.version >= row.version) return false;
    this.#rows.set(row.id, row);
    this.#list = null;
    this.last = Math.max(this.last, row.seq);
    return !known;
  }

  /**
   * Have these rows, and no others.
   * @param {Wire.Row[]} rows
   * @param {boolean} more
   * @param {boolean} attached
   */
  hold(rows, more, attached) {
    this.more = more;
    this.attached = attached;
    const before = this.#rows;
    this.#rows = new Map();
    this.#add(rows, before);
  }

  /**
   * Hold no more rows than can be drawn well: those farthest from the one at `seq` go.
   * @param {number} seq
   */
  trim(seq) {
    const { rows } = this;
    const over = rows.length - MOST_ROWS;
    if (over <= 0) return;
    const above = rows.filter((row) => row.seq < seq).length;
    const fromTop = above > rows.length / 2;
    for (const row of fromTop ? rows.slice(0, over) : rows.slice(-over)) this.#rows.delete(row.id);
    if (fromTop) this.more = true;
    else this.attached = false;
    this.#measure();
  }

  /**
   * Load a page that stands next to the stretch, where there `isMore`; one at a time.
   * @param {"before" | "after"} where
   * @param {number} edge
   * @param {boolean} isMore
   */
  #extend(where, edge, isMore) {
    if (!isMore || this.#loading) return this.#loading ?? Promise.resolve();
    const turn = this.#turn;
    return this.#load({ [where]: edge }, ({ rows, more }) => {
      const isNext = edge === (where === "before" ? this.first : this.last);
      if (turn !== this.#turn || !isNext) return; // it was left, or trimmed meanwhile
      if (where === "before") this.more = more;
      else this.attached = !more;
      this.#add(rows, this.#rows);
    });
  }

  /**
   * Let another stretch take the place of this one.
   * @param {Query} query
   */
  #startAt(query) {
    const turn = ++this.#turn;
    return this.#load(query, ({ rows, more }) => {
      if (turn !== this.#turn) return;
      const end = rows.at(-1)?.seq ?? -1;
      this.hold(rows, more, query.around === undefined || end >= this.#newest());
    });
  }

  /**
   * @param {Query} query
   * @param {(page: Wire.History) => void} take
   */
  #load(query, take) {
    const loading = this.#ask(query)
      .then((page) => {
        take(page);
        if (this.#loading !== loading) return;
        this.#loading = null;
        for (const row of this.#late.splice(0)) this.put(row);
        this.#onloaded();
      })
      .finally(() => {
        if (this.#loading === loading) this.#loading = null;
      });
    this.#loading = loading;
    return loading;
  }

  /**
   * @param {Wire.Row[]} rows
   * @param {Map<string, Wire.Row>} known
   */
  #add(rows, known) {
    for (const row of rows) {
      const here = known.get(row.id);
      this.#rows.set(row.id, here && here.version > row.version ? here : row);
    }
    this.#measure();
    this.#onrows(rows);
  }

  #measure() {
    this.#list = null;
    const end = this.#newest();
    this.first = this.rows[0]?.seq ?? end + 1;
    this.last = this.rows.at(-1)?.seq ?? end;
  }
}
