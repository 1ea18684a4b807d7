// The log on the screen: its entries as elements, drawn anew only where they changed, and where they stand.

import { byId, hit } from "../elements.js";

/** @import { RowMaker } from "./rows.js" */
/** @import { Entry } from "../../model/layout.js" */
/** @import { Item } from "../../net/outbox.js" */

/** @typedef {{ element: HTMLElement, signature: string, kind: Entry["kind"] }} Drawn */
/** @typedef {{ element: HTMLElement, entry: string, key: string | undefined }} Focus What has it: an element, of which entry, and what in it. */
/** @typedef {{ id: string, seq: number, top: number }} Anchor A row, and how high it stands. */

const NEAR_END = 80; // px from the newest within which one follows the conversation
const TOOLS = ".chat-tool, .chat-chip, a.chat-quote";

export class Log {
  /**
   * `maker` makes elements, `ondismiss()` hears that the divider at what is new is not wanted, and `onpending(item)` gives what can be done
   * with what was not sent.
   * @param {{ maker: RowMaker, ondismiss: () => void, onpending: (item: Item) => { again: () => void, forget: () => void } }} given
   */
  constructor({ maker, ondismiss, onpending }) {
    this.#maker = maker;
    this.#does = { ondismiss, onpending };
    this.#list.addEventListener("focusin", (event) => this.#rove(hit(event, "#rows > li")));
  }

  element = byId("log", HTMLElement);
  #maker;
  #does;
  #list = byId("rows", HTMLElement);
  /** @type {Map<string, Drawn>} */
  #nodes = new Map(); // by the keys of their entries

  // It grows upwards (column-reverse): its scrollTop is 0 at the newest and negative above.
  get isAtEnd() {
    return this.element.scrollTop > -NEAR_END;
  }

  toEnd() {
    this.element.scrollTop = 0;
  }

  toStart() {
    this.element.scrollTop = -this.element.scrollHeight;
  }

  /** The divider at what is new. */
  get divider() {
    return document.getElementById("new");
  }

  /**
   * The element of a row, by its id.
   * @param {string} id
   * @returns {HTMLElement | null}
   */
  elementOf(id) {
    return this.#list.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  /**
   * The element of what waits.
   * @param {Item} item
   * @returns {HTMLElement | null}
   */
  pending({ client_id }) {
    return this.#list.querySelector(`[data-pending="${CSS.escape(client_id)}"]`);
  }

  /**
   * Draw these entries; the focus stays in its own.
   * @param {Entry[]} entries
   */
  draw(entries) {
    const focus = this.#focus();
    this.#reconcile(entries);
    if (focus && !focus.element.isConnected) this.#refocus(focus);
  }

  /**
   * Mark the row that one was led to, and no other.
   * @param {number | null} seq
   */
  mark(seq) {
    for (const item of this.#list.querySelectorAll(".is-found")) item.classList.remove("is-found");
    if (seq !== null) document.getElementById(`m${seq}`)?.classList.add("is-found");
  }

  /**
   * Move the focus among messages: by -1, 1, or to one that is on the screen where none has it.
   * @param {number} by
   */
  step(by) {
    /** @type {NodeListOf<HTMLElement>} */
    const found = this.#list.querySelectorAll(":scope > [tabindex]");
    const items = [...found];
    const at = items.findIndex((item) => item.contains(document.activeElement));
    if (at < 0) return this.#stepIn(items, by);
    items[Math.min(items.length - 1, Math.max(0, at + by))]?.focus();
  }

  /**
   * The first message on the screen, to come back to when what is above it has changed.
   * @returns {Anchor | null}
   */
  anchor() {
    const { top } = this.element.getBoundingClientRect();
    /** @type {NodeListOf<HTMLElement>} */
    const rows = this.#list.querySelectorAll(":scope > [data-id]");
    for (const row of rows) {
      const box = row.getBoundingClientRect();
      if (box.bottom > top) return { id: row.dataset.id ?? "", seq: seqOf(row), top: box.top };
    }
    return null;
  }

  /** @param {Anchor} anchor */
  restore({ id, top }) {
    const element = this.elementOf(id);
    if (element) this.element.scrollTop += element.getBoundingClientRect().top - top;
  }

  /**
   * Let an element stand so far below the upper edge.
   * @param {Element} element
   * @param {number} below
   */
  scrollTo(element, below) {
    this.element.scrollTop += element.getBoundingClientRect().top - this.element.getBoundingClientRect().top - below;
  }

  /**
   * The seqs of the messages of which half, or half a screen, can be seen.
   * @returns {Set<number>}
   */
  onScreen() {
    const log = this.element.getBoundingClientRect();
    const [from, to] = [Math.max(log.top, 0), Math.min(log.bottom, window.innerHeight)]; // on a low screen the page scrolls too
    /** @type {NodeListOf<HTMLElement>} */
    const rows = this.#list.querySelectorAll(":scope > [data-id]");
    const seqs = new Set();
    for (const row of [...rows].reverse()) {
      const { top, bottom, height } = row.getBoundingClientRect();
      if (bottom < from) break;
      if (Math.min(bottom, to) - Math.max(top, from) >= Math.min(height, log.height) / 2) seqs.add(seqOf(row));
    }
    return seqs;
  }

  /**
   * Downwards from the first that is new, or the first on the screen; upwards from the last. Where the focus goes, all above is read.
   * @param {HTMLElement[]} items
   * @param {number} by
   */
  #stepIn(items, by) {
    const { top, bottom } = this.element.getBoundingClientRect();
    /** @param {HTMLElement} item */
    const isHere = (item) => {
      const box = item.getBoundingClientRect();
      return box.top < bottom - 1 && box.bottom > top + 1;
    };
    const here = items.filter(isHere);
    const divider = this.divider;
    /** @param {HTMLElement} item */
    const isBelow = (item) => divider && divider.compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING;
    const firstNew = by > 0 && divider && isHere(divider) && items.find(isBelow);
    (firstNew || here.at(by > 0 ? 0 : -1) || items.at(-1))?.focus();
  }

  /**
   * Only the tools of the message that has the focus are on the way of the Tab key.
   * @param {HTMLElement | null} item
   */
  #rove(item) {
    /** @type {NodeListOf<HTMLElement>} */
    const tools = this.#list.querySelectorAll(TOOLS);
    for (const tool of tools) tool.tabIndex = item?.contains(tool) ? 0 : -1;
  }

  /** @returns {Focus | null} */
  #focus() {
    const element = document.activeElement;
    if (!(element instanceof HTMLElement) || !this.#list.contains(element)) return null;
    const item = element.closest("#rows > li");
    const entry = [...this.#nodes].find(([, known]) => known.element === item)?.[0];
    return entry ? { element, entry, key: element.dataset.key } : null;
  }

  /** @param {Focus} focus */
  #refocus({ entry, key }) {
    const item = this.#nodes.get(entry)?.element;
    /** @type {HTMLElement | null | undefined | ""} */
    const inside = key && item?.querySelector(`[data-key="${key}"]`);
    (inside || item || this.element).focus({ preventScroll: true });
  }

  /** @param {Entry[]} entries */
  #reconcile(entries) {
    const kept = new Set(entries.map(({ key }) => key));
    for (const [key, { element }] of this.#nodes) {
      if (kept.has(key)) continue;
      element.remove();
      this.#nodes.delete(key);
    }
    if (!this.#nodes.size) this.#list.replaceChildren(); // the server's own, drawn alike
    let next = this.#list.firstElementChild;
    for (const entry of entries) {
      const { key, signature, kind } = entry;
      const known = this.#nodes.get(key);
      const isSame = known && ((known.signature === signature && known.kind === kind) || isInUse(known, entry));
      const drawn = isSame ? known : { element: this.#make(entry), signature, kind };
      if (known && !isSame) {
        if (known.element === next) next = next.nextElementSibling;
        known.element.remove();
      }
      this.#nodes.set(key, drawn);
      if (drawn.element === next) next = next.nextElementSibling;
      else this.#list.insertBefore(drawn.element, next);
    }
  }

  /** @param {Entry} entry */
  #make(entry) {
    if (entry.kind === "day") return this.#maker.day(entry);
    if (entry.kind === "new") return this.#maker.divider({ dismiss: this.#does.ondismiss });
    if (entry.kind === "notice") return this.#maker.notice(entry);
    if (entry.kind === "message") return this.#maker.message(entry);
    return this.#maker.pending(entry, this.#does.onpending(entry.item));
  }
}

/**
 * The seq of the row that an element shows.
 * @param {HTMLElement} element
 */
function seqOf({ id }) {
  return Number(id.slice(1));
}

/**
 * Whether a menu of this entry is open: it would be closed by what changes, and waits for that until it is closed. What is gone goes at once.
 * @param {Drawn} known
 * @param {Entry} entry
 */
function isInUse(known, entry) {
  if (known.kind !== entry.kind || ("words" in entry && entry.words) || ("item" in entry && entry.item.removed)) return false;
  return known.element.querySelector("details[data-menu][open]") !== null;
}
