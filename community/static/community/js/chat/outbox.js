// What was written and is not yet known to be stored: sent in order, one at a time, and again with the same number until it is.

import { FOR_LATER, inMs } from "./connection.js";

/** An item is {client_id, body, at, state: "waiting" | "sending" | "failed", why}. `onchange()` hears of every change. */
export class Outbox {
  constructor({ channel, connection, onchange }) {
    this.#channel = channel;
    this.#connection = connection;
    this.#onchange = onchange;
  }

  items = [];
  #channel;
  #connection;
  #onchange;
  #timer = 0;

  get bodies() {
    return this.items.map((item) => item.body);
  }

  add(body) {
    this.items.push({ client_id: crypto.randomUUID(), body, at: Date.now(), state: "waiting", why: "" });
    this.pump();
    this.#onchange();
  }

  /** Send the first that waits, unless one is under way. */
  pump() {
    if (this.items.some((item) => item.state === "sending")) return;
    const item = this.items.find(({ state }) => state === "waiting");
    if (!item || this.#timer) return;
    const { client_id, body } = item;
    if (this.#connection.send({ type: "send", channel: this.#channel, client_id, body })) item.state = "sending";
  }

  /** The line broke, or is there again: what was under way goes again, first. */
  lineChanged() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const item of this.items) if (item.state === "sending") item.state = "waiting";
    this.pump();
    this.#onchange();
  }

  /** A row with this number is stored. */
  settle(clientId) {
    const at = this.items.findIndex(({ client_id }) => client_id === clientId);
    if (at < 0) return;
    this.items.splice(at, 1);
    this.pump();
    this.#onchange();
  }

  refused({ client_id, code, detail, retry_after }) {
    const item = this.items.find((each) => each.client_id === client_id);
    if (!item) return;
    if (FOR_LATER.has(code)) {
      item.state = "waiting";
      this.#timer = setTimeout(() => {
        this.#timer = 0;
        this.pump();
        this.#onchange();
      }, inMs(retry_after));
    } else {
      item.state = "failed";
      item.why = detail;
      if (code === "reused") item.client_id = crypto.randomUUID();
      this.pump();
    }
    this.#onchange();
  }

  again(item) {
    item.state = "waiting";
    item.why = "";
    this.pump();
    this.#onchange();
  }

  forget(item) {
    this.items.splice(this.items.indexOf(item), 1);
    this.pump();
    this.#onchange();
  }
}
