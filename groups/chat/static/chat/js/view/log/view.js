// The conversation on the screen: what is drawn when, what is read stays in its place, and the ways to another.

import { isCovered } from "../../../../community/js/cover.js";
import { MOST_UNREAD } from "../../model/counter.js";
import { Edges } from "./edges.js";
import { byId } from "../elements.js";
import { icon } from "../templates.js";
import { layOut } from "../../model/layout.js";
import { Log } from "./log.js";
import { Watch } from "./watch.js";

/** @import { RowMaker } from "./rows.js" */
/** @import { Item } from "../../net/outbox.js" */
/** @import { Reader } from "../../model/reader.js" */
/** @import { Store } from "../../model/store.js" */
/** @import { Words } from "../../model/words.js" */

/** @typedef {{ seq: number, isHere: () => boolean, show: () => void }} Goal Where to go as soon as that is here. */

const FOUND_MS = 4_000;

export class View {
  /**
   * `pending()` gives what is on its way, and `onpending(item)` what can be done with it; `onseen(seq)` hears how far was really seen;
   * `canReturn` is as for layout.js.
   * @param {{ store: Store, words: Words, reader: Reader, maker: RowMaker, pending: () => { item: Item, state: string }[],
   *   onpending: (item: Item) => { again: () => void, forget: () => void }, canReturn: (row: Wire.Row) => boolean,
   *   onseen: (seq: number) => void }} given
   */
  constructor({ store, words, reader, maker, pending, onpending, onseen, canReturn }) {
    this.#store = store;
    this.#words = words;
    this.#reader = reader;
    this.#pending = pending;
    this.#canReturn = canReturn;
    this.#onseen = onseen;
    this.#log = new Log({ maker, onpending, ondismiss: () => this.dismissDivider() });
    this.#watch = new Watch({ store, log: this.#log, isReading: () => this.#isReading, onseen: (...seen) => this.#seen(...seen) });
    this.#edges = new Edges({ store, words, log: this.#log, isAtEnd: () => this.isAtEnd, onloaded: () => this.drawNow() });
    this.#firstNew = this.#whereNew();
    store.reading = () => (this.isAtEnd ? null : (this.#log.anchor()?.seq ?? null));
    const moved = () => this.#moved();
    for (const scrolled of [this.#log.element, window]) scrolled.addEventListener("scroll", moved, { passive: true });
    for (const name of ["focus", "blur"]) window.addEventListener(name, moved);
    for (const name of ["visibilitychange", "covered", "uncovered"]) document.addEventListener(name, moved);
    new ResizeObserver(moved).observe(this.#log.element);
    this.#pill.addEventListener("click", () => this.toEnd());
  }

  over = false; // the conversation has left the page
  /** Hears that one goes to the newest; set by whoever led elsewhere. */
  onend = () => {};
  #store;
  #words;
  #reader;
  #pending;
  #canReturn;
  #onseen;
  #log;
  #watch;
  #edges;
  #pill = byId("pill", HTMLElement);
  /** @type {number | null} */
  #firstNew; // the seq above which the divider stands
  #isDrawing = false;
  #endIsDrawn = false; // what is drawn reaches to the newest message
  /** @type {Goal | null} */
  #goal = null;
  /** @type {Goal} */
  #end = { seq: Infinity, isHere: () => this.#store.attached, show: () => this.#log.toEnd() };
  /** @type {number | null} */
  #found = null; // the seq that one was led to
  #holdsRead = false; // after "mark unread from here" seeing does not count until the next visit

  get #isPresent() {
    return document.visibilityState === "visible" && document.hasFocus() && !isCovered();
  }

  /** Whether what is on the screen counts as read: not on the way to another place, which can be long on a bad connection. */
  get #isReading() {
    const isOnTheWay = this.#goal && this.#goal !== this.#end;
    return !this.over && this.#isPresent && !this.#holdsRead && !isOnTheWay;
  }

  get isAtEnd() {
    return this.#endIsDrawn && this.#log.isAtEnd;
  }

  /** Where the divider belongs: above the first seq that is unread. */
  #whereNew() {
    const { here } = this.#store;
    return here.unread ? here.read + 1 : null;
  }

  /** Where the divider stands, while that seq is among those that are here. */
  get #dividerAt() {
    const { first, last, more } = this.#store;
    const at = this.#firstNew;
    return at !== null && at <= last && (at >= first || !more) ? at : null;
  }

  /** Draw soon; many changes at once are drawn once. */
  draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      this.drawNow();
    });
  }

  drawNow() {
    if (this.over) return;
    const store = this.#store;
    const goal = this.#goal?.isHere() ? this.#goal : null;
    if (goal) this.#goal = null;
    const follow = !goal && this.isAtEnd;
    const anchor = goal || follow ? null : this.#log.anchor();
    store.trim(goal?.seq ?? anchor?.seq ?? store.last);
    const given = { store, words: this.#words, reader: this.#reader, canReturn: this.#canReturn };
    const entries = layOut({ ...given, firstNew: this.#dividerAt, rows: store.rows, pending: this.#pending() });
    this.#log.draw(entries);
    byId("empty", HTMLElement).hidden = store.more || entries.some(({ kind }) => kind === "message" || kind === "pending");
    this.#log.mark(this.#found);
    this.#edges.say();
    if (goal) goal.show();
    else if (follow) this.#log.toEnd();
    else if (anchor) this.#log.restore(anchor);
    this.#endIsDrawn = store.attached;
    this.#moved();
  }

  /** The first drawing: open at the divider where what is new begins above the screen, else at the newest. */
  open() {
    this.drawNow();
    this.#openAtNew();
  }

  /**
   * The connection is there again after an absence in which more was missed than is told row by row.
   * @param {boolean} wasReading
   */
  returned(wasReading) {
    this.#firstNew = this.#whereNew() ?? this.#firstNew;
    this.drawNow();
    if (!wasReading) this.#openAtNew();
  }

  /** There is a connection again: what could not be loaded may be now. */
  connectionIsBack() {
    this.#edges.forgive();
    if (this.#goal === this.#end) this.toEnd();
    else this.#moved();
  }

  #openAtNew() {
    const show = () => {
      const divider = this.#log.divider;
      if (!divider) return;
      // In a low log the divider would be all that is seen: there the first new message stands at the top, and the divider above it.
      const { clientHeight } = this.#log.element;
      const isLow = divider.offsetHeight * 4 > clientHeight;
      const first = (isLow && divider.nextElementSibling) || divider;
      const below = first.getBoundingClientRect().top - this.#log.element.getBoundingClientRect().top;
      if (below < 0 || below > (isLow ? 0 : clientHeight / 2)) this.#log.scrollTo(first, isLow ? 0 : 16);
    };
    if (this.#firstNew !== null) this.#goTo({ seq: this.#firstNew, isHere: () => this.#dividerAt !== null, show });
  }

  /** Show the newest: at once, or as soon as it could be loaded. */
  async toEnd() {
    this.onend();
    this.#goal = this.#end;
    await this.#store.goToNewest().catch(() => {});
    this.drawNow();
  }

  /** Show the oldest that is loaded: at once, as an arrow pressed next begins at what is on the screen. */
  toStart() {
    this.#log.toStart();
  }

  /**
   * Show the message of a seq in the middle of the log. False where it is not to be had.
   * @param {number} seq
   */
  async goTo(seq) {
    const item = () => document.getElementById(`m${seq}`);
    const show = () => {
      const element = item();
      if (element) this.#log.scrollTo(element, Math.max(16, (this.#log.element.clientHeight - element.offsetHeight) / 2));
    };
    this.#found = seq;
    await this.#goTo({ seq, isHere: () => seq >= this.#store.first && seq <= this.#store.last, show });
    if (!item()) {
      this.#found = null;
      return false;
    }
    item()?.focus();
    setTimeout(() => {
      if (this.#found === seq) this.#found = null;
      this.#log.mark(this.#found);
    }, FOUND_MS);
    return true;
  }

  /** @param {Goal} goal */
  async #goTo(goal) {
    this.#goal = goal;
    if (!goal.isHere()) await this.#store.goTo(goal.seq).catch(() => {});
    this.drawNow();
    if (this.#goal === goal) this.#goal = null;
  }

  /**
   * Messages of others came. Where one was away and had read all before, the divider stands above them; `missed` came after an absence.
   * @param {Wire.Row[]} rows
   * @param {boolean} missed
   */
  arrived(rows, missed) {
    const row = rows.find((each) => this.#store.isNews(each));
    if (!row || (this.#isPresent && !missed) || this.#store.here.read < row.seq - 1) return;
    const followed = this.isAtEnd;
    this.#firstNew = row.seq;
    this.drawNow();
    if (missed && followed) this.#openAtNew();
  }

  dismissDivider() {
    if (this.#firstNew === null) return;
    this.#firstNew = null;
    this.#holdsRead = false;
    this.#onseen(this.#store.here.seq);
    this.draw();
  }

  /** @param {Wire.Row} row */
  markUnreadFrom(row) {
    this.unreadFrom(row.seq);
    this.#store.markRead(row.seq - 1, true);
  }

  /**
   * It is unread from `seq` on, here or on another device.
   * @param {number} seq
   */
  unreadFrom(seq) {
    this.#firstNew = seq;
    this.#holdsRead = true;
    this.draw();
  }

  /**
   * The element of a row, by its id.
   * @param {string} id
   */
  elementOf(id) {
    return this.#log.elementOf(id);
  }

  /**
   * The element of what waits.
   * @param {Item} item
   */
  pending(item) {
    return this.#log.pending(item);
  }

  /**
   * Move the focus among messages.
   * @param {number} by
   */
  step(by) {
    this.#log.step(by);
  }

  #moved() {
    if (this.over) return;
    this.#watch.look();
    this.#sayPill();
    this.#edges.near();
  }

  /**
   * Somebody stayed at `furthest`, and all up to `read` was seen. Where something was jumped over, the divider shows where.
   * @param {number} read
   * @param {number} furthest
   */
  #seen(read, furthest) {
    this.#onseen(read);
    if (read < furthest && this.#firstNew === null) {
      this.#firstNew = this.#whereNew();
      this.draw();
    }
    this.#sayPill();
  }

  #sayPill() {
    const { here, rows, attached } = this.#store;
    const { scrollTop, clientHeight } = this.#log.element;
    const shown = this.#watch.lowest();
    const seen = rows.filter((row) => row.seq > here.read && row.seq <= shown && this.#store.isNews(row)).length;
    const below = here.unread < MOST_UNREAD ? Math.max(0, here.unread - seen) : MOST_UNREAD; // there may be any number more
    const far = !attached || scrollTop < -clientHeight;
    this.#pill.hidden = this.isAtEnd || !(below || far);
    if (this.#pill.hidden) return;
    const label = below ? this.#words.count(this.#words.say.pill, below, { n: this.#words.few(below) }) : this.#words.say.latest;
    if (this.#pill.dataset.label === label) return;
    this.#pill.dataset.label = label;
    this.#pill.replaceChildren(label, icon("down"));
  }
}
