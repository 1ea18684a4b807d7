// The keyboard. templates/chat/_keys.html lists what works here; both change together.

import { byId, hit } from "./elements.js";

/** @import { Composer, Editable } from "./box/composer.js" */
/** @import { Reply } from "./box/reply.js" */
/** @import { Switcher } from "./switcher.js" */
/** @import { Undo } from "./box/undo.js" */
/** @import { View } from "./log/view.js" */

/** @type {Record<string, number>} */
const BY = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
const REGIONS = ["#channels a", "#log", "#body"]; // what F6 goes through, each by what takes the focus in it

export class Keys {
  /**
   * `rowOf(element)` gives the row that an element shows, or the item of what waits; `edit(row)` takes it into the box where it is one's own,
   * `answer(row)` where it stands.
   * @param {{ view: View, composer: Composer, reply: Reply, undo: Undo, switcher: Switcher, signal: AbortSignal,
   *   rowOf: (element: HTMLElement) => Editable | undefined, edit: (row: Editable) => void, answer: (row: Editable) => void }} given
   */
  constructor({ view, composer, reply, undo, switcher, rowOf, edit, answer, signal }) {
    this.#view = view;
    this.#composer = composer;
    this.#reply = reply;
    this.#undo = undo;
    this.#switcher = switcher;
    /** @type {Record<string, (row: Editable) => void>} */
    const letters = { e: edit, r: answer, u: (row) => "id" in row && view.markUnreadFrom(row) };
    for (const [letter, act] of Object.entries(letters)) {
      this.#letters[letter] = (item) => {
        const row = rowOf(item);
        if (row) act(row);
      };
    }
    // page.js closes menus on Escape, before we hear of the key
    const look = () => {
      this.#menuWasOpen = document.querySelector("details[data-menu][open]") !== null;
    };
    document.addEventListener("keydown", look, { capture: true, signal });
    document.addEventListener("keydown", (event) => this.#take(event), { signal });
    byId("keys-open", HTMLElement).addEventListener("click", () => this.#help.showModal(), { signal });
  }

  #view;
  #composer;
  #reply;
  #undo;
  #switcher;
  /** @type {Record<string, (element: HTMLElement) => void>} */
  #letters = { m: (item) => this.openMenu(item) };
  #menuWasOpen = false;
  #help = byId("keys", HTMLDialogElement);

  /** @param {KeyboardEvent} event */
  #take(event) {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const writing = hit(event, "textarea, input, select");
    const inLog = hit(event, "#log") !== null;
    if (event.key === "End" && !event.shiftKey && !(writing && "value" in writing && writing.value)) this.#view.toEnd();
    else if (event.key === "Escape" && !event.defaultPrevented) this.#escape(inLog);
    else if (event.key === "F6") this.#goOn(event);
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) this.#open(event, this.#switcher);
    else if (event.key === "?" && !writing) this.#open(event, this.#help);
    else if (isUndo(event) && event.target === this.#composer.box && this.#composer.isUntouched && this.#undo.act()) event.preventDefault();
    else if (inLog && !hit(event, ".menu-sheet")) this.#inTheLog(event);
    else if (inLog) this.#inAMenu(event);
  }

  /**
   * @param {Event} event
   * @param {{ showModal: () => void }} dialog
   */
  #open(event, dialog) {
    event.preventDefault();
    dialog.showModal();
  }

  /** @param {boolean} inLog */
  #escape(inLog) {
    if (this.#menuWasOpen) return;
    if (inLog) this.#composer.box.focus();
    else if (this.#reply.end()) this.#composer.box.focus();
    else this.#view.dismissDivider();
  }

  /** @param {KeyboardEvent} event */
  #inTheLog(event) {
    const item = hit(event, "#rows > li");
    const isMenuKey = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    const letter = event.ctrlKey || event.metaKey || event.altKey ? undefined : this.#letters[event.key];
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      this.#view.step(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Home" && !event.shiftKey) {
      this.#view.toStart();
    } else if (isMenuKey || (item && letter)) {
      event.preventDefault();
      if (item) (letter ?? this.#letters.m)(item);
    }
  }

  /**
   * Open the menu of a row, with the focus in it; false where it has none.
   * @param {HTMLElement} item
   */
  openMenu(item) {
    const menu = item.querySelector(".chat-menu");
    /** @type {HTMLElement | null | undefined} */
    const closed = menu?.querySelector(":scope:not([open]) > summary");
    closed?.click();
    menu?.querySelector("button")?.focus();
    return Boolean(menu);
  }

  /** @param {KeyboardEvent} event */
  #inAMenu(event) {
    /** @type {NodeListOf<HTMLElement> | undefined} */
    const found = hit(event, ".menu-sheet")?.querySelectorAll(".menu-item, .chat-sign");
    const items = [...(found ?? [])];
    const by = BY[event.key];
    if (!by) return;
    event.preventDefault();
    items.at((items.findIndex((item) => item === event.target) + by) % items.length)?.focus();
  }

  /** @param {KeyboardEvent} event */
  #goOn(event) {
    event.preventDefault();
    const regions = REGIONS.flatMap((selector) => {
      /** @type {HTMLElement | null} */
      const region = document.querySelector(selector);
      return region?.checkVisibility() ? [region] : [];
    });
    const at = regions.findIndex((each) => each === document.activeElement || each.closest("nav, #log, #box")?.contains(document.activeElement));
    regions.at(event.shiftKey ? (at < 0 ? -1 : at - 1) : (at + 1) % regions.length)?.focus();
  }
}

/** @param {KeyboardEvent} event */
function isUndo({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  return key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}
