// Which lines a conversation has: days, each person's runs, the line at the first new message. groups/chat/layout.py lays out the same way.

const RUN_MS = 10 * 60_000;

/**
 * Return the entries to draw, each {key, kind: "day" | "new" | "notice" | "message" | "pending", …}; two of the same key that look
 * alike have the same `signature`. `firstNew` is the place of the first message above which the line stands, or null; `canReturn(row)`
 * says of a removed message of one's own whether it can still be brought back.
 */
export function layOut({ rows, pending, store, words, reader, firstNew, canReturn }) {
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

  const waiting = new Set(pending.map(({ item }) => item.client_id)); // a message that was changed or taken back since stands there
  for (const row of rows) {
    const own = reader.isOwn(row);
    if (own && waiting.has(row.client_id)) continue;
    const name = reader.nameOf(row);
    const picture = store.picture(row.author);
    const gone = reader.said(row);
    const blocked = row.kind === "text" && store.blocked.has(row.author);
    const kind = row.kind === "notice" ? "notice" : "message";
    const quote = row.reply_to && row.body ? reader.quote(row.reply_to) : null;
    const signs = reader.given(row);
    const undo = own && canReturn(row);
    const looks = [kind, row.version, name, picture, blocked, undo, ...Object.values(quote ?? {}), ...signs.map(({ names }) => names)];
    add(kind, own ? row.client_id : row.id, Date.parse(row.sent), row.author, {
      ...{ row, name, picture, words: gone, blocked, own, quote, signs, undo, named: !blocked && reader.isNamedIn(row), seq: row.seq },
      signature: looks.join("|"),
    });
  }
  for (const { item, state } of pending) {
    const own = { name: say.you, picture: store.picture(store.me), quote: item.reply_to && reader.quote(item.reply_to) };
    const looks = [item.state, state, item.body, own.picture, ...Object.values(own.quote ?? {})];
    add("pending", item.client_id, Math.max(item.at, before?.at ?? 0), store.me, { item, ...own, own: true, state, seq: Infinity, signature: looks.join("|") });
  }
  return entries;
}
