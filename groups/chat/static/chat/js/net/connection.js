// The WebSocket: it keeps trying to be connected, and says how it stands. What the frames mean is the store's business.

import { DEAD, HANDED_OVER, newSocket } from "./shared.js";

/** @import { SharedConnection } from "./shared.js" */
/** @typedef {"outdated" | "signed_out" | "paused" | "second_step" | "replaced"} End */
/** @typedef {"connecting" | "live" | "waiting" | "stopped" | End} State "live" is it after `ready`. */
/** @typedef {{ frame: Wire.Order & { ref: string }, tries: number, resolve: () => void, reject: (why: Wire.Refusal | Error) => void }} Asked */

const PING_MS = 25_000;
const ANSWER_MS = 8_000; // a connection that stays silent this long after a ping is dead
const SHORTEST_MS = 500;
const LONGEST_MS = 30_000;
const QUIET_MS = 60_000; // after the server said that it was too much
const CALM_MS = 5_000;
const TRIES = 4; // of a frame that the server cannot take just now
/** @type {Record<number, End>} */
const ENDS = { 4400: "outdated", 4401: "signed_out", 4403: "paused", 4409: "replaced", 4428: "second_step" };

/** Codes of errors after which the same frame may be sent again. */
export const FOR_LATER = new Set(["rate_limited", "try_again"]);

/**
 * Return how long to wait before that, in ms; the server says seconds, or nothing.
 * @param {number} [seconds]
 */
export const inMs = (seconds) => (seconds ?? 1) * 1_000;

/**
 * What the server says of an order that it refused; nothing where the connection broke first.
 * @param {unknown} thrown by `ask`
 * @returns {Partial<Wire.Refusal>}
 */
export const refusalOf = (thrown) => (thrown instanceof Object && "code" in thrown ? /** @type {Wire.Refusal} */ (thrown) : {});

export class Connection {
  /**
   * `hello()` gives the first frame, `onframe(frame)` gets each frame, `onstate(state)` hears how it stands. `shared`: with other tabs.
   * @param {{ hello: () => Wire.Sent, onframe: (frame: Wire.Frame) => void, onstate: (state: State) => void, shared?: SharedConnection }} given
   */
  constructor({ hello, onframe, onstate, shared }) {
    this.#shared = shared;
    this.#hello = hello;
    this.#onframe = onframe;
    this.#onstate = onstate;
    window.addEventListener("online", () => this.#look());
    window.addEventListener("offline", () => this.#look());
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.#look());
    window.addEventListener("pageshow", (event) => event.persisted && this.#look());
  }

  /** @type {State} */
  state = "connecting";
  #hello;
  #onframe;
  #onstate;
  #shared;
  /** @type {ReturnType<typeof newSocket | SharedConnection["open"]> | null} */
  #socket = null;
  #failures = 0;
  #liveSince = 0;
  #retry = 0;
  #ping = 0;
  #deadline = 0;
  #quiet = false; // told to stay away for a while
  /** @type {Map<string, Asked>} */
  #asked = new Map();
  #ref = 0;

  get live() {
    return this.state === "live";
  }

  /** Connect, also after it had ended. */
  start() {
    this.#failures = 0;
    this.#open();
  }

  /** Disconnect for good. */
  stop() {
    clearTimeout(this.#retry);
    this.#drop();
    this.#shared?.leave();
    this.state = "stopped";
  }

  /**
   * Send a frame; false where there is no connection to send it on.
   * @param {Wire.Sent} frame
   */
  send(frame) {
    if (!this.live || !this.#socket) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /**
   * Send a frame, again where the server says so, and wait for its `ok`. Throws the `error` frame, or an Error where the connection broke first.
   * @param {Wire.Order} order
   * @returns {Promise<void>}
   */
  ask(order) {
    return new Promise((resolve, reject) => {
      const frame = { ...order, ref: `r${++this.#ref}` };
      if (!this.send(frame)) return reject(new Error("not connected"));
      this.#asked.set(frame.ref, { frame, tries: 1, resolve, reject });
    });
  }

  #open() {
    clearTimeout(this.#retry);
    this.#drop();
    this.#become("connecting");
    const socket = this.#shared?.open() ?? newSocket();
    this.#socket = socket;
    this.#expect(ANSWER_MS + 4_000);
    socket.onopen = () => socket.send(JSON.stringify(this.#hello()));
    socket.onmessage = (/** @type {{ data: string }} */ { data }) => this.#take(JSON.parse(data));
    socket.onclose = (/** @type {{ code: number }} */ { code }) => socket === this.#socket && this.#closed(code);
  }

  /** @param {Wire.Frame} frame */
  #take(frame) {
    this.#heard();
    if (frame.type === "ready") {
      this.#failures = 0;
      this.#liveSince = Date.now();
      this.#onframe(frame);
      if (this.#socket) this.#become("live"); // unless it was stopped by what the frame says
      return;
    }
    const asked = "ref" in frame && frame.ref ? this.#asked.get(frame.ref) : undefined;
    if (asked && (frame.type === "ok" || frame.type === "error")) this.#answered(asked, frame);
    else if (frame.type !== "pong") this.#onframe(frame);
  }

  /**
   * @param {Asked} asked
   * @param {Extract<Wire.Frame, { type: "ok" | "error" }>} answer
   */
  #answered(asked, answer) {
    const { ref } = asked.frame;
    if (answer.type === "error" && FOR_LATER.has(answer.code) && asked.tries++ < TRIES) {
      setTimeout(() => this.#asked.has(ref) && this.send(asked.frame), inMs(answer.retry_after));
      return;
    }
    this.#asked.delete(ref);
    if (answer.type === "ok") asked.resolve();
    else asked.reject(answer);
  }

  #heard() {
    clearTimeout(this.#deadline);
    clearTimeout(this.#ping);
    this.#ping = setTimeout(() => this.#askForLife(ANSWER_MS), PING_MS);
  }

  /** @param {number} within */
  #askForLife(within) {
    if (this.send({ type: "ping" })) this.#expect(within);
  }

  /** @param {number} within */
  #expect(within) {
    clearTimeout(this.#deadline);
    this.#deadline = setTimeout(() => this.#closed(DEAD), within);
  }

  /** @param {number} [code] of our own, or the server's, who knows it */
  #drop(code) {
    clearTimeout(this.#ping);
    clearTimeout(this.#deadline);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(code === DEAD ? DEAD : undefined);
    for (const { reject } of this.#asked.values()) reject(new Error("the connection broke"));
    this.#asked.clear();
  }

  /** @param {number} code */
  #closed(code) {
    const lived = this.live ? Date.now() - this.#liveSince : 0;
    this.#drop(code);
    if (ENDS[code]) return this.#become(ENDS[code]);
    this.#quiet = code === 4429;
    this.#become("waiting");
    this.#retry = setTimeout(() => this.#open(), this.#pause(code, lived));
  }

  /**
   * @param {number} code
   * @param {number} lived
   */
  #pause(code, lived) {
    if (code === 4429) return QUIET_MS * (1 + Math.random() / 2);
    if (code === HANDED_OVER || (code === 4408 && lived > CALM_MS)) return 0;
    const longest = Math.min(LONGEST_MS, SHORTEST_MS * 2 ** this.#failures++);
    if (code === 1012 && this.#failures <= 2) return 200 + Math.random() * 1_300; // all who were here come back: not all at once
    return longest * (0.5 + Math.random() / 2);
  }

  // The network or the tab came back, or went: find out at once how the connection is.
  #look() {
    if (this.live) this.#askForLife(3_000);
    else if (this.state === "waiting" && !this.#quiet) this.#open();
  }

  /** @param {State} state */
  #become(state) {
    if (this.state === state) return;
    this.state = state;
    this.#onstate(state);
  }
}
