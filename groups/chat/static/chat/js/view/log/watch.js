// What has been seen. Seen is what stays on the screen for a second while somebody is there, and read is all before it that was on the
// screen too. Where something was jumped over the one mark stays before it (docs/decisions/0033).

/** @import { Log } from "./log.js" */
/** @import { Store } from "../../model/store.js" */

const SEEN_MS = 1_000;
const GLANCE_MS = 200; // what passes the screen faster was jumped over

export class Watch {
  /**
   * `isReading()` says whether what is on the screen counts; `onseen(read, furthest)` hears up to where all is read, and at which seq
   * somebody stayed.
   * @param {{ store: Store, log: Log, isReading: () => boolean, onseen: (read: number, furthest: number) => void }} given
   */
  constructor({ store, log, isReading, onseen }) {
    this.#store = store;
    this.#log = log;
    this.#isReading = isReading;
    this.#onseen = onseen;
  }

  #store;
  #log;
  #isReading;
  #onseen;
  #timer = 0;
  /** @type {Map<number, number>} */
  #since = new Map(); // since when the messages on the screen are there, by their seqs
  /** @type {Set<number>} */
  #glanced = new Set(); // the seqs of what was on the screen
  #furthest = 0; // the newest seq at which one stayed

  /** Something moved, or somebody came or went. */
  look() {
    this.#glance();
    this.#wait();
  }

  /** The lowest seq on the screen. */
  lowest() {
    return Math.max(0, ...this.#log.onScreen());
  }

  /** Remember what was on the screen while somebody was there. */
  #glance() {
    const seqs = this.#isReading() ? this.#log.onScreen() : new Set();
    const now = Date.now();
    for (const [seq, since] of this.#since) {
      if (now - since >= GLANCE_MS) this.#glanced.add(seq);
      if (!seqs.has(seq)) this.#since.delete(seq);
    }
    for (const seq of seqs) if (!this.#since.has(seq)) this.#since.set(seq, now);
  }

  #wait() {
    if (this.#timer || !this.#isReading()) return;
    const now = this.lowest();
    const to = Math.max(now, this.#furthest);
    const mayRead = this.#store.readTo(to, (seq) => this.#glanced.has(seq) || this.#since.has(seq));
    const { read } = this.#store.here;
    if (to <= read || (now <= this.#furthest && mayRead <= read)) return;
    this.#timer = setTimeout(() => this.#stayed(now), SEEN_MS);
  }

  /** @param {number} before the lowest seq on the screen a second ago */
  #stayed(before) {
    this.#timer = 0;
    if (!this.#isReading()) return;
    this.#glance();
    this.#furthest = Math.max(this.#furthest, Math.min(before, this.lowest()));
    this.#onseen(
      this.#store.readTo(this.#furthest, (seq) => this.#glanced.has(seq)),
      this.#furthest,
    );
    this.#wait();
  }
}
