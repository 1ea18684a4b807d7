// What this member knows of their channels: a stretch of the open one's rows, people, read marks. Only `changes` frames move its cursor.

import { FOR_LATER, inMs } from "../net/connection.js";
import { Counter, isText } from "./counter.js";
import { Roster } from "./roster.js";
import { Stretch } from "./stretch.js";

/** @import { Told } from "./events.js" */
/** @import { Query } from "./stretch.js" */

/**
 * Holds one stretch of the channel without a hole in it. Where it reaches to the newest message (`attached`) what arrives is put to its
 * end; else that is counted, and loaded when one comes to it. Who wants to know listens with `hear` (events.js).
 */
export class Store extends EventTarget {
  /**
   * @param {Pick<Wire.Handover, "channel" | "me" | "version" | "blocked" | "channels" | "people" | "members" | "rows" | "more" | "kept">
   *   & { urls: Pick<Wire.Urls, "history"> }} page
   */
  constructor(page) {
    super();
    this.channel = page.channel;
    this.me = page.me;
    this.cursor = page.version;
    this.channels = new Map(page.channels.map((each) => [each.id, each]));
    this.blocked = new Set(page.blocked);
    this.#history = page.urls.history;
    this.#counter = new Counter({ me: page.me, blocked: this.blocked, kept: page.kept * 1_000, stretch: this.#stretch });
    this.#meetAll(page);
    this.#stretch.hold(page.rows, page.more, true);
    this.#heard = this.here.seq;
  }

  /**
   * Sends a frame; set by whoever holds the connection.
   * @type {(frame: Wire.Sent) => boolean}
   */
  send = () => false;
  /**
   * Gives the seq that is being read, or null where one follows the conversation; set by whoever shows it.
   * @type {() => number | null}
   */
  reading = () => null;

  /** @type {Set<string | null>} */
  blocked;
  #history;
  #counter;
  #roster = new Roster();
  #stretch = new Stretch({
    newest: () => this.here.seq,
    ask: (query) => this.#page(query),
    onrows: (rows) => {
      for (const row of rows) this.#stored(row);
    },
    onloaded: () => this.#loaded(),
  });
  #syncing = false;
  #heard; // the highest seq that was told of, by a page or in `changes`
  #missed = 0; // up to this version all is from the time without a connection
  /** @type {{ seq: number, back: boolean } | null} */
  #unsaid = null; // a mark set while there was no connection

  // The stretch that is here, and who is.
  get rows() {
    return this.#stretch.rows;
  }

  get first() {
    return this.#stretch.first;
  }

  get last() {
    return this.#stretch.last;
  }

  get more() {
    return this.#stretch.more;
  }

  get attached() {
    return this.#stretch.attached;
  }

  /** @param {string} id */
  row(id) {
    return this.#stretch.row(id);
  }

  older() {
    return this.#stretch.older();
  }

  newer() {
    return this.#stretch.newer();
  }

  /** @param {number} seq */
  goTo(seq) {
    return this.#stretch.goTo(seq);
  }

  goToNewest() {
    return this.#stretch.goToNewest();
  }

  /** @param {number} seq */
  trim(seq) {
    this.#stretch.trim(seq);
  }

  get people() {
    return this.#roster.people;
  }

  get members() {
    return this.#roster.members;
  }

  get facilitators() {
    return this.#roster.facilitators;
  }

  /**
   * The open channel as the list has it.
   * @returns {Wire.Channel}
   */
  get here() {
    return this.channels.get(this.channel) ?? { id: this.channel, name: "", seq: 0, version: 0, read: 0, unread: 0 };
  }

  /**
   * Load single rows by their seqs, wherever they are; those that are not open to this member are left out. Throws where that failed.
   * @param {number[]} seqs
   */
  async at(seqs) {
    const { rows } = await this.#page({ at: seqs.join(",") });
    return rows;
  }

  /** @param {string | null} id */
  name(id) {
    return this.people.get(id)?.name;
  }

  /**
   * The key of the picture that a member chose; empty where they chose none.
   * @param {string | null} id
   */
  picture(id) {
    return this.people.get(id)?.picture ?? "";
  }

  /** @returns {Wire.Sent} */
  hello() {
    this.#syncing = false;
    return { type: "hello", v: 1, cursors: { [this.channel]: this.cursor } };
  }

  /** @param {Wire.Frame} frame */
  take(frame) {
    if (frame.type === "ready") this.#ready(frame);
    else if (frame.type === "changes") this.#changes(frame);
    else if (frame.type === "ack") this.#ack(frame);
    else if (frame.type === "reset") this.#reset(frame);
    else if (frame.type === "synced") this.#syncing = false;
    else if (frame.type === "person") this.#person(frame);
    else if (frame.type === "read") this.#read(frame);
    else if (frame.type === "joined") this.#joined(frame);
    else if (frame.type === "left") this.#left(frame);
    else if (frame.type === "typing" && frame.channel === this.channel) this.#tell("typing", frame.member);
    else if (frame.type === "error") this.#refused(frame);
  }

  /**
   * Remember how far was read, and tell the server, at the latest when there is a connection to it.
   * @param {number} seq
   * @param {boolean} back
   */
  markRead(seq, back = false) {
    if (!back && seq <= this.here.read) return;
    this.#counter.mark(this.here, seq, back);
    this.#recount();
    const said = this.send({ type: "read", channel: this.channel, seq, ...(back && { back }) });
    this.#unsaid = said ? null : { seq, back: back || Boolean(this.#unsaid?.back) };
    this.#tell("channels");
  }

  /**
   * Up to which seq all is read, where what stands at `seq` is, as far as it was seen.
   * @param {number} seq
   * @param {(seq: number) => boolean} isSeen
   */
  readTo(seq, isSeen) {
    return this.#counter.readTo(this.here, seq, isSeen);
  }

  /** @param {Wire.Row} row */
  isNews(row) {
    return this.#counter.isNews(row);
  }

  /**
   * @template {keyof Told} T
   * @param {T} type
   * @param {Told[T]} [detail]
   */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** @param {Pick<Wire.History, "people" | "members" | "version">} page */
  #meetAll(page) {
    this.#roster.meet(page.people);
    if (page.version >= this.cursor) this.#roster.settle(page); // else who came and left since is known better by the changes
  }

  /** @param {Wire.Row} row */
  #isOwn(row) {
    return row.author === this.me && isText(row);
  }

  /**
   * @param {Wire.Row} row
   * @param {boolean} isNew
   */
  #stored(row, isNew = false) {
    if (this.#isOwn(row)) this.#tell("stored", { row, isNew });
  }

  /**
   * Take a row that was just written: of our own the server moves the mark by the same rule.
   * @param {Wire.Row} row
   * @param {boolean} isTold
   */
  #written(row, isTold = true) {
    const isNew = this.#stretch.put(row) && isTold;
    if (this.#isOwn(row) && row.seq === this.here.read + 1) this.here.read = row.seq;
    this.#stored(row, isNew);
  }

  #recount() {
    this.#counter.recount(this.here, this.cursor);
  }

  /** @param {Wire.Ready} frame */
  #ready({ me, people, channels }) {
    if (me.id !== this.me) return this.#tell("gone", "signed_out"); // somebody else has signed in since
    this.#roster.meet(people);
    const drafts = new Map([...this.channels.values()].map((each) => [each.id, each.draft]));
    this.channels = new Map(channels.map((each) => [each.id, { ...each, draft: drafts.get(each.id) }]));
    if (!this.channels.has(this.channel)) return this.#tell("gone", "ended");
    this.#missed = this.here.version;
    this.#counter.told();
    this.#roster.facilitators = new Set(this.here.facilitators);
    const unsaid = this.#unsaid;
    this.#unsaid = null;
    // The frame is taken before the connection counts as live.
    if (unsaid) queueMicrotask(() => this.markRead(unsaid.seq, unsaid.back));
    this.#recount();
    this.#tell("channels");
    this.#tell("rows");
  }

  /** @param {Wire.Changes} frame */
  #changes({ channel, after, upto, messages }) {
    if (channel !== this.channel) return this.#elsewhere(channel, after, upto, messages);
    if (after > this.cursor) return this.#sync();
    if (upto <= this.cursor) return;
    this.#counter.tally(this.here, messages, this.cursor);
    const arrived = messages.filter((row) => row.seq > this.#heard && row.author !== this.me);
    for (const row of messages) {
      this.#written(row);
      this.#heard = Math.max(this.#heard, row.seq);
      if (row.kind === "notice") this.#roster.note(row);
    }
    this.cursor = upto;
    this.#recount();
    this.#tell("passed", messages);
    this.#tell("rows");
    this.#tell("channels");
    if (arrived.length) this.#tell("arrived", { rows: arrived, missed: upto <= this.#missed });
  }

  /**
   * @param {string} id
   * @param {number} after
   * @param {number} upto
   * @param {Wire.Row[]} messages
   */
  #elsewhere(id, after, upto, messages) {
    const channel = this.channels.get(id);
    if (!channel) return;
    if (after > channel.version) return this.#tell("stale");
    const isSure = this.#counter.tally(channel, messages, channel.version);
    if (!isSure) this.send({ type: "read", channel: id, seq: 0 }); // the server answers a mark that moves nothing with its count
    channel.version = Math.max(channel.version, upto);
    for (const row of messages) this.#stored(row);
    this.#tell("channels");
  }

  #sync() {
    if (!this.#syncing) this.#syncing = this.send({ type: "sync", channel: this.channel, after: this.cursor });
  }

  /**
   * An error that names no frame may be the answer to our `sync`: that has to be asked again, or we would wait for ever.
   * @param {Wire.Refusal} refusal
   */
  #refused(refusal) {
    this.#tell("refused", refusal);
    if (!this.#syncing || "client_id" in refusal || "ref" in refusal) return;
    setTimeout(() => {
      this.#syncing = false;
      if (FOR_LATER.has(refusal.code)) this.#sync();
    }, inMs(refusal.retry_after));
  }

  /** @param {Wire.Ack} frame */
  #ack({ message }) {
    if (message.channel !== this.channel) return this.#stored(message);
    this.#written(message, false);
    this.#tell("rows");
  }

  /** @param {Wire.Person} person */
  #person(person) {
    this.#roster.meet([person]);
    this.#tell("rows");
  }

  /** @param {Wire.Read} frame */
  #read({ channel, seq, unread, version }) {
    const known = this.channels.get(channel);
    if (!known) return;
    const isBack = channel === this.channel && seq < known.read;
    known.read = seq;
    known.unread = unread;
    known.version = Math.max(known.version, version);
    if (channel === this.channel) this.#recount();
    if (isBack) this.#tell("unread", seq + 1);
    this.#tell("channels");
  }

  /** @param {Wire.Joined} frame */
  #joined({ channel, people }) {
    this.#roster.meet(people);
    this.channels.set(channel.id, channel);
    this.#tell("channels");
  }

  /** @param {Wire.Left} frame */
  #left({ channel, reason }) {
    this.channels.delete(channel);
    this.#tell("channels");
    if (channel === this.channel) this.#tell("gone", reason);
  }

  /**
   * @param {Query | { at: string }} query
   * @returns {Promise<Wire.History>}
   */
  async #page(query) {
    const asked = Object.entries(query).map(([name, value]) => [name, String(value)]);
    const answer = await fetch(`${this.#history}?${new URLSearchParams(asked)}`, { headers: { Accept: "application/json" } });
    if (answer.status === 401) this.#tell("gone", "signed_out");
    if (!answer.ok) throw new Error(`history answered ${answer.status}`);
    const page = await answer.json();
    this.#meetAll(page);
    this.#tell("quoted", page.quoted);
    return page;
  }

  #loaded() {
    this.#recount();
    this.#tell("rows");
    this.#tell("channels");
  }

  /**
   * Too much was missed: load afresh what is read, or the newest page. What is on the screen stays until that is there.
   * @param {Wire.Reset} frame
   */
  async #reset({ channel, version }) {
    if (channel !== this.channel) return this.#tell("stale");
    this.cursor = version;
    this.#heard = this.here.seq;
    this.#tell("forgotten");
    const seq = this.reading();
    if (await this.#stretch.renew(seq)) this.#tell("returned", seq !== null);
  }
}
