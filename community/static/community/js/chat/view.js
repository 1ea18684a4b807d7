// The log on the screen: draws the lines, keeps what is read in its place, and knows what has been seen.

import { isCovered } from "../cover.js";
import { layOut } from "./lines.js";

const NEAR_END = 80; // px from the newest within which one follows the talk
const NEAR_EDGE = 600; // px from where the loaded messages end, within which more are loaded
const SEEN_MS = 1_000;
const GLANCE_MS = 200; // what passes the screen faster was jumped over
const FOUND_MS = 4_000;
const TOOLS = ".talk-tool, .talk-chip, a.talk-quote";

/**
 * `pending()` gives what is on its way; `maker` makes elements; `onseen(seq)` hears how far was really seen; `reader` and
 * `canReturn` as for lines.js.
 */
export class View {
  constructor({ store, words, reader, maker, pending, onpending, onseen, canReturn }) {
    Object.assign(this, { store, words, reader, maker });
    this.#pending = pending;
    this.#canReturn = canReturn;
    this.#onpending = onpending;
    this.#onseen = onseen;
    this.log = document.getElementById("log");
    this.#lines = document.getElementById("lines");
    this.#pill = document.getElementById("pill");
    this.#edges = { older: document.getElementById("edge"), newer: document.getElementById("later-edge") };
    this.firstNew = this.#whereNew();
    store.reading = () => (this.atEnd ? null : (this.#anchor()?.seq ?? null));
    for (const scrolled of [this.log, window]) scrolled.addEventListener("scroll", () => this.#moved(), { passive: true });
    this.#pill.addEventListener("click", () => this.toEnd());
    this.#lines.addEventListener("focusin", ({ target }) => this.#rove(target.closest("#lines > li")));
    for (const name of ["focus", "blur"]) window.addEventListener(name, () => this.#moved());
    for (const name of ["visibilitychange", "covered", "uncovered"]) document.addEventListener(name, () => this.#moved());
    new ResizeObserver(() => this.#moved()).observe(this.log);
  }

  over = false; // the talk has left the page
  /** Hears that one goes to the newest; set by whoever led elsewhere. */
  onend = () => {};
  #pending;
  #canReturn;
  #onpending;
  #onseen;
  #lines;
  #pill;
  #edges;
  #nodes = new Map();
  #drawing = false;
  #seenTimer = 0;
  #loading = ""; // "older" or "newer"
  #failed = ""; // likewise: what could not be loaded
  #endIsDrawn = false; // what is drawn reaches to the newest message
  #goal = null; // where to go as soon as that is here: {seq, isHere(), show()}
  #end = { seq: Infinity, isHere: () => this.store.attached, show: () => (this.log.scrollTop = 0) };
  #found = null; // the place that one was led to
  #since = new Map(); // since when the messages on the screen are there, by their places
  #glanced = new Set(); // the places of what was on the screen
  #furthest = 0; // the newest place at which one stayed
  #holdsRead = false; // after "mark unread from here" seeing does not count until the next visit

  get #present() {
    return document.visibilityState === "visible" && document.hasFocus() && !isCovered();
  }

  /** Whether what is on the screen counts as read: not on the way to another place, which can be long on a bad line. */
  get #reads() {
    const isOnTheWay = this.#goal && this.#goal !== this.#end;
    return this.#present && !this.#holdsRead && !isOnTheWay;
  }

  // The log grows upwards (column-reverse): its scrollTop is 0 at the newest and negative above.
  get atEnd() {
    return this.#endIsDrawn && this.log.scrollTop > -NEAR_END;
  }

  /** Where the line belongs: above the first place that is unread. */
  #whereNew() {
    const { here } = this.store;
    return here.unread ? here.read + 1 : null;
  }

  /** The same, while that place is among those that are here. */
  get #lineAt() {
    const { first, last, more } = this.store;
    const isHere = this.firstNew !== null && this.firstNew <= last && (this.firstNew >= first || !more);
    return isHere ? this.firstNew : null;
  }

  /** Draw soon; many changes at once are drawn once. */
  draw() {
    if (this.#drawing) return;
    this.#drawing = true;
    queueMicrotask(() => {
      this.#drawing = false;
      this.drawNow();
    });
  }

  drawNow() {
    if (this.over) return;
    const { store, words, reader } = this;
    const goal = this.#goal?.isHere() ? this.#goal : null;
    if (goal) this.#goal = null;
    const follow = !goal && this.atEnd;
    const anchor = goal || follow ? null : this.#anchor();
    store.trim(goal?.seq ?? anchor?.seq ?? store.last);
    const canReturn = this.#canReturn;
    const entries = layOut({ store, words, reader, canReturn, firstNew: this.#lineAt, rows: store.rows, pending: this.#pending() });
    const focus = this.#focus();
    this.#reconcile(entries);
    document.getElementById("empty").hidden = store.more || entries.some(({ kind }) => kind === "message" || kind === "pending");
    if (focus && !focus.element.isConnected) this.#refocus(focus);
    this.#mark();
    this.#sayEdges();
    if (goal) goal.show();
    else if (follow) this.log.scrollTop = 0;
    else if (anchor) this.#restore(anchor);
    this.#endIsDrawn = store.attached;
    this.#moved();
  }

  /** The first drawing: open at the line where what is new begins above the screen, else at the newest. */
  open() {
    this.drawNow();
    this.#openAtNew();
  }

  /** The line is there again after an absence in which more was missed than is told row by row. */
  returned(wasReading) {
    this.firstNew = this.#whereNew() ?? this.firstNew;
    this.drawNow();
    if (!wasReading) this.#openAtNew();
  }

  /** There is a line again: what could not be loaded may be now. */
  lineIsBack() {
    this.#failed = "";
    if (this.#goal === this.#end) this.toEnd();
    else this.#moved();
  }

  #openAtNew() {
    const show = () => {
      const line = document.getElementById("new");
      if (!line) return;
      // In a log of a few lines the line would be all that is seen: there the first new message stands at the top, and the line above it.
      const isLow = line.offsetHeight * 4 > this.log.clientHeight;
      const first = isLow ? line.nextElementSibling : line;
      const below = first.getBoundingClientRect().top - this.log.getBoundingClientRect().top;
      if (below < 0 || below > (isLow ? 0 : this.log.clientHeight / 2)) this.#scrollTo(first, isLow ? 0 : 16);
    };
    if (this.firstNew !== null) this.#goTo({ seq: this.firstNew, isHere: () => this.#lineAt !== null, show });
  }

  /** Show the newest: at once, or as soon as it could be loaded. */
  async toEnd() {
    this.onend();
    this.#goal = this.#end;
    await this.store.goToNewest().catch(() => {});
    this.drawNow();
  }

  /** Show the oldest that is loaded: at once, as an arrow pressed next begins at what is on the screen. */
  toStart() {
    this.log.scrollTop = -this.log.scrollHeight;
  }

  /** Show the message at a place in the middle of the log. False where it is not to be had. */
  async goTo(seq) {
    const item = () => document.getElementById(`m${seq}`);
    const show = () => {
      const room = this.log.clientHeight - (item()?.offsetHeight ?? 0);
      if (item()) this.#scrollTo(item(), Math.max(16, room / 2));
    };
    this.#found = seq;
    await this.#goTo({ seq, isHere: () => seq >= this.store.first && seq <= this.store.last, show });
    if (!item()) {
      this.#found = null;
      return false;
    }
    item().focus();
    setTimeout(() => {
      if (this.#found === seq) this.#found = null;
      this.#mark();
    }, FOUND_MS);
    return true;
  }

  async #goTo(goal) {
    this.#goal = goal;
    if (!goal.isHere()) await this.store.goTo(goal.seq).catch(() => {});
    this.drawNow();
    if (this.#goal === goal) this.#goal = null;
  }

  #mark() {
    for (const item of this.#lines.querySelectorAll(".is-found")) item.classList.remove("is-found");
    if (this.#found !== null) document.getElementById(`m${this.#found}`)?.classList.add("is-found");
  }

  /** Messages of others came. Where one was away and had read all before, the line stands above them; `missed` came after an absence. */
  arrived(rows, missed) {
    const row = rows.find((each) => this.store.isNews(each));
    if (!row || (this.#present && !missed) || this.store.here.read < row.seq - 1) return;
    const followed = this.atEnd;
    this.firstNew = row.seq;
    this.drawNow();
    if (missed && followed) this.#openAtNew();
  }

  dismissLine() {
    if (this.firstNew === null) return;
    this.firstNew = null;
    this.#holdsRead = false;
    this.#onseen(this.store.here.seq);
    this.draw();
  }

  markUnreadFrom(row) {
    this.unreadFrom(row.seq);
    this.store.markRead(row.seq - 1, true);
  }

  /** It is unread from `seq` on, here or on another device. */
  unreadFrom(seq) {
    this.firstNew = seq;
    this.#holdsRead = true;
    this.draw();
  }

  /** The element of a row, by its id. */
  element(id) {
    return this.#lines.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** The element of what waits. */
  pending({ client_id }) {
    return this.#lines.querySelector(`[data-pending="${CSS.escape(client_id)}"]`);
  }

  /** Move the focus among messages: by -1, 1, or to one that is on the screen where none has it. */
  step(by) {
    const items = [...this.#lines.querySelectorAll(":scope > [tabindex]")];
    const at = items.indexOf(document.activeElement?.closest("#lines > li"));
    if (at < 0) return this.#stepIn(items, by);
    items[Math.min(items.length - 1, Math.max(0, at + by))]?.focus();
  }

  // Downwards from the first that is new, or the first on the screen; upwards from the last. Where the focus goes, all above is read.
  #stepIn(items, by) {
    const { top, bottom } = this.log.getBoundingClientRect();
    const isHere = (item) => {
      const box = item.getBoundingClientRect();
      return box.top < bottom - 1 && box.bottom > top + 1;
    };
    const here = items.filter(isHere);
    const line = document.getElementById("new");
    const isBelow = (item) => line.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
    const firstNew = by > 0 && line && isHere(line) && items.find(isBelow);
    (firstNew || here.at(by > 0 ? 0 : -1) || items.at(-1))?.focus();
  }

  /** Only the tools of the message that has the focus are on the way of the Tab key. */
  #rove(item) {
    for (const tool of this.#lines.querySelectorAll(TOOLS)) tool.tabIndex = item?.contains(tool) ? 0 : -1;
  }

  /** What has the focus among the lines: {element, key of its line, and of what in it}. */
  #focus() {
    const element = this.#lines.contains(document.activeElement) ? document.activeElement : null;
    const item = element?.closest("#lines > li");
    const line = item && [...this.#nodes].find(([, known]) => known.element === item)?.[0];
    return line ? { element, line, key: element.dataset.key } : null;
  }

  #refocus({ line, key }) {
    const item = this.#nodes.get(line)?.element;
    const inside = key && item?.querySelector(`[data-key="${key}"]`);
    (inside || item || this.log).focus({ preventScroll: true });
  }

  #reconcile(entries) {
    const kept = new Set(entries.map(({ key }) => key));
    for (const [key, { element }] of this.#nodes) {
      if (kept.has(key)) continue;
      element.remove();
      this.#nodes.delete(key);
    }
    if (!this.#nodes.size) this.#lines.replaceChildren(); // the server's own, drawn alike
    let place = this.#lines.firstElementChild;
    for (const entry of entries) {
      const known = this.#nodes.get(entry.key);
      const same = (known?.signature === entry.signature && known.kind === entry.kind) || isInUse(known, entry);
      const element = same ? known.element : this.#make(entry);
      if (known && !same) {
        if (known.element === place) place = place.nextElementSibling;
        known.element.remove();
      }
      this.#nodes.set(entry.key, same ? known : { element, signature: entry.signature, kind: entry.kind });
      if (element === place) place = place.nextElementSibling;
      else this.#lines.insertBefore(element, place);
    }
  }

  #make(entry) {
    if (entry.kind === "day") return this.maker.day(entry);
    if (entry.kind === "new") return this.maker.newLine({ dismiss: () => this.dismissLine() });
    if (entry.kind === "notice") return this.maker.notice(entry);
    if (entry.kind === "message") return this.maker.message(entry);
    return this.maker.pending({ ...entry, ...this.#onpending(entry.item) });
  }

  #anchor() {
    const top = this.log.getBoundingClientRect().top;
    const element = [...this.#lines.children].find((item) => item.dataset.id && item.getBoundingClientRect().bottom > top);
    return element && { id: element.dataset.id, seq: Number(element.id.slice(1)), top: element.getBoundingClientRect().top };
  }

  #restore({ id, top }) {
    const element = this.element(id);
    if (element) this.log.scrollTop += element.getBoundingClientRect().top - top;
  }

  #scrollTo(element, below) {
    this.log.scrollTop += element.getBoundingClientRect().top - this.log.getBoundingClientRect().top - below;
  }

  #moved() {
    if (this.over) return;
    this.#glance();
    this.#sayPill();
    this.#watch();
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    if (scrollHeight - clientHeight + scrollTop < NEAR_EDGE) this.#load("older");
    if (-scrollTop < NEAR_EDGE) this.#load("newer");
  }

  /** Load what stands at one edge, where there is more: `which` is "older" or "newer". */
  async #load(which, again = false) {
    const isMore = which === "older" ? this.store.more : !this.store.attached;
    if (!isMore || this.#loading || (this.#failed === which && !again)) return;
    this.#loading = which;
    this.#failed = "";
    const anchor = this.#anchor();
    this.#sayEdges();
    if (anchor && !this.atEnd) this.#restore(anchor);
    try {
      await this.store[which]();
    } catch {
      this.#failed = which;
    }
    this.#loading = "";
    this.drawNow();
  }

  #sayEdges() {
    const { say } = this.words;
    const { more, attached, rows } = this.store;
    const beginning = more ? "" : rows.some(({ kind }) => kind === "text") ? say.first : "";
    this.#sayEdge("older", more, { none: beginning, loading: say.loading, failed: say.older_failed });
    this.#sayEdge("newer", !attached, { none: "", loading: say.loading_newer, failed: say.newer_failed });
  }

  #sayEdge(which, isMore, { none, loading, failed }) {
    const edge = this.#edges[which];
    const text = this.#failed === which ? failed : isMore ? (this.#loading === which ? loading : "") : none;
    edge.textContent = text;
    if (this.#failed !== which) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button button-plain button-small", textContent: this.words.say.again });
    button.addEventListener("click", () => this.#load(which, true));
    edge.append(" ", button);
  }

  /** The places of the messages of which half, or half a screen, can be seen. */
  #onScreen() {
    const log = this.log.getBoundingClientRect();
    const [from, to] = [Math.max(log.top, 0), Math.min(log.bottom, window.innerHeight)]; // on a low screen the page scrolls too
    const places = new Set();
    for (let item = this.#lines.lastElementChild; item; item = item.previousElementSibling) {
      if (!item.dataset.id) continue;
      const { top, bottom, height } = item.getBoundingClientRect();
      if (bottom < from) break;
      if (Math.min(bottom, to) - Math.max(top, from) >= Math.min(height, log.height) / 2) places.add(Number(item.id.slice(1)));
    }
    return places;
  }

  #lowestSeen() {
    return Math.max(0, ...this.#onScreen());
  }

  /** Remember what was on the screen while somebody was there. */
  #glance() {
    const places = this.#reads ? this.#onScreen() : new Set();
    const now = Date.now();
    for (const [seq, since] of this.#since) {
      if (now - since >= GLANCE_MS) this.#glanced.add(seq);
      if (!places.has(seq)) this.#since.delete(seq);
    }
    for (const seq of places) if (!this.#since.has(seq)) this.#since.set(seq, now);
  }

  // Seen is what stays on the screen for a second while somebody is there, and read is all before it that was on the screen too. Where
  // something was jumped over the one mark stays before it, and the line shows where.
  #watch() {
    if (this.#seenTimer || !this.#reads) return;
    const now = this.#lowestSeen();
    const to = Math.max(now, this.#furthest);
    const mayRead = this.store.readTo(to, (seq) => this.#glanced.has(seq) || this.#since.has(seq));
    const { read } = this.store.here;
    if (to <= read || (now <= this.#furthest && mayRead <= read)) return;
    this.#seenTimer = setTimeout(() => {
      this.#seenTimer = 0;
      if (this.over || !this.#reads) return;
      this.#glance();
      this.#furthest = Math.max(this.#furthest, Math.min(now, this.#lowestSeen()));
      const read = this.store.readTo(this.#furthest, (seq) => this.#glanced.has(seq));
      this.#onseen(read);
      if (read < this.#furthest && this.firstNew === null) {
        this.firstNew = this.#whereNew();
        this.draw();
      }
      this.#watch();
      this.#sayPill();
    }, SEEN_MS);
  }

  #sayPill() {
    const { here, rows, attached } = this.store;
    const shown = this.#lowestSeen();
    const seen = rows.filter((row) => row.seq > here.read && row.seq <= shown && this.store.isNews(row)).length;
    const below = Math.max(0, here.unread - seen);
    const far = !attached || this.log.scrollTop < -this.log.clientHeight;
    this.#pill.hidden = this.atEnd || !(below || far);
    if (this.#pill.hidden) return;
    const label = below ? this.words.count(this.words.say.pill, below, { n: this.words.few(below) }) : this.words.say.latest;
    if (this.#pill.dataset.label === label) return;
    this.#pill.dataset.label = label;
    this.#pill.replaceChildren(label, this.maker.icon("down"));
  }
}

/** Whether a menu of this line is open: it would be closed by what changes, and waits for that until it is closed. What is gone goes at once. */
function isInUse(known, entry) {
  return known?.kind === entry.kind && !entry.words && !entry.item?.removed && known.element.querySelector("details[data-menu][open]") !== null;
}
