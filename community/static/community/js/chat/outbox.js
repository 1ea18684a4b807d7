// What was written and is not yet known to be stored: sent in order, one at a time, and again with the same number until it is.
// It is kept in the vault meanwhile, and so outlives the page.

import { FOR_LATER, inMs } from "./connection.js";

const OLD_MS = 10 * 60_000; // what waited longer than this is not sent before its author has said so again

/**
 * An item is {client_id, channel, body, reply_to, at}, with `reply_to` as in a row, and, while it is here, `state`: "waiting", "sending",
 * "failed" (`why` says why) or "asks" (it is old); `number` is its place in the vault, where it is kept there. `vault` is a promise of
 * one, or of null.
 * `channel` is the open one: what is old of another is left to the page of that. `isStored(item)` knows what is in the talk already,
 * `onchange()` hears of every change, and `onadopted()` when what another page had left is among the items.
 */
export class Outbox {
  constructor({ channel, connection, vault, isStored, onchange, onadopted }) {
    this.#channel = channel;
    this.#connection = connection;
    this.#vault = vault;
    this.#isStored = isStored;
    this.#onchange = onchange;
    this.#onadopted = onadopted;
    this.look();
    document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && this.look());
  }

  items = [];
  #channel;
  #connection;
  #vault;
  #isStored;
  #onchange;
  #onadopted;
  #timer = 0;
  #over = false;

  /** What waits in the open channel. */
  get here() {
    return this.items.filter(({ channel }) => channel === this.#channel);
  }

  /** What would be lost with this page. */
  get atRisk() {
    return this.items.filter(({ number }) => !number);
  }

  add(body, reply_to = null) {
    const item = { client_id: crypto.randomUUID(), channel: this.#channel, body, reply_to, at: Date.now(), state: "waiting", why: "" };
    this.items.push(item);
    this.#keep(item);
    this.pump();
    this.#onchange();
  }

  /** Send the first that waits, unless one is under way. */
  pump() {
    if (!this.#connection.live || this.#timer || this.items.some(({ state }) => state === "sending")) return;
    for (const item of this.items.filter(isOld)) this.#ask(item);
    const item = this.items.find(({ state }) => state === "waiting");
    if (!item) return;
    const { client_id, channel, body, reply_to } = item;
    if (this.#connection.send({ type: "send", channel, client_id, body, ...(reply_to && { reply_to: reply_to.id }) })) item.state = "sending";
  }

  /** The line broke, or is there again: what was under way goes again, first. */
  lineChanged() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const item of this.items) if (item.state === "sending") item.state = "waiting";
    if (this.#connection.live) this.look();
    this.pump();
    this.#onchange();
  }

  /** A row with this number is stored; true where it was one of these. */
  settle(clientId) {
    const item = this.items.find(({ client_id }) => client_id === clientId);
    if (item) this.forget(item);
    return Boolean(item);
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
      if (code === "not_found") item.reply_to = null; // what it answered is gone; its own words need not be
      if (code === "reused" || code === "not_found") this.#keep(item);
      this.pump();
    }
    this.#onchange();
  }

  /** Its author wants it sent, however old it is. */
  again(item) {
    item.state = "waiting";
    item.why = "";
    item.isWanted = true;
    this.pump();
    this.#onchange();
  }

  forget(item) {
    this.items.splice(this.items.indexOf(item), 1);
    if (item.number) this.#inVault((vault) => vault.drop(item.number));
    this.pump();
    this.#onchange();
  }

  /** See what other pages have left behind, now or when they go. */
  look() {
    const wants = (item) => item.channel === this.#channel || Date.now() - item.at <= OLD_MS;
    this.#inVault((vault) => vault.adopt(wants, (found) => this.#take(found)));
  }

  /** The talk leaves this page: forget what waits in it, or with `everything` all that this session keeps. */
  async end(everything) {
    this.#over = true;
    const mine = this.here;
    this.items = [];
    await this.#inVault(async (vault) => {
      if (everything) return vault.wipe();
      for (const { number } of mine) if (number) await vault.drop(number);
      vault.close();
    });
  }

  #inVault(act) {
    return this.#vault.then((vault) => vault && act(vault)).catch(() => {}); // it may be deleted at any time
  }

  async #keep(item) {
    const number = await this.#inVault((vault) => vault.keep(written(item), item.number));
    if (!number) return;
    if (!this.items.includes(item)) return this.#inVault((vault) => vault.drop(number));
    item.number = number;
    this.#onchange();
  }

  #take(found) {
    if (this.#over) return;
    for (const { number, item } of found) {
      if (this.#isStored(item)) this.#inVault((vault) => vault.drop(number));
      else this.items.push({ ...item, number, state: "waiting", why: "" });
    }
    this.items.sort((a, b) => a.at - b.at);
    this.#onadopted();
    this.pump();
    this.#onchange();
  }

  #ask(item) {
    if (item.channel === this.#channel) return void (item.state = "asks");
    this.items.splice(this.items.indexOf(item), 1);
    this.#inVault((vault) => vault.giveUp(written(item), item.number));
  }
}

/** What of an item is kept: not how it stands here. */
function written({ client_id, channel, body, reply_to, at }) {
  return { client_id, channel, body, reply_to, at };
}

function isOld({ state, at, isWanted }) {
  return state === "waiting" && !isWanted && Date.now() - at > OLD_MS;
}
