// Which lines a conversation has: days, each person's runs, the line at the first new message. groups/chat/talk.py lays out the same way.

import { fill } from "./words.js";

const RUN_MS = 10 * 60_000;

/** What a notice says, or what stands in the place of a text that is gone; empty for a message that stands. */
export function said(row, name, say) {
  if (row.kind === "notice") return fill(say.notices[row.body] ?? say.notices.other, { name });
  if (row.deleted) return say.removed;
  return row.hidden ? say.hidden : "";
}

/**
 * Return the entries to draw, each {key, kind: "day" | "new" | "notice" | "message" | "pending", …}; two of the same key that look
 * alike have the same `signature`. `firstNew` is the place of the first message above which the line stands, or null.
 */
export function layOut({ rows, pending, store, words, firstNew }) {
  const { say } = words;
  const entries = [];
  let before = null;
  let lined = false;

  const add = (kind, key, at, author, entry) => {
    const day = words.dayKey(at);
    const newDay = before?.day !== day;
    if (newDay) entries.push({ kind: "day", key: `day ${day}`, label: words.dayName(at), signature: words.dayName(at) });
    const newLine = !lined && firstNew !== null && entry.seq >= firstNew;
    if (newLine) entries.push({ kind: "new", key: "new", signature: "" });
    lined ||= newLine;
    const inRun = !newDay && !newLine && before?.kind !== "notice" && kind !== "notice" && before?.author === author && at - before.at < RUN_MS;
    const clock = words.clock(at);
    const signature = [entry.signature, clock, !inRun].join("|");
    entries.push({ ...entry, kind, key, clock, first: !inRun, signature });
    before = { day, at, author, kind };
  };

  for (const row of rows) {
    const mine = row.author === store.me && row.kind === "text";
    const name = mine ? say.you : (store.name(row.author) ?? say.former);
    const picture = store.picture(row.author);
    const gone = said(row, name, say);
    const blocked = row.kind === "text" && store.blocked.has(row.author);
    const kind = row.kind === "notice" ? "notice" : "message";
    add(kind, mine ? row.client_id : row.id, Date.parse(row.sent), row.author, {
      ...{ row, name, picture, words: gone, blocked, own: mine, seq: row.seq },
      signature: [kind, row.version, name, picture, blocked].join("|"),
    });
  }
  for (const { item, state } of pending) {
    const own = { name: say.you, picture: store.picture(store.me) };
    add("pending", item.client_id, Math.max(item.at, before?.at ?? 0), store.me, { item, ...own, state, seq: Infinity, signature: `${item.state}|${state}|${own.picture}` });
  }
  return entries;
}
