// Which entries a conversation has: days, each person's runs, the divider at the first new message. groups/chat/page/layout.py lays out the same way.

/** @import { Item } from "../net/outbox.js" */
/** @import { Given, Quote, Reader } from "./reader.js" */
/** @import { Store } from "./store.js" */
/** @import { Words } from "./words.js" */

/** @typedef {{ key: string, signature: string }} Keyed Two of the same key that look alike have the same signature. */
/** @typedef {{ clock: string, first: boolean, name: string, picture: string, own: boolean, quote: Quote | null }} Said Of each message. */
/** @typedef {{ row: Wire.Row, words: string, blocked: boolean, signs: Given[], undo: boolean, named: boolean, seq: number }} Stored */

/** @typedef {Keyed & { kind: "day", label: string }} Day */
/** @typedef {Keyed & { kind: "new" }} New */
/** @typedef {Keyed & Said & Stored & { kind: "notice" }} Notice */
/** @typedef {Keyed & Said & Stored & { kind: "message" }} Message */
/** @typedef {Keyed & Said & { kind: "pending", item: Item, state: string, seq: number }} Pending */
/** @typedef {Day | New | Notice | Message | Pending} Entry */

const RUN_MS = 10 * 60_000;

/**
 * Return the entries to draw. `firstNew` is the seq of the first message above which the divider stands, or null; `canReturn(row)`
 * says of a removed message of one's own whether it can still be brought back.
 * @param {{ rows: Wire.Row[], pending: { item: Item, state: string }[], store: Pick<Store, "me" | "blocked" | "picture">, words: Words,
 *   reader: Reader, firstNew: number | null, canReturn: (row: Wire.Row) => boolean }} given
 */
export function layOut({ rows, pending, store, words, reader, firstNew, canReturn }) {
  const { say } = words;
  /** @type {Entry[]} */
  const entries = [];
  /** @type {{ day: string, author: string | null, kind: Entry["kind"] } | null} */
  let before = null;
  let latest = 0; // when that was
  let divided = false;

  /**
   * Begin an entry: with its day and the divider at what is new, where they come before it. Gives its time, and whether it begins a run.
   * @param {Entry["kind"]} kind
   * @param {number} at
   * @param {string | null} author
   * @param {number} seq
   */
  const begin = (kind, at, author, seq) => {
    const day = words.dayKey(at);
    const newDay = before?.day !== day;
    if (newDay) entries.push({ kind: "day", key: `day ${day}`, label: words.dayName(at), signature: words.dayName(at) });
    const isNew = !divided && firstNew !== null && seq >= firstNew;
    if (isNew) entries.push({ kind: "new", key: "new", signature: "" });
    divided ||= isNew;
    const isRun = before?.kind !== "notice" && kind !== "notice" && before?.author === author && at - latest < RUN_MS;
    before = { day, author, kind };
    latest = at;
    return { clock: words.clock(at), first: newDay || isNew || !isRun };
  };

  const waiting = new Set(pending.map(({ item }) => item.client_id)); // a message that was changed or taken back since stands there
  for (const row of rows) {
    const own = reader.isOwn(row);
    if (own && waiting.has(row.client_id)) continue;
    const name = reader.nameOf(row);
    const picture = store.picture(row.author);
    const blocked = row.kind === "text" && store.blocked.has(row.author);
    const kind = row.kind === "notice" ? "notice" : "message";
    const quote = row.reply_to && row.body ? reader.quote(row.reply_to) : null;
    const signs = reader.given(row);
    const undo = own && canReturn(row);
    const { clock, first } = begin(kind, Date.parse(row.sent), row.author, row.seq);
    const looks = [kind, row.version, name, picture, blocked, undo, ...Object.values(quote ?? {}), ...signs.map(({ names }) => names), clock, first];
    entries.push({
      ...{ kind, key: own ? row.client_id : row.id, signature: looks.join("|"), seq: row.seq },
      ...{ row, name, picture, words: reader.said(row), blocked, own, quote, signs, undo, clock, first, named: !blocked && reader.isNamedIn(row) },
    });
  }
  for (const { item, state } of pending) {
    const picture = store.picture(store.me);
    const quote = item.reply_to && reader.quote(item.reply_to);
    const { clock, first } = begin("pending", Math.max(item.at, latest), store.me, Infinity);
    const looks = [item.state, state, item.body, picture, ...Object.values(quote ?? {}), clock, first];
    const said = { name: say.you, picture, own: true, quote, clock, first };
    entries.push({ kind: "pending", key: item.client_id, signature: looks.join("|"), seq: Infinity, ...said, item, state });
  }
  return entries;
}
