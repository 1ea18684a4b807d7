// What this member knows of their channels: a stretch of the open one's rows, people, read marks. Only `changes` frames move its cursor.

import { FOR_LATER, inMs } from "./connection.js";

const MOST_UNREAD = 100; // groups/chat/models.py counts no further
const MOST_ROWS = 300; // held and drawn, however long the channel is

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

const isTalk = (row) => row.kind === "text";

/**
 * Holds one stretch of the channel without a hole in it, from `first` to `last`. Where it reaches to the newest message (`attached`)
 * what arrives is put to its end; else that is counted, and loaded when one comes to it.
 *
 * Dispatches "rows" (something to draw), "arrived" (detail: {rows, missed}: new rows of others, and whether they come after an
 * absence), "returned" (more was missed than is told row by row, and the stretch was loaded afresh; detail: whether what was read was
 * kept), "stored" (detail: {row, isNew}: one of ours, in any channel, and whether it comes into this talk just now), "unread" (detail:
 * from which place on this was marked unread elsewhere), "channels", "typing" (detail: member id), "refused" (detail: an error frame),
 * "stale" (too much was missed of another channel: greet anew) and "gone" (detail: "left", "removed", "ended" where it is not known
 * which of the two, or "signed_out"). For what is quoted: "passed" and "quoted" (detail: rows, changed just now, or answered in a page
 * that came), and "forgotten" (what was known may be old).
 */
export class Store extends EventTarget {
  constructor(page) {
    super();
    this.channel = page.channel;
    this.me = page.me;
    this.cursor = page.version;
    this.blocked = new Set(page.blocked);
    this.people = new Map();
    this.channels = new Map(page.channels.map((each) => [each.id, each]));
    this.#history = page.urls.history;
    this.#meetAll(page);
    this.#hold(page.rows, page.more, true);
    this.#heard = this.here.seq;
    this.#kept = page.kept * 1_000;
  }

  /** Sends a frame; set by whoever holds the connection. */
  send = () => false;
  /** Gives the place that is being read, or null where one follows the talk; set by whoever shows it. */
  reading = () => null;

  first = 1; // the stretch that is here: its lowest place,
  last = 0; // and its highest
  more = false; // whether there is something before it
  attached = false; // whether there is nothing after it
  #history;
  #rows = new Map();
  #list = null;
  #syncing = false;
  #loading = null;
  #turn = 0; // of the stretch: what was asked for an earlier one is dropped
  #late = []; // frames' rows that come while a page is loaded, which may be older than they are
  #ended = new Set(); // ids of messages that were gone when they changed last: they are in no count of unread ones
  #kept; // ms for which what its author took back can come back
  #countedAt = Date.now(); // when the server told the counts of all channels
  #heard; // the highest place that was told of, by a page or in `changes`
  #missed = 0; // up to this version all is from the time without a line
  #unsaid = null; // a mark set while there was no line: {seq, back}

  /** The rows of the stretch in the order of their places. */
  get rows() {
    this.#list ??= [...this.#rows.values()].sort((a, b) => a.seq - b.seq);
    return this.#list;
  }

  /** The open channel as the list has it: {id, name, seq, version, read, unread}. */
  get here() {
    return this.channels.get(this.channel) ?? { seq: 0, version: 0, read: 0, unread: 0 };
  }

  /** The row of an id, where it is in the stretch. */
  row(id) {
    return this.#rows.get(id);
  }

  /** Load single rows by their places, wherever they are; those that are not open to this member are left out. Throws where that failed. */
  async at(places) {
    const { rows } = await this.#page({ at: places.join(",") });
    return rows;
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

  /** Load the page before the first row, or after the last. Throws where it could not be loaded. */
  older() {
    return this.#extend(this.more, { before: this.first });
  }

  newer() {
    return this.#extend(!this.attached, { after: this.last });
  }

  /** Have the row at `seq` here, with what stands around it. Throws where it could not be loaded. */
  async goTo(seq) {
    if (seq >= this.first && seq <= this.last) return;
    await this.#startAt({ around: seq, limit: 100 });
  }

  /** Have the newest page here. Throws where it could not be loaded. */
  async goToNewest() {
    if (this.attached) this.#turn++; // where somewhere else was to be gone to, that is over
    else await this.#startAt({});
  }

  /** Hold no more rows than can be drawn well: those farthest from the one at `seq` go. */
  trim(seq) {
    const { rows } = this;
    const over = rows.length - MOST_ROWS;
    if (over <= 0) return;
    const above = rows.filter((row) => row.seq < seq).length;
    const fromTop = above > rows.length / 2;
    for (const row of fromTop ? rows.slice(0, over) : rows.slice(-over)) this.#rows.delete(row.id);
    if (fromTop) this.more = true;
    else this.attached = false;
    this.#measure();
  }

  /** Remember how far was read, and tell the server, at the latest when there is a line to it. */
  markRead(seq, back = false) {
    const { here } = this;
    if (!back && seq <= here.read) return;
    const between = this.rows.filter((row) => row.seq > Math.min(seq, here.read) && row.seq <= Math.max(seq, here.read) && this.isNews(row)).length;
    if (back) here.unread = Math.min(MOST_UNREAD, here.unread + between);
    else if (here.unread < MOST_UNREAD) here.unread = Math.max(0, here.unread - between); // else nobody knows from how many
    here.read = seq;
    if (seq >= here.seq) here.unread = 0;
    this.#recount();
    const said = this.send({ type: "read", channel: this.channel, seq, ...(back && { back }) });
    this.#unsaid = said ? null : { seq, back: back || Boolean(this.#unsaid?.back) };
    this.#tell("channels");
  }

  /** Up to which place all is read, where what stands at `seq` is: before the first unread message that was not seen, or is not here. */
  readTo(seq, isSeen) {
    const { read, unread } = this.here;
    if (!unread) return seq;
    if (this.more && this.first > read + 1) return Math.min(seq, read);
    const missed = this.rows.find((row) => row.seq > read && row.seq <= seq && this.isNews(row) && !isSeen(row.seq));
    return missed ? missed.seq - 1 : seq;
  }

  /** Whether a row is of those that can be unread: what another wrote, whom this member has not blocked, and it stands. */
  isNews(row) {
    return isTalk(row) && !row.deleted && !row.hidden && row.author !== this.me && !this.blocked.has(row.author);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #meet(people = []) {
    for (const person of people) this.people.set(person.id, person);
  }

  /** A page says who takes part now, and who looks after the group. */
  #meetAll({ people, members, version }) {
    this.#meet(people);
    if (version < this.cursor) return; // who came and left since is known better by the changes
    this.members = new Set(members);
    this.facilitators = new Set(people.filter(({ role }) => role === "facilitator").map(({ id }) => id));
  }

  /** Keep a row where it belongs to the stretch, unless we have it as new or newer. True where we did not have it at all. */
  #put(row) {
    if (this.#loading) this.#late.push(row);
    if (row.seq < this.first || (row.seq > this.last && !this.attached)) return false;
    const known = this.#rows.get(row.id);
    if (known && known.version >= row.version) return false;
    this.#rows.set(row.id, row);
    this.#list = null;
    this.last = Math.max(this.last, row.seq);
    return !known;
  }

  #isOwn(row) {
    return row.author === this.me && isTalk(row);
  }

  #stored(row, isNew = false) {
    if (this.#isOwn(row)) this.#tell("stored", { row, isNew });
  }

  /** Take a row that was just written: of our own the server moves the mark by the same rule. */
  #written(row, isTold = true) {
    const isNew = this.#put(row) && isTold;
    if (this.#isOwn(row) && row.seq === this.here.read + 1) this.here.read = row.seq;
    this.#stored(row, isNew);
  }

  #ready({ people, channels }) {
    this.#meet(people);
    const drafts = new Map([...this.channels.values()].map((each) => [each.id, each.draft]));
    this.channels = new Map(channels.map((each) => [each.id, { ...each, draft: drafts.get(each.id) }]));
    if (!this.channels.has(this.channel)) return this.#tell("gone", "ended");
    this.#missed = this.here.version;
    this.#ended.clear();
    this.#countedAt = Date.now();
    this.facilitators = new Set(this.here.facilitators);
    const unsaid = this.#unsaid;
    this.#unsaid = null;
    // The frame is taken before the connection counts as live.
    if (unsaid) queueMicrotask(() => this.markRead(unsaid.seq, unsaid.back));
    this.#recount();
    this.#tell("channels");
    this.#tell("rows");
  }

  #changes({ channel, after, upto, messages }) {
    if (channel !== this.channel) return this.#elsewhere(channel, after, upto, messages);
    if (after > this.cursor) return this.#sync();
    if (upto <= this.cursor) return;
    this.#tally(this.here, messages, this.cursor);
    const arrived = messages.filter((row) => row.seq > this.#heard && row.author !== this.me);
    for (const row of messages) {
      this.#written(row);
      this.#heard = Math.max(this.#heard, row.seq);
      if (row.kind === "notice") this.#count(row);
    }
    this.cursor = upto;
    this.#recount();
    this.#tell("passed", messages);
    this.#tell("rows");
    this.#tell("channels");
    if (arrived.length) this.#tell("arrived", { rows: arrived, missed: upto <= this.#missed });
  }

  #count({ body, author }) {
    const leaves = body === "left" || body === "removed";
    if (body === "joined") this.members.add(author);
    if (leaves) this.members.delete(author);
    if (body === "appointed") this.facilitators.add(author);
    if (leaves || body === "stepped_down") this.facilitators.delete(author);
  }

  #elsewhere(id, after, upto, messages) {
    const channel = this.channels.get(id);
    if (!channel) return;
    if (after > channel.version) return this.#tell("stale");
    this.#tally(channel, messages, channel.version);
    channel.version = Math.max(channel.version, upto);
    for (const row of messages) this.#stored(row);
    this.#tell("channels");
  }

  /** Count what is unread here from the rows, where all of it is among them. */
  #recount() {
    const { here } = this;
    const isAll = this.attached && this.cursor >= here.version && (!this.more || here.read >= this.first - 1);
    if (isAll) here.unread = Math.min(MOST_UNREAD, this.rows.filter((row) => row.seq > here.read && this.isNews(row)).length);
  }

  /**
   * Count on with what changed in a channel above `cursor`. What its version holds already is in the server's count. Where a change
   * alone does not tell whether its message was counted, the server is asked: it answers a mark that moves nothing with its count.
   */
  #tally(channel, rows, cursor) {
    const counted = Math.max(cursor, channel.version);
    let isSure = true;
    for (const row of rows) {
      const isNew = row.seq > channel.seq;
      if (isNew) channel.seq = row.seq;
      const change = this.#change(row);
      if (row.version <= counted) continue;
      if (isNew && row.seq === channel.read + 1 && this.#isOwn(row)) channel.read = row.seq;
      if (row.seq <= channel.read) continue;
      isSure &&= isNew || change !== null;
      channel.unread = Math.min(MOST_UNREAD, Math.max(0, channel.unread + (isNew ? Number(this.isNews(row)) : change)));
    }
    if (!isSure && channel !== this.here) this.send({ type: "read", channel: channel.id, seq: 0 });
  }

  /** What a change does to the count of a message that was there before: 1, -1 or 0, or null where what is here does not tell. */
  #change(row) {
    const known = this.#rows.get(row.id);
    const isNews = this.isNews(row);
    const wasGone = this.#ended.has(row.id);
    const isGone = !isNews && this.isNews({ ...row, deleted: null, hidden: false });
    if (isGone) this.#ended.add(row.id);
    else this.#ended.delete(row.id);
    if (known) return Number(isNews) - Number(this.isNews(known));
    if (isNews) return wasGone ? 1 : Date.now() < this.#countedAt + this.#kept ? null : 0; // it may have been taken back before the count
    if (!isGone || wasGone) return 0;
    return row.deleted && row.hidden ? null : -1; // the one may have come before the count, and the other after
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
    if (message.channel !== this.channel) return this.#stored(message);
    this.#written(message, false);
    this.#tell("rows");
  }

  #person(person) {
    this.#meet([person]);
    this.#tell("rows");
  }

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
    this.#meetAll(page);
    this.#tell("quoted", page.quoted);
    return page;
  }

  /** Load a page that stands next to the stretch, where there `isMore`; one at a time. */
  #extend(isMore, query) {
    if (!isMore || this.#loading) return this.#loading ?? Promise.resolve();
    const turn = this.#turn;
    const join = ({ rows, more }) => {
      if ((query.before ?? this.first) !== this.first || (query.after ?? this.last) !== this.last) return; // it was trimmed meanwhile
      if ("before" in query) this.more = more;
      else this.attached = !more;
      this.#add(rows);
    };
    return this.#load(query, (page) => turn === this.#turn && join(page));
  }

  /** Let another stretch take the place of this one. */
  #startAt(query) {
    const turn = ++this.#turn;
    const isEnd = (rows) => !("around" in query) || rows.at(-1)?.seq >= this.here.seq;
    return this.#load(query, ({ rows, more }) => turn === this.#turn && this.#hold(rows, more, isEnd(rows)));
  }

  #load(query, take) {
    const loading = this.#page(query)
      .then((page) => {
        take(page);
        this.#measure();
        if (this.#loading !== loading) return;
        this.#loading = null;
        for (const row of this.#late.splice(0)) this.#put(row);
        this.#recount();
        this.#tell("rows");
        this.#tell("channels");
      })
      .finally(() => {
        if (this.#loading === loading) this.#loading = null;
      });
    this.#loading = loading;
    return loading;
  }

  /** Have these rows, and no others. */
  #hold(rows, more, attached) {
    Object.assign(this, { more, attached });
    const before = this.#rows;
    this.#rows = new Map();
    this.#add(rows, before);
    this.#measure();
  }

  #add(rows, known = this.#rows) {
    for (const row of rows) {
      this.#rows.set(row.id, known.get(row.id)?.version > row.version ? known.get(row.id) : row);
      this.#stored(row);
    }
  }

  #measure() {
    this.#list = null;
    this.first = this.rows[0]?.seq ?? this.here.seq + 1;
    this.last = this.rows.at(-1)?.seq ?? this.here.seq;
  }

  /** Too much was missed: load afresh what is read, or the newest page. What is on the screen stays until that is there. */
  async #reset({ channel, version }) {
    if (channel !== this.channel) return this.#tell("stale");
    this.cursor = version;
    this.#heard = this.here.seq;
    this.#tell("forgotten");
    for (const row of this.#rows.values()) row.version = -1; // whatever comes is newer, also where a backup was put back
    const seq = this.reading();
    this.attached = false; // what comes now does not follow upon what is here
    for (let pause = 1_000; ; pause = Math.min(pause * 2, 30_000)) {
      const loading = this.#startAt(seq === null ? {} : { around: seq, limit: 100 });
      const turn = this.#turn;
      const done = await loading.then(
        () => true,
        () => false,
      );
      if (done && turn === this.#turn) this.#tell("returned", seq !== null);
      if (!done) await later(pause);
      if (done || turn !== this.#turn) return;
    }
  }
}
