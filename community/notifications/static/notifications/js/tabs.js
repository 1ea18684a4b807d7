// Which of a browser's tabs holds the connection for all of them. The others hear from it what is new.

import { takeInbox } from "./inbox.js";

/** @import { Inbox } from "./inbox.js" */
/** @typedef {{ inbox?: Inbox | null, end?: boolean, forNow?: boolean }} Said The leader's news, each second; or that the connection is over. */

const BEAT_MS = 1_000;
const SILENT_MS = 3_000; // a leader that is silent so long hangs, and a tab that is seen takes its place

/**
 * The tabs of one session: its pages know a name that no other's do. A lock of the browser has one holder, which leads, and goes to the
 * next where that tab is closed, crashes, or rests: a page that rests in memory keeps its locks, so it gives this one back before.
 */
export class Tabs {
  /** @param {{ name?: string, onlead?: () => void, onquit?: () => void }} given */
  constructor({ name = "", onlead = () => {}, onquit = () => {} }) {
    this.#name = `inbox ${name}`;
    this.#onlead = onlead;
    this.#onquit = onquit;
    if (!name || !navigator.locks) return; // not over plain http: the number is right where a page is loaded
    this.#channel = new BroadcastChannel(this.#name);
    this.#channel.onmessage = ({ data }) => this.#hear(data);
    document.addEventListener("freeze", () => this.#rest());
    document.addEventListener("resume", () => this.#wanted && this.enter());
    window.addEventListener("pagehide", ({ persisted }) => persisted && this.#rest());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#wanted && this.enter());
    document.addEventListener("visibilitychange", () => this.#seen());
    document.addEventListener("leaving", () => this.#sayEnd()); // this page is gone in a moment
  }

  leads = false;
  #name;
  #onlead;
  #onquit;
  /** @type {BroadcastChannel | null} */
  #channel = null;
  #wanted = false; // this page takes part, unless it rests
  #isBack = false; // once it is seen again it takes part again
  /** @type {AbortController | null} */
  #asking = null;
  #release = () => {};
  /** @type {Inbox | null} */
  #inbox = null;
  #beat = 0;
  #silence = 0;

  /** Take part: lead as soon as nobody else does. */
  enter() {
    this.#wanted = true;
    if (!this.#asking) this.#ask({});
    this.#listen();
  }

  /** Lead now, whoever did so. */
  take() {
    this.#wanted = true;
    if (this.leads) return;
    this.#asking?.abort();
    this.#ask({ steal: true });
  }

  /** Take part no more. */
  leave() {
    this.#wanted = false;
    this.#rest();
  }

  /**
   * Take part no more, nor let any tab: the session is over. Or, `forNow`, until a tab is looked at again.
   * @param {boolean} forNow
   */
  end(forNow = false) {
    this.#sayEnd(forNow);
    this.#over(forNow);
  }

  /**
   * Let all tabs know what is new.
   * @param {Inbox} inbox
   */
  tell(inbox) {
    takeInbox(inbox);
    this.#inbox = inbox;
    if (this.leads) this.#say();
  }

  /** @param {{ steal?: boolean }} options */
  #ask({ steal }) {
    if (!this.#channel) return;
    const asking = new AbortController();
    this.#asking = asking;
    const held = navigator.locks.request(this.#name, steal ? { steal } : { signal: asking.signal }, () => this.#lead(asking));
    held.catch(() => this.#lost(asking)); // another took it, or we gave up waiting
  }

  /** @param {AbortController} asking */
  #lead(asking) {
    if (asking !== this.#asking) return;
    this.leads = true;
    clearTimeout(this.#silence);
    this.#beat = setInterval(() => this.#say(), BEAT_MS);
    this.#onlead();
    return new Promise((resolve) => {
      this.#release = () => resolve(undefined);
    });
  }

  /** @param {AbortController} asking */
  #lost(asking) {
    if (asking !== this.#asking) return;
    this.#rest();
    this.enter();
  }

  #rest() {
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    const { leads } = this;
    this.leads = false;
    this.#asking?.abort();
    this.#asking = null;
    if (leads) this.#onquit();
    this.#release();
  }

  #sayEnd(forNow = false) {
    this.#channel?.postMessage({ end: true, forNow });
  }

  #say() {
    this.#channel?.postMessage({ inbox: this.#inbox });
  }

  /** @param {Said} said */
  #hear({ inbox, end, forNow = false }) {
    if (end) return this.#over(forNow);
    this.#listen();
    if (!inbox) return;
    this.#inbox = inbox;
    takeInbox(inbox);
  }

  /** @param {boolean} forNow */
  #over(forNow) {
    this.#isBack = forNow && this.#wanted;
    this.leave();
  }

  #seen() {
    if (this.#isBack && document.visibilityState === "visible") {
      this.#isBack = false;
      this.enter();
    } else this.#listen();
  }

  /** Wait for a sign of life of whoever leads. Timers of a page out of sight are slow, so it does not judge. */
  #listen() {
    clearTimeout(this.#silence);
    if (!this.#asking || this.leads || document.visibilityState === "hidden") return;
    this.#silence = setTimeout(() => this.take(), SILENT_MS);
  }
}
