// A conversation comes alive: the page's own rows first, then what the socket brings.

import { takeInbox } from "../../notifications/js/inbox.js";
import { hear as hearFrom } from "./model/events.js";
import { Quotes } from "./model/quotes.js";
import { Reader } from "./model/reader.js";
import { Store } from "./model/store.js";
import { Words, fill } from "./model/words.js";
import { Connection } from "./net/connection.js";
import { Drafts } from "./net/drafts.js";
import { Outbox } from "./net/outbox.js";
import { sharedConnection } from "./net/shared.js";
import { Typed } from "./net/typed.js";
import { Vault } from "./net/vault.js";
import { Announcer } from "./view/announcer.js";
import { Composer } from "./view/box/composer.js";
import { Mentions } from "./view/box/mentions.js";
import { Reply } from "./view/box/reply.js";
import { Undo, timeToReturn } from "./view/box/undo.js";
import { drawChannels } from "./view/channels.js";
import { Closing, isOutOfGroup } from "./view/closing.js";
import { byId } from "./view/elements.js";
import { Keys } from "./view/keys.js";
import { Links } from "./view/links.js";
import { Actions } from "./view/log/actions.js";
import { Jumps } from "./view/log/jumps.js";
import { watchPresses } from "./view/log/press.js";
import { RowMaker } from "./view/log/rows.js";
import { Tools } from "./view/log/tools.js";
import { View } from "./view/log/view.js";
import { People } from "./view/people.js";
import { Status } from "./view/status.js";
import { Switcher } from "./view/switcher.js";
import { Typing } from "./view/typing.js";

/** @import { Told } from "./model/events.js" */
/** @import { State } from "./net/connection.js" */
/** @import { Item, Written } from "./net/outbox.js" */
/** @import { Typing as Kept } from "./net/typed.js" */
/** @import { Reason } from "./view/closing.js" */

const ANY = "00000000-0000-0000-0000-000000000000";
const DAY_LOOK_MS = 60_000; // how often the calendar is looked at

const handed = byId("handover", HTMLScriptElement);
/** @type {Wire.Handover} */
const page = JSON.parse(handed.text);
handed.remove();

const words = new Words(page);
const { say } = words;
const vault = Vault.open(page.keys ?? []);
delete page.keys;
const main = byId("main", HTMLElement);
/** @type {HTMLInputElement | null} */
const tokenField = document.querySelector("#box [name=csrfmiddlewaretoken]");
const token = tokenField?.value ?? "";

const store = new Store(page);
const status = new Status();
const connection = new Connection({
  shared: sharedConnection(),
  hello: () => store.hello(),
  onframe: (frame) => (frame.type === "inbox" ? takeInbox(frame) : store.take(frame)),
  onstate: (state) => connectionIs(state),
});
store.send = (frame) => connection.send(frame);
const outbox = new Outbox({
  ...{ channel: page.channel, connection, vault, isStored },
  onchange: () => outboxChanged(),
  onadopted: () => {
    for (const { body } of outbox.here) composer.sentElsewhere(body); // the draft of it may not have been deleted any more
  },
});
const quotes = new Quotes({ store, quoted: page.quoted, onfound: () => view.draw() });
const reader = new Reader({ store, quotes, words, signs: page.signs });
const tools = new Tools({
  can: (entry) => actions.choices(entry),
  onsign: ({ row }, emoji, on) => actions.ask({ type: "react", id: row.id, emoji, on }),
  onreply: ({ row }) => actions.answer(row),
  onclosed: () => view.draw(),
});
const maker = new RowMaker({
  tools,
  onquote: (row, seq) => jumps.jump(row, seq),
  onundo: (row) => actions.bringBack(row),
});
const canReturn = timeToReturn({ now: page.now, kept: page.kept, onover: () => view.draw() });
const view = new View({ store, words, reader, maker, pending, onpending, canReturn, onseen: (seq) => store.markRead(seq) });
const jumps = new Jumps({ view, onlost: () => status.sayBriefly(say.not_loaded) });
const reply = new Reply({
  ...{ words, reader, box: byId("body", HTMLTextAreaElement) },
  onend: () => composer.box.focus(),
  ongone: () => status.sayBriefly(say.answer_gone),
});
const undo = new Undo({
  words,
  onback: (row) => actions.giveBack(row),
  onundo: ({ id }) => actions.ask({ type: "delete", id }),
  onlost: () => composer.box.focus(),
});
const composer = new Composer({
  ...{ words, limit: page.limit, enter: page.settings.enter },
  lastOwn: () => outbox.here.findLast(({ removed }) => !removed) ?? store.rows.findLast((row) => actions.isOwnText(row)),
  onsend: (text) => {
    outbox.add(text, reply.take());
    view.toEnd();
  },
  onedit: (row, body) => ("id" in row ? connection.ask({ type: "edit", id: row.id, body }) : outbox.change(row, body)),
  onbegun: (row) => "id" in row || outbox.hold(row),
  onended: (row) => "id" in row || outbox.release(row),
  onchange: () => {
    drafts.touch();
    typed.touch();
  },
  ontyping: () => page.settings.shows_writing && connection.send({ type: "typing", channel: page.channel }),
});
const actions = new Actions({ words, blockURL: (id) => page.urls.block.replace(ANY, id), token, store, connection, outbox, quotes, reader, reply, composer, status, view });
const drafts = new Drafts({
  ...{ url: page.urls.draft, token, saved: page.draft, text: kept },
  onsaved: () => {
    composer.draftSaved();
    typed.touch();
  },
  onrefused: (sentence) => composer.draftRefused(sentence),
  onother: () => typed.touch(),
});
const typed = new Typed({ channel: page.channel, vault, what: typedNow, onfound: restore });
const typing = new Typing(byId("typing", HTMLElement), { store, words });
const announcer = new Announcer(byId("announcer", HTMLElement), { words, aloud: page.settings.aloud });
const people = new People(byId("people", HTMLElement), { store, words });
const closing = new Closing({ words, urls: page.urls });
new Mentions({ box: composer.box, people: named });

/** What the server is to keep: what stands in the box, and what was not sent yet where the browser does not keep it. */
function kept() {
  return together(outbox.atRisk);
}

/** @param {Item[]} items */
function together(items) {
  return [...items.map(({ body }) => body), composer.draft].filter((text) => text.trim()).join("\n\n");
}

/**
 * What stands in the box and is nowhere else yet.
 * @returns {Kept | null}
 */
function typedNow() {
  const { draft: text, change: edit } = composer;
  return edit || !drafts.has(text) ? { text, known: drafts.known, after: store.rows.at(-1)?.seq ?? 0, edit } : null;
}

/**
 * The page was left with this in its box: it stands there again, but for what was sent meanwhile.
 * @param {Kept} kept
 */
async function restore({ text, known, after, edit }) {
  const body = text.trim();
  const isSent = outbox.here.some((item) => item.body === body) || store.rows.some((row) => row.body === body && row.author === page.me && row.seq > after);
  drafts.expect([...known, text]);
  composer.restore(isSent ? "" : text, isSent ? [...known, text] : known);
  if (!edit) return;
  /** @param {Wire.Row} row */
  const isIt = ({ client_id, author }) => client_id === edit.client_id && (!author || author === page.me);
  const item = outbox.here.find(({ client_id }) => client_id === edit.client_id);
  const row = item ?? store.rows.find(isIt) ?? (await store.at([edit.seq ?? 0]).catch(() => [])).find(isIt);
  if (!row || ("id" in row && !actions.isOwnText(row))) composer.giveBack(edit.text);
  else if (row.body !== edit.text) actions.edit(row, edit.text);
}

/** @param {Written} item */
function isStored({ client_id }) {
  return store.rows.some((row) => row.client_id === client_id && row.author === page.me);
}

function pending() {
  return outbox.here.map((item) => ({ item, state: stateOf(item) }));
}

/** @param {Item} item */
function stateOf({ state, why, at, removed }) {
  if (removed) return say.taking_back;
  if (state === "held") return say.editing;
  if (state === "failed") return why || say.not_sent;
  if (state === "asks") return asks(at);
  return connection.live ? say.sending : say.waiting;
}

/** @param {number} at */
function asks(at) {
  const isToday = words.dayKey(at) === words.today;
  return fill(isToday ? say.asks : say.asks_day, { time: words.clock(at), day: words.dayName(at) });
}

/** @param {Item} item */
function onpending(item) {
  const forget = () => (isStored(item) ? outbox.forget(item) : outbox.remove(item)); // of what is here, only the change
  return { again: () => outbox.again(item), forget };
}

function outboxChanged() {
  view.draw();
  drafts.touch();
}

/** Who can be named with an @: the others in this group, by name. */
function named() {
  const others = [...store.members].filter((id) => id !== page.me && !store.blocked.has(id));
  return others.flatMap((id) => store.people.get(id) ?? []).sort((a, b) => words.order.compare(a.name, b.name));
}

// ---------------------------------------------------------------- how the connection stands

/** @param {State} state */
function connectionIs(state) {
  main.dataset.connection = state;
  if (state === "live") {
    status.say("");
    composer.connectionIsBack();
    drafts.flush();
    view.connectionIsBack();
  } else if (state === "connecting" || state === "waiting") {
    status.saySoon(say.reconnecting);
  } else if (state === "replaced") {
    status.say(say.replaced, { label: say.use_here, act: () => connection.start() });
  } else if (state === "outdated") {
    drafts.flush().then(() => status.say(say.outdated, { label: say.reload, act: () => location.reload() }));
  } else if (state !== "stopped") {
    close(state);
  }
  outbox.connectionChanged();
}

/** @param {Reason} reason */
function close(reason) {
  const unsent = together(outbox.here);
  still.abort();
  view.over = true;
  connection.stop();
  drafts.end();
  typed.end().then(() => outbox.end(!isOutOfGroup(reason)));
  closing.show(reason, isOutOfGroup(reason) ? unsent : "");
}

// ---------------------------------------------------------------- what the store tells

const still = new AbortController(); // until the conversation leaves the page
const { signal } = still;
/**
 * @template {keyof Told} T
 * @param {T} type
 * @param {(told: Told[T]) => void} listener
 */
const hear = (type, listener) => hearFrom(store, type, listener, { signal });
hear("rows", () => view.draw());
hear("rows", sayReaders);
hear("rows", () => people.draw());
hear("passed", (rows) => {
  reply.changed(rows);
  undo.changed(rows);
  actions.changed(rows);
});
hear("channels", () => {
  drawChannels({ list: byId("channels", HTMLElement), store, words });
  view.draw();
});
hear("typing", (member) => typing.saw(member));
hear("refused", (refusal) => outbox.refused(refusal));
hear("stored", ({ row, isNew }) => {
  const isFromHere = outbox.settle(row.client_id);
  if (isNew && !isFromHere) composer.sentElsewhere(row.body);
  if (isFromHere && row.channel === page.channel && !row.deleted) undo.offer(row);
  if (isNew || isFromHere) drafts.flush(); // at once: the page may end before it is quiet for long enough, and what was sent would come back
});
hear("unread", (seq) => view.unreadFrom(seq));
hear("returned", (wasReading) => view.returned(wasReading));
hear("returned", () => actions.lookAgain());
hear("arrived", ({ rows, missed }) => {
  view.arrived(rows, missed);
  const told = rows.filter((row) => !store.blocked.has(row.author));
  for (const { author } of told) if (author) typing.stop(author);
  announcer.hear(told.map((row) => heard(row)));
});
hear("stale", () => setTimeout(() => connection.live && connection.start(), Math.random() * 2_000)); // not all at once
hear("gone", (reason) => close(reason));

/** @param {Wire.Row} row */
function heard({ kind, body, author, mentions }) {
  const name = store.name(author) ?? say.former;
  if (kind === "notice") return { text: reader.notice(body, name) };
  return { name, text: body ?? "", mentionsMe: mentions.includes(page.me) };
}

function sayReaders() {
  for (const [id, forms] of /** @type {const} */ ([
    ["readers-link", say.readers],
    ["readers-short", say.readers_short],
  ])) {
    const link = document.getElementById(id);
    const sentence = words.count(forms, store.members.size, { group: page.group });
    if (link && link.textContent !== sentence) link.textContent = sentence;
  }
  const changes = store.rows.flatMap(({ version, kind, body }) => (version > page.version && kind === "notice" && say.later_readers[body ?? ""]) || []);
  const change = changes.at(-1);
  if (change) byId("readers-later", HTMLElement).textContent = change;
}

// ---------------------------------------------------------------- keys, and leaving

const keys = new Keys({
  ...{ view, composer, reply, undo, switcher: new Switcher(), rowOf, signal },
  edit: (row) => actions.edit(row),
  answer: (row) => actions.answer(row),
});
new Links({ list: byId("rows", HTMLElement), url: page.urls.links, token, signal });
watchPresses({ list: byId("rows", HTMLElement), open: (element) => keys.openMenu(element), signal });

/**
 * The row that an element of the log shows, or what waits there.
 * @param {HTMLElement} element
 */
function rowOf({ dataset: { id, pending } }) {
  return id ? store.row(id) : outbox.here.find((item) => item.client_id === pending && !item.removed);
}

let signsOut = false; // what the browser keeps is lost then
document.addEventListener("submit", ({ target }) => {
  signsOut = target instanceof HTMLFormElement && new URL(target.action).pathname === page.urls.sign_out;
});
window.addEventListener("beforeunload", (event) => {
  const isTyped = drafts.refused || composer.change;
  if (outbox.atRisk.length || (isTyped && !typed.isSafe) || (signsOut && (isTyped || outbox.items.length))) event.preventDefault();
});

function followAddress() {
  jumps.follow();
  reply.name(); // the address may be from before it was sent, or begun
}

window.addEventListener("hashchange", followAddress, { signal });

// What is "Today" on an open page is so until midnight where its reader is. A device that slept looks when it wakes up.
let today = words.today;
function lookAtTheDay() {
  if (today === words.today) return;
  today = words.today;
  view.draw();
}
const looking = setInterval(lookAtTheDay, DAY_LOOK_MS);
signal.addEventListener("abort", () => clearInterval(looking));
document.addEventListener("visibilitychange", lookAtTheDay, { signal });

// A phone's keyboard that lies over the page takes its height from it, where the browser does not do so by itself.
const seen = window.visualViewport;
seen?.addEventListener("resize", () => {
  const { height, scale } = seen;
  const covered = scale === 1 && window.innerHeight - height > 80;
  document.documentElement.style.setProperty("--screen", covered ? `${height}px` : "");
});

if ((page.rows.at(-1)?.seq ?? page.seq) < page.seq) {
  location.replace(page.urls.conversation + location.hash); // an older page was asked for, and the conversation goes on from the newest
} else {
  main.classList.add("is-live");
  view.open();
  if (location.hash) followAddress();
  if (page.answered) actions.answer(page.answered);
  else if (!location.hash && document.activeElement === document.body) byId("conversation-name", HTMLElement).focus({ preventScroll: true });
  connection.start();
  connectionIs(connection.state);
}
