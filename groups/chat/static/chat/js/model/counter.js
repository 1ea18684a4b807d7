// What is unread: counted from the rows that are here, and from changes where they are not.

/** @import { Stretch } from "./stretch.js" */

export const MOST_UNREAD = 100; // groups/chat/models.py counts no further

/** @param {number} n */
const within = (n) => Math.min(MOST_UNREAD, Math.max(0, n));

/** @param {Pick<Wire.Row, "kind">} row */
export const isText = ({ kind }) => kind === "text";

export class Counter {
  /**
   * `kept` is for how many ms what its author took back can come back.
   * @param {{ me: string, blocked: Set<string | null>, kept: number, stretch: Stretch }} given
   */
  constructor({ me, blocked, kept, stretch }) {
    this.#me = me;
    this.#blocked = blocked;
    this.#kept = kept;
    this.#stretch = stretch;
  }

  #me;
  #blocked;
  #kept;
  #stretch;
  /** @type {Set<string>} */
  #ended = new Set(); // ids of messages that were gone when they changed last: they are in no count
  #toldAt = Date.now(); // when the server told the counts of all channels

  /** The server has told the counts of all channels just now. */
  told() {
    this.#ended.clear();
    this.#toldAt = Date.now();
  }

  /**
   * Whether a row is of those that can be unread: what another wrote, whom this member has not blocked, and it stands.
   * @param {Wire.Row} row
   */
  isNews(row) {
    return isText(row) && !row.deleted && !row.hidden && row.author !== this.#me && !this.#blocked.has(row.author);
  }

  /**
   * Up to which seq all is read, where what stands at `seq` is: before the first unread message that was not seen, or is not here.
   * @param {Wire.Channel} here
   * @param {number} seq
   * @param {(seq: number) => boolean} isSeen
   */
  readTo({ read, unread }, seq, isSeen) {
    const { rows, more, first } = this.#stretch;
    if (!unread) return seq;
    if (more && first > read + 1) return Math.min(seq, read);
    const missed = rows.find((row) => row.seq > read && row.seq <= seq && this.isNews(row) && !isSeen(row.seq));
    return missed ? missed.seq - 1 : seq;
  }

  /**
   * Move the mark of the open channel to a seq, which may be further back.
   * @param {Wire.Channel} here
   * @param {number} seq
   * @param {boolean} back
   */
  mark(here, seq, back) {
    const [from, to] = [Math.min(seq, here.read), Math.max(seq, here.read)];
    const between = this.#stretch.rows.filter((row) => row.seq > from && row.seq <= to && this.isNews(row)).length;
    if (back) here.unread = within(here.unread + between);
    else if (here.unread < MOST_UNREAD) here.unread = within(here.unread - between); // else nobody knows from how many
    here.read = seq;
    if (seq >= here.seq) here.unread = 0;
  }

  /**
   * Count what is unread in the open channel from the rows, where all of it is among them.
   * @param {Wire.Channel} here
   * @param {number} cursor
   */
  recount(here, cursor) {
    const { rows, more, first, attached } = this.#stretch;
    const isAll = attached && cursor >= here.version && (!more || here.read >= first - 1);
    if (isAll) here.unread = within(rows.filter((row) => row.seq > here.read && this.isNews(row)).length);
  }

  /**
   * Count on with what changed in a channel above `cursor`. What its version holds already is in the server's count. False where a change
   * alone does not tell whether its message was counted.
   * @param {Wire.Channel} channel
   * @param {Wire.Row[]} rows
   * @param {number} cursor
   */
  tally(channel, rows, cursor) {
    const counted = Math.max(cursor, channel.version);
    let isSure = true;
    for (const row of rows) {
      const isNew = row.seq > channel.seq;
      if (isNew) channel.seq = row.seq;
      const change = this.#change(row);
      if (row.version <= counted) continue;
      if (isNew && row.seq === channel.read + 1 && row.author === this.#me && isText(row)) channel.read = row.seq;
      if (row.seq <= channel.read) continue;
      isSure &&= isNew || change !== null;
      channel.unread = within(channel.unread + (isNew ? Number(this.isNews(row)) : (change ?? 0)));
    }
    return isSure;
  }

  /**
   * What a change does to the count of a message that was there before: 1, -1 or 0, or null where what is here does not tell.
   * @param {Wire.Row} row
   */
  #change(row) {
    const known = this.#stretch.row(row.id);
    const isNews = this.isNews(row);
    const wasGone = this.#ended.has(row.id);
    const isGone = !isNews && this.isNews({ ...row, deleted: null, hidden: false });
    if (isGone) this.#ended.add(row.id);
    else this.#ended.delete(row.id);
    if (known) return Number(isNews) - Number(this.isNews(known));
    if (isNews) return wasGone ? 1 : Date.now() < this.#toldAt + this.#kept ? null : 0; // it may have been taken back before the count
    if (!isGone || wasGone) return 0;
    return row.deleted && row.hidden ? null : -1; // the one may have come before the count, and the other after
  }
}
