// What this member knows of their channels: the rows of the open one, people, read marks. Only `changes` frames move its cursor.

import { FOR_LATER, inMs } from "./connection.js";

const MOST_UNREAD = 100; // groups/chat/models.py counts no further

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const isTalk = (row) => row.kind === "text";

/**
 * Dispatches "rows" (something to draw), "arrived" (detail: new rows of others), "own" (detail: a row of ours), "channels", "typing"
 * (detail: member id), "refused" (detail: an error frame), "stale" (too much was missed of another channel: greet anew) and "gone"
 * (detail: "left", "removed", "ended" where it is not known which of the two, or "signed_out").
 */
export class Store extends EventTarget {
  constructor(page) {
    super();
    this.channel = page.channel;
    this.me = page.me;
    this.cursor = page.version;
    this.more = page.more;
    this.members = new Set(page.members);
    this.blocked = new Set(page.blocked);
    this.people = new Map();
    this.channels = new Map(page.channels.map((each) => [each.id, each]));
    this.#history = page.urls.history;
    this.#meet(page.people);
    for (const row of page.rows) this.#put(row);
    this.first = page.rows[0]?.seq ?? page.seq + 1;
  }

  /** Sends a frame; set by whoever holds the connection. */
  send = () => false;
  #history;
  #rows = new Map();
  #list = null;
  #syncing = false;
  #loading = null;
  #ended = new Set(); // ids of messages that were taken out of a count of unread ones
  #late = null; // frames' rows that come while the newest page is loaded afresh
  #turn = 0;

  /** The loaded rows in the order of their places. */
  get rows() {
    this.#list ??= [...this.#rows.values()].filter((row) => row.seq >= this.first).sort((a, b) => a.seq - b.seq);
    return this.#list;
  }

  /** The open channel as the list has it: {id, name, seq, version, read, unread}. */
  get here() {
    return this.channels.get(this.channel) ?? { seq: 0, version: 0, read: 0, unread: 0 };
  }

  name(id) {
    return this.people.get(id)?.name;
  }

  /** The key of the picture that a member chose; empty where they chose none. */
  picture(id) {
    return this.people.get(id)?.picture ?? "";
  }

  hello() {
    this.#syncing = false;
    return { type: "hello", v: 1, cursors: { [this.channel]: this.cursor } };
  }

  take(frame) {
    const takers = {
      ready: this.#ready,
      changes: this.#changes,
      ack: this.#ack,
      reset: this.#reset,
      synced: () => (this.#syncing = false),
      person: this.#person,
      read: this.#read,
      joined: this.#joined,
      left: this.#left,
      typing: ({ channel, member }) => channel === this.channel && this.#tell("typing", member),
      error: this.#refused,
    };
    takers[frame.type]?.call(this, frame);
  }

  /** Load the page before the oldest row. False where there is none; throws where it could not be loaded. */
  older(limit = 50) {
    if (!this.more) return Promise.resolve(false);
    this.#loading ??= this.#loadOlder(limit).finally(() => (this.#loading = null));
    return this.#loading;
  }

  /** Load the past until the row at `seq` is there. */
  async reach(seq) {
    while (this.first > seq && (await this.older(100)));
  }

  /** Remember how far was read, and tell the server where there is a line to it. */
  markRead(seq, back = false) {
    if (!back && seq <= this.here.read) return;
    this.here.read = seq;
    this.send({ type: "read", channel: this.channel, seq, ...(back && { back }) });
    this.#tell("channels");
  }

  /** Whether a row is of those that can be unread: what another wrote, whom this member has not blocked, and it stands. */
  isNews(row) {
    return isTalk(row) && !row.deleted && !row.hidden && row.author !== this.me && !this.blocked.has(row.author);
  }

  /** How many messages are unread in a channel, counted no further than MOST_UNREAD: from the rows where they are here. */
  unread(channel) {
    const here = channel.id === this.channel && (!this.more || channel.read >= this.first - 1);
    if (!here) return channel.unread;
    return Math.min(MOST_UNREAD, this.rows.filter((row) => row.seq > channel.read && this.isNews(row)).length);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #meet(people = []) {
    for (const person of people) this.people.set(person.id, person);
  }

  /** Keep a row unless we have it as new or newer; true where it is one that we did not have at all. */
  #put(row) {
    const known = this.#rows.get(row.id);
    if (known && known.version >= row.version) return false;
    this.#rows.set(row.id, row);
    this.#list = null;
    this.#late?.push(row);
    if (row.seq > this.here.seq) this.here.seq = row.seq;
    if (row.author === this.me && isTalk(row)) this.#own(row);
    return !known;
  }

  #own(row) {
    if (row.seq === this.here.read + 1) this.here.read = row.seq; // the server moves the mark by the same rule
    this.#tell("own", row);
  }

  #ready({ people, channels }) {
    this.#meet(people);
    const unsaid = this.here.read; // read here while there was no line
    const drafts = new Map([...this.channels.values()].map((each) => [each.id, each.draft]));
    this.channels = new Map(channels.map((each) => [each.id, { ...each, draft: drafts.get(each.id) }]));
    if (!this.channels.has(this.channel)) return this.#tell("gone", "ended");
    // The frame is taken before the connection counts as live.
    if (unsaid > this.here.read) queueMicrotask(() => this.markRead(unsaid));
    this.#tell("channels");
    this.#tell("rows");
  }

  #changes({ channel, after, upto, messages }) {
    if (channel !== this.channel) return this.#elsewhere(channel, after, upto, messages);
    if (after > this.cursor) return this.#sync();
    if (upto <= this.cursor) return;
    this.#tally(this.here, messages, this.cursor);
    const arrived = messages.filter((row) => this.#put(row) && row.seq >= this.first && row.author !== this.me);
    for (const row of messages) if (row.kind === "notice") this.#count(row);
    this.cursor = upto;
    this.#tell("rows");
    this.#tell("channels");
    if (arrived.length) this.#tell("arrived", arrived);
  }

  #count({ body, author }) {
    if (body === "joined") this.members.add(author);
    if (body === "left" || body === "removed") this.members.delete(author);
  }

  #elsewhere(id, after, upto, messages) {
    const channel = this.channels.get(id);
    if (!channel) return;
    if (after > channel.version) return this.#tell("stale");
    this.#tally(channel, messages, channel.version);
    channel.version = Math.max(channel.version, upto);
    this.#tell("channels");
  }

  /** Count on with what changed in a channel above `cursor`. What its version holds already is in the server's count. */
  #tally(channel, rows, cursor) {
    const counted = Math.max(cursor, channel.version);
    for (const row of rows) {
      const isNew = row.seq > channel.seq;
      if (isNew) channel.seq = row.seq;
      if (row.version <= counted) continue;
      if (isNew && row.seq === channel.read + 1 && row.author === this.me && isTalk(row)) channel.read = row.seq;
      if (row.seq > channel.read) channel.unread += isNew ? Number(this.isNews(row)) : -Number(this.#hasEnded(row));
      channel.unread = Math.min(MOST_UNREAD, Math.max(0, channel.unread));
    }
  }

  /** Whether this is the news that a message, counted as unread until now, was removed or hidden. What is both was one before. */
  #hasEnded(row) {
    const wasNews = this.isNews({ ...row, deleted: null, hidden: false });
    if (!wasNews || Boolean(row.deleted) === row.hidden || this.#ended.has(row.id)) return false;
    this.#ended.add(row.id);
    return true;
  }

  #sync() {
    if (!this.#syncing) this.#syncing = this.send({ type: "sync", channel: this.channel, after: this.cursor });
  }

  /** An error that names no frame may be the answer to our `sync`: that has to be asked again, or we would wait for ever. */
  #refused(refusal) {
    this.#tell("refused", refusal);
    if (!this.#syncing || "client_id" in refusal || "ref" in refusal) return;
    const again = () => {
      this.#syncing = false;
      if (FOR_LATER.has(refusal.code)) this.#sync();
    };
    later(inMs(refusal.retry_after)).then(again);
  }

  #ack({ message }) {
    if (message.channel !== this.channel) return;
    this.#put(message);
    this.#tell("rows");
  }

  #person(person) {
    this.#meet([person]);
    this.#tell("rows");
  }

  #read({ channel, seq, unread, version }) {
    const known = this.channels.get(channel);
    if (!known) return;
    known.read = seq;
    known.unread = unread;
    known.version = Math.max(known.version, version);
    this.#tell("channels");
  }

  #joined({ channel, people }) {
    this.#meet(people);
    this.channels.set(channel.id, channel);
    this.#tell("channels");
  }

  #left({ channel, reason }) {
    this.channels.delete(channel);
    this.#tell("channels");
    if (channel === this.channel) this.#tell("gone", reason);
  }

  async #page(query) {
    const answer = await fetch(`${this.#history}?${new URLSearchParams(query)}`, { headers: { Accept: "application/json" } });
    if (answer.status === 401) this.#tell("gone", "signed_out");
    if (!answer.ok) throw new Error(`history answered ${answer.status}`);
    const page = await answer.json();
    this.#meet(page.people);
    return page;
  }

  async #loadOlder(limit) {
    const turn = this.#turn;
    const { rows, more } = await this.#page({ before: this.first, limit });
    if (turn !== this.#turn) return true;
    for (const row of rows) this.#put(row);
    this.first = rows[0]?.seq ?? this.first;
    this.more = more && rows.length > 0;
    this.#list = null;
    this.#tell("rows");
    return this.more || rows.length > 0;
  }

  /** Too much was missed: start again from the newest page. What is on the screen stays until that is there. */
  async #reset({ channel, version }) {
    if (channel !== this.channel) return this.#tell("stale");
    this.cursor = version;
    this.#late = [];
    const turn = ++this.#turn;
    for (let pause = 1_000; ; pause = Math.min(pause * 2, 30_000)) {
      const page = await this.#page({}).catch(() => null);
      if (turn !== this.#turn) return;
      if (page) return this.#startFrom(page);
      await later(pause);
    }
  }

  #startFrom({ rows, more }) {
    const late = this.#late;
    this.#late = null;
    this.#rows.clear();
    this.first = rows[0]?.seq ?? 1;
    this.more = more;
    for (const row of [...rows, ...late]) this.#put(row);
    this.#list = null;
    this.#tell("rows");
    this.#tell("channels");
  }
}
