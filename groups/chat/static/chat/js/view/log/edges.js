// Where the loaded messages end, more are loaded as one comes near; there it also says that they are, or could not be.

import { byId, make } from "../elements.js";

/** @import { Log } from "./log.js" */
/** @import { Store } from "../../model/store.js" */
/** @import { Words } from "../../model/words.js" */

/** @typedef {"older" | "newer"} Which */

const NEAR_EDGE = 600; // px within which more are loaded

export class Edges {
  /**
   * `onloaded()` hears when more is there, or could not be loaded.
   * @param {{ store: Store, words: Words, log: Log, isAtEnd: () => boolean, onloaded: () => void }} given
   */
  constructor({ store, words, log, isAtEnd, onloaded }) {
    this.#store = store;
    this.#words = words;
    this.#log = log;
    this.#isAtEnd = isAtEnd;
    this.#onloaded = onloaded;
  }

  #store;
  #words;
  #log;
  #isAtEnd;
  #onloaded;
  #elements = { older: byId("edge", HTMLElement), newer: byId("later-edge", HTMLElement) };
  /** @type {Which | null} */
  #loading = null;
  /** @type {Which | null} */
  #failed = null;

  /** Load what one has come near to. */
  near() {
    const { scrollTop, scrollHeight, clientHeight } = this.#log.element;
    if (scrollHeight - clientHeight + scrollTop < NEAR_EDGE) this.#load("older");
    if (-scrollTop < NEAR_EDGE) this.#load("newer");
  }

  /** What could not be loaded may be now. */
  forgive() {
    this.#failed = null;
  }

  say() {
    const { say } = this.#words;
    const { more, attached, rows } = this.#store;
    const beginning = more ? "" : rows.some(({ kind }) => kind === "text") ? say.first : "";
    this.#sayOne("older", more, { none: beginning, loading: say.loading, failed: say.older_failed });
    this.#sayOne("newer", !attached, { none: "", loading: say.loading_newer, failed: say.newer_failed });
  }

  /**
   * @param {Which} which
   * @param {boolean} again also where that failed before
   */
  async #load(which, again = false) {
    const isMore = which === "older" ? this.#store.more : !this.#store.attached;
    if (!isMore || this.#loading || (this.#failed === which && !again)) return;
    this.#loading = which;
    this.#failed = null;
    const anchor = this.#log.anchor();
    this.say();
    if (anchor && !this.#isAtEnd()) this.#log.restore(anchor);
    try {
      await this.#store[which]();
    } catch {
      this.#failed = which;
    }
    this.#loading = null;
    this.#onloaded();
  }

  /**
   * @param {Which} which
   * @param {boolean} isMore
   * @param {{ none: string, loading: string, failed: string }} words
   */
  #sayOne(which, isMore, { none, loading, failed }) {
    const edge = this.#elements[which];
    const text = this.#failed === which ? failed : isMore ? (this.#loading === which ? loading : "") : none;
    edge.textContent = text;
    if (this.#failed !== which) return;
    const again = () => this.#load(which, true);
    edge.append(" ", make("button", { type: "button", className: "button button-plain button-small", onclick: again }, this.#words.say.again));
  }
}
