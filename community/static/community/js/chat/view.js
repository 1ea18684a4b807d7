// The log on the screen: draws the lines, keeps what is read in its place, and knows what has been seen.

import { layOut } from "./lines.js";

const NEAR_END = 80; // px from the newest within which one follows the talk
const NEAR_TOP = 600;
const SEEN_MS = 1_000;

/** `pending()` gives what is on its way; `maker` makes elements; `onseen(seq)` hears how far was really seen. */
export class View {
  constructor({ store, words, maker, pending, onpending, onseen }) {
    Object.assign(this, { store, words, maker });
    this.#pending = pending;
    this.#onpending = onpending;
    this.#onseen = onseen;
    this.log = document.getElementById("log");
    this.#lines = document.getElementById("lines");
    this.#pill = document.getElementById("pill");
    this.#edge = document.getElementById("edge");
    const { here, rows } = store;
    this.firstNew = rows.some((row) => row.seq > here.read && store.isNews(row)) ? here.read + 1 : null;
    this.log.addEventListener("scroll", () => this.#moved(), { passive: true });
    this.#pill.addEventListener("click", () => this.toEnd());
    for (const name of ["focus", "blur"]) window.addEventListener(name, () => this.#moved());
    document.addEventListener("visibilitychange", () => this.#moved());
    new ResizeObserver(() => this.#moved()).observe(this.log);
  }

  over = false; // the talk has left the page
  #pending;
  #onpending;
  #onseen;
  #lines;
  #pill;
  #edge;
  #nodes = new Map();
  #drawing = false;
  #seenTimer = 0;
  #loading = false;
  #failed = false;
  #holdsRead = false; // after "mark unread from here" seeing does not count until the next visit

  get #present() {
    return document.visibilityState === "visible" && document.hasFocus();
  }

  // The log grows upwards (column-reverse): its scrollTop is 0 at the newest and negative above.
  get atEnd() {
    return this.log.scrollTop > -NEAR_END;
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
    const entries = layOut({ store: this.store, words: this.words, firstNew: this.firstNew, rows: this.store.rows, pending: this.#pending() });
    const follow = this.atEnd;
    const anchor = follow ? null : this.#anchor();
    const focused = this.#lines.contains(document.activeElement) ? document.activeElement.closest("li") : null;
    const focusedKey = focused && [...this.#nodes].find(([, { element }]) => element === focused)?.[0];
    this.#reconcile(entries);
    document.getElementById("empty").hidden = this.store.more || entries.some(({ kind }) => kind === "message" || kind === "pending");
    if (focusedKey && !focused.isConnected) this.#nodes.get(focusedKey)?.element.focus({ preventScroll: true });
    if (follow) this.log.scrollTop = 0;
    else if (anchor) this.#restore(anchor);
    this.#sayEdge();
    this.#moved();
  }

  /** The first drawing: open at the line where what is new begins above the screen, else at the newest. */
  open() {
    this.drawNow();
    const line = document.getElementById("new");
    if (line && line.getBoundingClientRect().top < this.log.getBoundingClientRect().top) this.#showAtTop(line);
    else if (this.firstNew !== null && this.store.first > this.firstNew) this.toNew();
  }

  /** Load what is missing up to the first new message and go there. */
  async toNew() {
    await this.store.reach(this.firstNew).catch(() => {});
    this.drawNow();
    const line = document.getElementById("new");
    if (line) this.#showAtTop(line);
  }

  toEnd() {
    this.log.scrollTop = 0;
    this.#moved();
  }

  /** A message of another came. Where one was away and had read all before, the line stands above it. */
  arrived(rows) {
    const row = rows.find((each) => this.store.isNews(each));
    if (!row || this.#present || this.store.here.read < row.seq - 1) return;
    this.firstNew = row.seq;
    this.draw();
  }

  dismissLine() {
    if (this.firstNew === null) return;
    this.firstNew = null;
    this.#holdsRead = false;
    this.#onseen(this.store.here.seq);
    this.draw();
  }

  markUnreadFrom(row) {
    this.firstNew = row.seq;
    this.#holdsRead = true;
    this.store.markRead(row.seq - 1, true);
    this.draw();
  }

  /** The element of a row, by its id. */
  element(id) {
    return this.#lines.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /** Move the focus among messages: by -1, 1, or to the newest where none has it. */
  step(by) {
    const items = [...this.#lines.querySelectorAll(":scope > [tabindex]")];
    const at = items.indexOf(document.activeElement?.closest("#lines > li"));
    const next = items[at < 0 ? items.length - 1 : Math.min(items.length - 1, Math.max(0, at + by))];
    this.focus(next);
  }

  focus(item) {
    for (const summary of this.#lines.querySelectorAll('.talk-menu > summary[tabindex="0"]')) summary.tabIndex = -1;
    const summary = item?.querySelector(".talk-menu > summary");
    if (summary) summary.tabIndex = 0;
    item?.focus();
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
      const same = known?.signature === entry.signature && known.kind === entry.kind;
      const element = same ? known.element : this.#make(entry);
      if (known && !same) {
        if (known.element === place) place = place.nextElementSibling;
        known.element.remove();
      }
      this.#nodes.set(entry.key, { element, signature: entry.signature, kind: entry.kind });
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
    const element = [...this.#lines.children].find((item) => item.getBoundingClientRect().bottom > top && item.dataset.id);
    return element && { id: element.dataset.id, top: element.getBoundingClientRect().top };
  }

  #restore({ id, top }) {
    const element = this.element(id);
    if (element) this.log.scrollTop += element.getBoundingClientRect().top - top;
  }

  #showAtTop(element) {
    this.log.scrollTop += element.getBoundingClientRect().top - this.log.getBoundingClientRect().top - 16;
    this.#moved();
  }

  #moved() {
    if (this.over) return;
    this.#sayPill();
    this.#watch();
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    if (!this.#failed && scrollHeight - clientHeight + scrollTop < NEAR_TOP) this.#loadOlder();
  }

  async #loadOlder() {
    if (this.#loading || !this.store.more) return;
    this.#loading = true;
    this.#failed = false;
    this.#sayEdge();
    try {
      await this.store.older();
    } catch {
      this.#failed = true;
    }
    this.#loading = false;
    this.drawNow();
  }

  #sayEdge() {
    const { say } = this.words;
    const text = this.#failed ? say.older_failed : this.store.more ? (this.#loading ? say.loading : "") : this.store.rows.some(({ kind }) => kind === "text") ? say.first : "";
    this.#edge.textContent = text;
    if (!this.#failed) return;
    const button = document.createElement("button");
    Object.assign(button, { type: "button", className: "button button-plain button-small", textContent: say.again });
    button.addEventListener("click", () => this.#loadOlder());
    this.#edge.append(" ", button);
  }

  /** The place of the newest message of which half, or half a screen, can be seen. */
  #lowestSeen() {
    const box = this.log.getBoundingClientRect();
    for (let item = this.#lines.lastElementChild; item; item = item.previousElementSibling) {
      if (!item.dataset.id) continue;
      const { top, bottom, height } = item.getBoundingClientRect();
      const shown = Math.min(bottom, box.bottom) - Math.max(top, box.top);
      if (shown >= Math.min(height, box.height) / 2) return Number(item.id.slice(1));
      if (bottom < box.top) break;
    }
    return 0;
  }

  // Seen is what stays on the screen for a second while somebody is there.
  #watch() {
    if (this.#seenTimer || this.#holdsRead || !this.#present) return;
    const now = this.#lowestSeen();
    if (now <= this.store.here.read) return;
    this.#seenTimer = setTimeout(() => {
      this.#seenTimer = 0;
      if (this.over || !this.#present || this.#holdsRead) return;
      const still = this.#lowestSeen();
      this.#onseen(Math.min(now, still));
      if (still > now) this.#watch();
      this.#sayPill();
    }, SEEN_MS);
  }

  #sayPill() {
    const { here, rows } = this.store;
    const shown = this.#lowestSeen();
    const below = rows.filter((row) => row.seq > Math.max(shown, here.read) && this.store.isNews(row)).length;
    const far = this.log.scrollTop < -this.log.clientHeight;
    this.#pill.hidden = this.atEnd || !(below || far);
    if (this.#pill.hidden) return;
    const label = below ? this.words.count(this.words.say.pill, below, { n: this.words.few(below) }) : this.words.say.latest;
    if (this.#pill.dataset.label === label) return;
    this.#pill.dataset.label = label;
    this.#pill.replaceChildren(label, this.maker.icon("down"));
  }
}
