// What was written and is not yet known to be stored: sent in order, one at a time, and again with the same number until it is.
// It is kept in the vault meanwhile, and so outlives the page.

import { FOR_LATER, inMs, refusalOf } from "./connection.js";

/** @import { Connection } from "./connection.js" */
/** @import { Found, Kept, Vault } from "./vault.js" */

const OLD_MS = 10 * 60_000; // what waited longer than this is not sent before its author has said so again

const LATE_MS = 10 * 60_000; // how long the first try of what was taken back may still turn out to be stored
const TURNS = 3; // how often it is asked whether a changed message had arrived

/**
 * @typedef {object} Written What of an item is kept. One that was tried may have arrived: what is changed in it then goes as an edit, and
 * where it is removed, as a deletion. That one is asked for again by each page that finds it in the vault: the try may be stored only
 * after its page has gone.
 * @property {string} client_id
 * @property {string} channel
 * @property {string} body
 * @property {Wire.Answered | null} reply_to
 * @property {number} at when it was written
 * @property {boolean} [changed]
 * @property {boolean} [removed]
 */
/**
 * @typedef {object} Standing How it stands here.
 * @property {"waiting" | "sending" | "held" | "failed" | "asks"} state its author changes what is held, and is asked about what is old
 * @property {string} why it failed
 * @property {number} [number] its place in the vault, where it is kept there
 * @property {boolean} [tried]
 * @property {number} [turns] how often it was asked whether it had arrived, since it was changed
 * @property {boolean} [isWanted] however old it is
 * @property {boolean} [isFollowed] it is asked for just now
 */
/** @typedef {Written & Standing} Item */

export class Outbox {
  /**
   * `channel` is the open one: what is old of another is left to the page of that. `isStored(item)` knows what is in the conversation already,
   * `onchange()` hears of every change, and `onadopted()` when what another page had left is among the items.
   * @param {{ channel: string, connection: Pick<Connection, "live" | "send" | "ask">, vault: Promise<Vault | null>,
   *   isStored: (item: Written) => boolean, onchange: () => void, onadopted: () => void }} given
   */
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

  /** @type {Item[]} */
  items = [];
  #channel;
  #connection;
  #vault;
  #isStored;
  #onchange;
  #onadopted;
  #timer = 0;
  #over = false;
  /** @type {Set<Item>} */
  #withdrawn = new Set(); // items that were taken back and had not arrived, for as long as they still may

  /** What waits in the open channel. */
  get here() {
    return this.items.filter(({ channel }) => channel === this.#channel);
  }

  /** What would be lost with this page. */
  get atRisk() {
    return this.items.filter(({ number }) => !number);
  }

  /**
   * @param {string} body
   * @param {Wire.Answered | null} reply_to
   */
  add(body, reply_to = null) {
    /** @type {Item} */
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
    const item = this.items.find(({ state }) => state === "waiting" || state === "held");
    if (!item || item.state === "held") return; // what was written after it comes after it
    if (item.changed || item.removed) return void this.#follow(item);
    const { client_id, channel, body, reply_to } = item;
    if (!this.#connection.send({ type: "send", channel, client_id, body, ...(reply_to && { reply_to: reply_to.id }) })) return;
    item.state = "sending";
    item.tried = true;
  }

  /**
   * Its author changes it: until that is done it is not sent.
   * @param {Item} item
   */
  hold(item) {
    if (item.state === "waiting") item.state = "held";
  }

  /** @param {Item} item */
  release(item) {
    if (item.state !== "held") return;
    item.state = "waiting";
    this.pump();
  }

  /**
   * Its author has changed it. Throws what the server says where it is stored already and cannot be changed.
   * @param {Item} item
   * @param {string} body
   */
  async change(item, body) {
    const { client_id, tried } = item;
    if (!this.items.includes(item)) return this.#connection.ask({ type: "edit", client_id, body });
    Object.assign(item, { body, changed: Boolean(tried), turns: 0 });
    this.#isMeant(item);
  }

  /**
   * Its author takes it back: at once, or, where it may have arrived, as soon as that can be asked.
   * @param {Item} item
   */
  remove(item) {
    if (!item.tried) return this.forget(item);
    Object.assign(item, { body: "", removed: true });
    this.#isMeant(item);
  }

  /** The connection broke, or is there again: what was under way goes again, first. */
  connectionChanged() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    for (const item of this.items) if (item.state === "sending") item.state = "waiting";
    if (this.#connection.live) this.look();
    this.pump();
    this.#onchange();
  }

  /**
   * A row with this number is stored; true where it was one of these. What its author did to it since is still to be done.
   * @param {string} clientId
   */
  settle(clientId) {
    const item = this.items.find(({ client_id }) => client_id === clientId) ?? this.#cameLate(clientId);
    if (item && !item.changed && !item.removed) this.forget(item);
    else if (item && !item.isFollowed) this.#tryAgain(item);
    return Boolean(item && !item.removed);
  }

  /** @param {Wire.Refusal} refusal */
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
    } else if (code === "reused" && item.turns) {
      item.changed = true; // the first try had arrived after all
      this.#tryAgain(item);
    } else {
      Object.assign(item, { state: "failed", why: detail, tried: false });
      if (code === "reused") item.client_id = crypto.randomUUID();
      if (code === "not_found") item.reply_to = null; // what it answered is gone; its own words need not be
      if (code === "reused" || code === "not_found") this.#keep(item);
      this.pump();
    }
    this.#onchange();
  }

  /**
   * Its author wants it sent, however old it is.
   * @param {Item} item
   */
  again(item) {
    item.state = "waiting";
    item.why = "";
    item.isWanted = true;
    this.pump();
    this.#onchange();
  }

  /** @param {Item} item */
  forget(item) {
    if (!this.items.includes(item)) return;
    this.items.splice(this.items.indexOf(item), 1);
    this.#drop(item);
    this.pump();
    this.#onchange();
  }

  /** See what other pages have left behind, now or when they go. */
  look() {
    /**
     * @param {Kept} item
     * @returns {item is Written}
     */
    const wants = (item) => "client_id" in item && (item.channel === this.#channel || Date.now() - item.at <= OLD_MS);
    this.#inVault((vault) => vault.adopt(wants, (found) => this.#take(found)));
  }

  /**
   * The conversation leaves this page: forget what waits in it, or with `everything` all that this session keeps.
   * @param {boolean} everything
   */
  async end(everything) {
    this.#over = true;
    const mine = [...this.here, ...[...this.#withdrawn].filter(({ channel }) => channel === this.#channel)];
    this.items = [];
    this.#withdrawn.clear();
    await this.#inVault(async (vault) => {
      if (everything) return vault.wipe();
      for (const { number } of mine) if (number) await vault.drop(number);
      vault.close();
    });
  }

  /**
   * Change or take back what may have arrived, by the number under which it went.
   * @param {Item} item
   */
  async #follow(item) {
    const { client_id, body, removed } = item;
    Object.assign(item, { state: "sending", isFollowed: true });
    try {
      await this.#connection.ask(removed ? { type: "delete", client_id } : { type: "edit", client_id, body });
      if (item.removed === removed && item.body === body) this.forget(item);
      else this.#tryAgain(item);
    } catch (thrown) {
      const { code, detail = "" } = refusalOf(thrown);
      if (code) this.#notFollowed(item, code, detail);
    } finally {
      item.isFollowed = false;
    }
  }

  /**
   * @param {Item} item
   * @param {string} code
   * @param {string} detail
   */
  #notFollowed(item, code, detail) {
    const isMissing = code === "not_found";
    if (isMissing && item.removed) return this.#withdraw(item);
    const turns = (item.turns ?? 0) + Number(isMissing);
    item.turns = turns;
    if (isMissing && turns < TURNS) {
      item.changed = false; // it had not arrived: now it goes as it is
      this.#tryAgain(item);
    } else {
      Object.assign(item, { state: "failed", why: detail });
      this.pump();
      this.#onchange();
    }
  }

  /**
   * It had not arrived. Its place in the vault stays for a while: nothing else tells the next page that it is not to stand.
   * @param {Item} item
   */
  #withdraw(item) {
    this.items.splice(this.items.indexOf(item), 1);
    this.#withdrawn.add(item);
    setTimeout(() => this.#withdrawn.delete(item) && this.#drop(item), LATE_MS);
    this.pump();
    this.#onchange();
  }

  /**
   * What was taken back is stored now: it waits again, to be removed.
   * @param {string} clientId
   */
  #cameLate(clientId) {
    const item = [...this.#withdrawn].find(({ client_id }) => client_id === clientId);
    if (!item) return;
    this.#withdrawn.delete(item);
    item.state = "waiting";
    this.items.unshift(item);
    return item;
  }

  /**
   * It is as its author wants it now. What is under way has an answer first.
   * @param {Item} item
   */
  #isMeant(item) {
    this.#keep(item);
    item.isWanted = true;
    if (item.state === "sending") this.#onchange();
    else this.again(item);
  }

  /** @param {Item} item */
  #tryAgain(item) {
    if (item.state === "sending") item.state = "waiting";
    this.pump();
    this.#onchange();
  }

  /**
   * @template T
   * @param {(vault: Vault) => Promise<T>} act
   * @returns {Promise<T | undefined>}
   */
  async #inVault(act) {
    try {
      const vault = await this.#vault;
      if (vault) return await act(vault);
    } catch {
      // it may be deleted at any time
    }
  }

  /** @param {Item} item */
  #drop({ number }) {
    if (number) this.#inVault((vault) => vault.drop(number));
  }

  /** @param {Item} item */
  async #keep(item) {
    const number = await this.#inVault((vault) => vault.keep(written(item), item.number));
    if (!number) return;
    if (!this.items.includes(item) && !this.#withdrawn.has(item)) return this.#drop({ ...item, number });
    item.number = number;
    this.#onchange();
  }

  /** @param {Found<Written>[]} found */
  #take(found) {
    if (this.#over) return;
    for (const { number, item } of found) {
      if (this.#isStored(item) && !item.changed && !item.removed) this.#inVault((vault) => vault.drop(number));
      else this.items.push({ ...item, number, state: "waiting", why: "", tried: true });
    }
    this.items.sort((a, b) => a.at - b.at);
    this.#onadopted();
    this.pump();
    this.#onchange();
  }

  /** @param {Item} item */
  #ask(item) {
    if (item.channel === this.#channel) {
      item.state = "asks";
      return;
    }
    this.items.splice(this.items.indexOf(item), 1);
    this.#inVault((vault) => vault.giveUp(written(item), item.number));
  }
}

/**
 * What of an item is kept: not how it stands here.
 * @param {Item} item
 * @returns {Written}
 */
function written({ client_id, channel, body, reply_to, at, changed, removed }) {
  return { client_id, channel, body, reply_to, at, ...(changed && { changed }), ...(removed && { removed }) };
}

/** @param {Item} item */
function isOld({ state, at, isWanted, removed }) {
  return state === "waiting" && !isWanted && !removed && Date.now() - at > OLD_MS;
}
