// A conversation comes alive: the page's own rows first, then what the socket brings.

import { Announcer } from "./announcer.js";
import { drawChannels } from "./channels.js";
import { Closing, OUT_OF_GROUP } from "./closing.js";
import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { Drafts } from "./drafts.js";
import { Keys } from "./keys.js";
import { LineMaker } from "./line.js";
import { Mentions } from "./mentions.js";
import { Outbox } from "./outbox.js";
import { People } from "./people.js";
import { Quotes } from "./quotes.js";
import { Reader } from "./reader.js";
import { Reply } from "./reply.js";
import { Store } from "./store.js";
import { Switcher } from "./switcher.js";
import { Tools } from "./tools.js";
import { watchPresses } from "./touch.js";
import { Typed } from "./typed.js";
import { Typing } from "./typing.js";
import { Undo, timeToReturn } from "./undo.js";
import { Vault } from "./vault.js";
import { View } from "./view.js";
import { Words, fill } from "./words.js";

const ANY = "00000000-0000-0000-0000-000000000000";
const BRIEFLY_MS = 5_000;
const DAY_LOOK_MS = 60_000; // how often the calendar is looked at
const PATIENCE_MS = 3_000; // a line that is back this soon is not worth a word

const handed = document.getElementById("handover");
const page = JSON.parse(handed.textContent);
handed.remove();

const words = new Words(page);
const { say } = words;
const url = (name, id) => page.urls[name].replace(ANY, id);
const vault = Vault.open(page.keys);
delete page.keys;
const token = document.querySelector("#box [name=csrfmiddlewaretoken]").value;

const store = new Store(page);
const connection = new Connection({
  hello: () => store.hello(),
  onframe: (frame) => store.take(frame),
  onstate: (state) => lineIs(state),
});
store.send = (frame) => connection.send(frame);
const outbox = new Outbox({
  ...{ channel: page.channel, connection, vault, isStored },
  onchange: () => outboxChanged(),
  onadopted: () => outbox.here.forEach(({ body }) => composer.sentElsewhere(body)), // the draft of it may not have been deleted any more
});
const quotes = new Quotes({ store, quoted: page.quoted, onfound: () => view.draw() });
const reader = new Reader({ store, quotes, words, signs: page.signs });
const maker = new LineMaker({ words, icons: page.urls.icons, pictures: page.urls.pictures, onquote: jump, onundo: bringBack });
maker.tools = new Tools({
  ...{ words, signs: page.signs, can: menuOf, icon: (name) => maker.icon(name) },
  onsign: ({ row }, emoji, on) => ask({ type: "react", id: row.id, emoji, on }),
  onreply: ({ row }) => answer(row),
  onclosed: () => view.draw(),
});
const canReturn = timeToReturn({ now: page.now, kept: page.kept, onover: () => view.draw() });
const view = new View({ store, words, reader, maker, pending, onpending, canReturn, onseen: (seq) => store.markRead(seq) });
const reply = new Reply({ words, reader, box: document.getElementById("body"), onend: () => composer.box.focus(), ongone: () => tellBriefly(say.answer_gone) });
const undo = new Undo({ words, onback: giveBack, onundo: ({ id }) => ask({ type: "delete", id }), onlost: () => composer.box.focus() });
const composer = new Composer({
  ...{ words, limit: page.limit, enter: page.settings.enter, lastOwn },
  onsend: (text) => {
    outbox.add(text, reply.take());
    view.toEnd();
  },
  onedit: (row, body) => (row.id ? connection.ask({ type: "edit", id: row.id, body }) : outbox.change(row, body)),
  onbegun: (row) => row.id || outbox.hold(row),
  onended: (row) => row.id || outbox.release(row),
  onchange: () => {
    drafts.touch();
    typed.touch();
  },
  ontyping: () => page.settings.shows_writing && connection.send({ type: "typing", channel: page.channel }),
});
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
const typing = new Typing(document.getElementById("typing"), { store, words });
const announcer = new Announcer(document.getElementById("announcer"), { words, aloud: page.settings.aloud });
const people = new People(document.getElementById("people"), { store, words, maker, url: (id) => url("person", id) });
const closing = new Closing({ words, urls: page.urls });
new Mentions({ box: composer.box, people: named, drawing: (picture) => maker.drawing(picture) });

/** What the server is to keep: what stands in the box, and what was not sent yet where the browser does not keep it. */
function kept() {
  return together(outbox.atRisk);
}

function together(items) {
  return [...items.map(({ body }) => body), composer.draft].filter((text) => text.trim()).join("\n\n");
}

/** What stands in the box and is nowhere else yet. */
function typedNow() {
  const { draft: text, change: edit } = composer;
  return edit || !drafts.has(text) ? { text, known: drafts.known, after: store.rows.at(-1)?.seq ?? 0, edit } : null;
}

/** The page was left with this in its box: it stands there again, but for what was sent meanwhile. */
async function restore({ text, known, after, edit }) {
  const body = text.trim();
  const isSent = outbox.here.some((item) => item.body === body) || store.rows.some((row) => row.body === body && row.author === page.me && row.seq > after);
  drafts.expect([...known, text]);
  composer.restore(isSent ? "" : text, isSent ? [...known, text] : known);
  if (!edit) return;
  const isIt = ({ client_id, author }) => client_id === edit.client_id && (!author || author === page.me);
  const row = outbox.here.find(isIt) ?? store.rows.find(isIt) ?? (await store.at([edit.seq ?? 0]).catch(() => [])).find(isIt);
  if (!row || (row.id && !isOwnTalk(row))) composer.giveBack(edit.text);
  else if (row.body !== edit.text) editOwn(row, edit.text);
}

function isStored({ client_id }) {
  return store.rows.some((row) => row.client_id === client_id && row.author === page.me);
}

function pending() {
  return outbox.here.map((item) => ({ item, state: stateOf(item) }));
}

function stateOf({ state, why, at, removed }) {
  if (removed) return say.taking_back;
  if (state === "held") return say.editing;
  if (state === "failed") return why || say.not_sent;
  if (state === "asks") return asks(at);
  return connection.live ? say.sending : say.waiting;
}

function asks(at) {
  const isToday = words.dayKey(at) === words.today;
  return fill(isToday ? say.asks : say.asks_day, { time: words.clock(at), day: words.dayName(at) });
}

function onpending(item) {
  const forget = () => (isStored(item) ? outbox.forget(item) : outbox.remove(item)); // of what is here, only the change
  return { again: () => outbox.again(item), forget };
}

function outboxChanged() {
  view.draw();
  drafts.touch();
}

function isOwnTalk(row) {
  return reader.isOwn(row) && !reader.said(row);
}

/** Who can be named with an @: the others in this group, by name. */
function named() {
  const others = [...store.members].filter((id) => id !== page.me && !store.blocked.has(id));
  return others.flatMap((id) => store.people.get(id) ?? []).sort((a, b) => words.order.compare(a.name, b.name));
}

function lastOwn() {
  return outbox.here.findLast(({ removed }) => !removed) ?? store.rows.findLast(isOwnTalk);
}

function menuOf({ row, item, name, own, blocked }) {
  if (item) {
    return [
      { icon: "edit", label: say.edit, act: () => editOwn(item) },
      { icon: "delete", label: say.remove, act: () => takeBack(item) },
    ];
  }
  const answers = { icon: "reply", label: say.reply, act: () => answer(row) };
  const copy = { icon: "copy", label: say.copy, act: () => copyText(current(row).body) };
  const unread = { icon: "show", label: say.unread_from_here, act: () => view.markUnreadFrom(row) };
  const always = [answers, ...(navigator.clipboard ? [copy] : [])];
  if (own) {
    return [
      ...always,
      { icon: "edit", label: say.edit, act: () => editOwn(current(row)) },
      { icon: "delete", label: say.remove, act: () => remove(row) },
      unread,
    ];
  }
  const report = { icon: "report", label: say.report, href: url("report", row.id) };
  const reportThem = { icon: "report", label: fill(say.report_person, { name }), href: url("report_person", row.author) };
  const block = { icon: "block", label: fill(say.block, { name }), act: () => post(url("block", row.author)) };
  return [...always, report, ...(row.author ? [reportThem] : []), ...(row.author && !blocked ? [block] : []), unread];
}

/** A row as it stands now: a menu may have been open for a while. */
function current(row) {
  return store.row(row.id) ?? row;
}

function copyText(text) {
  navigator.clipboard.writeText(text).then(
    () => tellBriefly(say.copied),
    () => tellBriefly(say.not_copied),
  );
}

function post(action) {
  const form = document.createElement("form");
  Object.assign(form, { method: "post", action, hidden: true });
  const input = document.createElement("input");
  Object.assign(input, { type: "hidden", name: "csrfmiddlewaretoken", value: token });
  form.append(input);
  document.body.append(form);
  form.submit();
}

/** Ask the server for a change, and say where it could not be made. True where it is. */
async function ask(frame) {
  try {
    await connection.ask(frame);
    return true;
  } catch (refusal) {
    tellBriefly(refusal.detail ?? say.not_done);
    return false;
  }
}

/** Remove at once: the way back stands in the place of the message. */
async function remove(row) {
  if (!(await ask({ type: "delete", id: row.id }))) return;
  view.drawNow();
  const item = view.element(row.id);
  (item?.querySelector('[data-key="undo"]') ?? item ?? composer.box).focus();
}

/** Take back what is not sent yet. */
function takeBack(item) {
  outbox.remove(item);
  view.drawNow();
  (view.pending(item) ?? composer.box).focus();
}

let returning = ""; // the id of a message that is on its way back

async function bringBack(row) {
  returning = row.id;
  if (await ask({ type: "delete", id: row.id, on: false })) view.element(row.id)?.focus();
}

/** What was just sent is taken back: have its text in the box again, and what it answered, unless another answer was begun since. */
function giveBack(row) {
  composer.giveBack(row.body);
  const answered = row.reply_to && quotes.row(row.reply_to);
  if (answered && !reply.target) answer(answered);
}

/** After an absence in which more was missed than is told row by row: what is being answered may have changed, or gone. */
async function lookAgain() {
  const { target } = reply;
  if (!target) return;
  const rows = await store.at([target.seq]).catch(() => [target]);
  if (reply.target?.id === target.id) reply.found(rows.find(({ id }) => id === target.id));
}

function answer(row) {
  if (row.kind !== "text" || reader.said(row)) return;
  reply.start(row);
  composer.box.focus();
}

// ---------------------------------------------------------------- from an answer to what it answers, and back

const backPill = document.getElementById("pill-back");

/** Go to a place, so that the browser's own way back leads to the answer again; one that is still on its way stands at the end. */
async function jump(row, seq) {
  if (!(await view.goTo(seq))) return tellBriefly(say.not_loaded);
  history.replaceState(null, "", `${location.pathname}${location.search}${row ? `#m${row.seq}` : ""}`);
  history.pushState({ isFromAnswer: true }, "", `#m${seq}`);
  backPill.hidden = false;
}

backPill.addEventListener("click", () => history.back());
view.onend = () => (backPill.hidden = true);

// ---------------------------------------------------------------- how the line stands

const status = document.getElementById("status");
let patience = 0;

/** Say something that is no state of the line; where that has something to say, it stays. */
function tellBriefly(text) {
  if (status.textContent) return;
  tell(text);
  setTimeout(() => status.textContent === text && tell(""), BRIEFLY_MS);
}

function tell(text, button) {
  status.replaceChildren(text);
  if (!button) return;
  const element = document.createElement("button");
  Object.assign(element, { type: "button", className: "button button-second button-small", textContent: button.label });
  element.addEventListener("click", button.act);
  status.append(" ", element);
}

function lineIs(state) {
  document.getElementById("main").dataset.line = state;
  if (state === "live") {
    clearTimeout(patience);
    patience = 0;
    tell("");
    composer.lineIsBack();
    drafts.flush();
    view.lineIsBack();
  } else if (state === "connecting" || state === "waiting") {
    patience ||= setTimeout(() => tell(say.reconnecting), PATIENCE_MS);
  } else {
    clearTimeout(patience);
    patience = 0;
    ended(state);
  }
  outbox.lineChanged();
}

function ended(state) {
  if (state === "replaced") tell(say.replaced, { label: say.use_here, act: () => connection.start() });
  else if (state === "outdated") drafts.flush().then(() => tell(say.outdated, { label: say.reload, act: () => location.reload() }));
  else close(state);
}

function close(reason) {
  const unsent = together(outbox.here);
  still.abort();
  view.over = true;
  connection.stop();
  drafts.end();
  typed.end().then(() => outbox.end(!OUT_OF_GROUP.has(reason)));
  closing.show(reason, OUT_OF_GROUP.has(reason) ? unsent : "");
}

// ---------------------------------------------------------------- what the store tells

const still = new AbortController(); // until the talk leaves the page
const hear = (type, listener) => store.addEventListener(type, listener, { signal: still.signal });
hear("rows", () => view.draw());
hear("rows", sayReaders);
hear("rows", () => people.draw());
hear("passed", ({ detail }) => {
  reply.changed(detail);
  undo.changed(detail);
  const back = detail.find(({ id, body }) => id === returning && body);
  if (back) composer.sentElsewhere(back.body); // what was taken back into the box first stands in the log again
  if (back) returning = "";
});
hear("channels", () => {
  drawChannels({ list: document.getElementById("channels"), store, words, url: (id) => url("channel", id) });
  view.draw();
});
hear("typing", ({ detail }) => typing.saw(detail));
hear("refused", ({ detail }) => outbox.refused(detail));
hear("stored", ({ detail: { row, isNew } }) => {
  const isFromHere = outbox.settle(row.client_id);
  if (isNew && !isFromHere) composer.sentElsewhere(row.body);
  if (isFromHere && row.channel === page.channel && !row.deleted) undo.offer(row);
  if (isNew || isFromHere) drafts.flush(); // at once: the page may end before it is quiet for long enough, and what was sent would come back
});
hear("unread", ({ detail: seq }) => view.unreadFrom(seq));
hear("returned", ({ detail: wasReading }) => view.returned(wasReading));
hear("returned", lookAgain);
hear("arrived", ({ detail: { rows, missed } }) => {
  view.arrived(rows, missed);
  const talk = rows.filter((row) => !store.blocked.has(row.author));
  for (const row of talk) typing.stop(row.author);
  announcer.hear(talk.map((row) => heard(row)));
});
hear("stale", () => setTimeout(() => connection.live && connection.start(), Math.random() * 2_000)); // not all at once
hear("gone", ({ detail: reason }) => close(reason));

function heard({ kind, body, author, mentions }) {
  const name = store.name(author) ?? say.former;
  if (kind === "notice") return { text: fill(say.notices[body] ?? say.notices.other, { name }) };
  return { name, text: body ?? "", mentionsMe: mentions.includes(page.me) };
}

function sayReaders() {
  for (const [id, forms] of [["readers-link", say.readers], ["readers-short", say.readers_short]]) {
    const link = document.getElementById(id);
    const sentence = words.count(forms, store.members.size, { group: page.group });
    if (link && link.textContent !== sentence) link.textContent = sentence;
  }
  const change = store.rows.findLast((row) => row.version > page.version && row.kind === "notice" && row.body in say.later_readers);
  if (change) document.getElementById("readers-later").textContent = say.later_readers[change.body];
}

// ---------------------------------------------------------------- keys, and leaving

const { signal } = still;
const switcher = new Switcher(document.getElementById("switcher"));
const keys = new Keys({ view, composer, reply, undo, switcher, lineOf, edit: editOwn, answer, signal });
watchPresses({ lines: document.getElementById("lines"), open: (item) => keys.openMenu(item), signal });

/** The row of a line in the log, or what waits there. */
function lineOf({ dataset: { id, pending } }) {
  return id ? store.row(id) : outbox.here.find((item) => item.client_id === pending && !item.removed);
}

function editOwn(row, text) {
  if (!row.id || isOwnTalk(row)) composer.edit(row, text);
}

let signsOut = false; // what the browser keeps is lost then
document.addEventListener("submit", ({ target }) => (signsOut = new URL(target.action).pathname === page.urls.sign_out));
window.addEventListener("beforeunload", (event) => {
  const isTyped = drafts.refused || composer.change;
  if (outbox.atRisk.length || (isTyped && !typed.isSafe) || (signsOut && (isTyped || outbox.items.length))) event.preventDefault();
});

/** An address that ends in #m121 leads to the message at that place, wherever it is. */
function followAddress() {
  const [, seq] = location.hash.match(/^#m(\d+)$/) ?? [];
  if (seq) view.goTo(Number(seq));
  else view.toEnd();
  backPill.hidden = !history.state?.isFromAnswer;
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
window.visualViewport?.addEventListener("resize", () => {
  const { height, scale } = window.visualViewport;
  const covered = scale === 1 && window.innerHeight - height > 80;
  document.documentElement.style.setProperty("--screen", covered ? `${height}px` : "");
});

if ((page.rows.at(-1)?.seq ?? page.seq) < page.seq) {
  location.replace(page.urls.conversation + location.hash); // an older page was asked for, and the talk goes on from the newest
} else {
  document.getElementById("main").classList.add("is-live");
  view.open();
  if (location.hash) followAddress();
  if (page.answered) answer(page.answered);
  else if (!location.hash && document.activeElement === document.body) document.getElementById("talk-name").focus({ preventScroll: true });
  connection.start();
  lineIs(connection.state);
}
