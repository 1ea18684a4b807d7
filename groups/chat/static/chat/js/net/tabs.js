// Which of a browser's tabs does for all of them what one has to do, and what they say to each other.

const BEAT_MS = 1_000;
const SILENT_MS = 3_000; // a leader that is silent so long hangs, and a tab that is seen takes its place

/**
 * The tabs of one session: its pages know a name that no other's do. A lock of the browser has one holder, which leads, and goes to the
 * next where that tab is closed, crashes, or rests: a page that rests in memory keeps its locks, so it gives this one back before.
 * @template Said
 */
export class Tabs {
  /** @param {{ name: string, onlead: () => void, onrest: () => void, onhear: (said: Said) => void }} given `onrest`: it takes part no more, for now at least. */
  constructor({ name, onlead, onrest, onhear }) {
    this.#name = `tabs ${name}`;
    this.#onlead = onlead;
    this.#onrest = onrest;
    this.#onhear = onhear;
    document.addEventListener("freeze", () => this.#rest());
    document.addEventListener("resume", () => this.#wanted && this.enter());
    window.addEventListener("pagehide", ({ persisted }) => persisted && this.#rest());
    window.addEventListener("pageshow", ({ persisted }) => persisted && this.#wanted && this.enter());
    document.addEventListener("visibilitychange", () => this.#listen());
  }

  leads = false;
  #name;
  #onlead;
  #onrest;
  #onhear;
  #wanted = false; // this page takes part, unless it rests
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {AbortController | null} */
  #asking = null;
  #release = () => {};
  #beat = 0;
  #silence = 0;

  /** Take part: lead as soon as nobody else does. */
  enter() {
    this.#wanted = true;
    if (this.#channel) return;
    const channel = new BroadcastChannel(this.#name);
    channel.onmessage = ({ data }) => channel === this.#channel && this.#hear(data);
    this.#channel = channel;
    this.#ask({});
    this.#listen();
  }

  /** Take part no more. */
  leave() {
    this.#wanted = false;
    this.#rest();
  }

  /**
   * Let all others hear this.
   * @param {Said} said
   */
  say(said) {
    this.#channel?.postMessage({ said });
  }

  /** @param {{ steal?: boolean }} options */
  #ask({ steal }) {
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
    this.#beat = setInterval(() => this.#channel?.postMessage({ beat: true }), BEAT_MS);
    this.#onlead();
    return new Promise((resolve) => {
      this.#release = () => resolve(undefined);
    });
  }

  /** @param {AbortController} asking */
  #lost(asking) {
    if (asking !== this.#asking) return;
    this.#rest();
    if (this.#wanted) this.enter();
  }

  #rest() {
    if (!this.#channel) return;
    clearInterval(this.#beat);
    clearTimeout(this.#silence);
    this.leads = false;
    this.#asking?.abort();
    this.#asking = null;
    this.#onrest();
    this.#channel.close(); // a page that rests is thrown out of the browser's memory by what it hears
    this.#channel = null;
    this.#release();
  }

  /** @param {{ beat?: boolean, said?: Said }} heard */
  #hear({ beat, said }) {
    if (beat) this.#listen();
    if (said) this.#onhear(said);
  }

  /** Wait for a sign of life of whoever leads. Timers of a page out of sight are slow, so it does not judge. */
  #listen() {
    clearTimeout(this.#silence);
    if (!this.#channel || this.leads || document.visibilityState === "hidden") return;
    this.#silence = setTimeout(() => this.#steal(), SILENT_MS);
  }

  #steal() {
    this.#asking?.abort();
    this.#ask({ steal: true });
  }
}
