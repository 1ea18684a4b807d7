// The box: writing, sending, editing, and what stands under it.

import { refusalOf } from "../../net/connection.js";
import { byId, make } from "../elements.js";
import { holdsSomething } from "../../model/seen.js";

/** @import { Item } from "../../net/outbox.js" */
/** @import { Change } from "../../net/typed.js" */
/** @import { Words } from "../../model/words.js" */

/** @typedef {Item | Wire.Row} Editable One's own: a message, or what is not sent yet. */

const WARN_AT = 200; // characters left
const TYPING_MS = 3_000;
const LINES = 6;
const OLD_MS = 10 * 60_000; // a change that waited longer for the connection is not saved before its author says so again

/**
 * @typedef {object} Does
 * @property {(text: string) => void} onsend
 * @property {(row: Editable, text: string) => Promise<void>} onedit
 * @property {(row: Editable) => void} onbegun a change begins,
 * @property {(row: Editable) => void} onended and ends
 * @property {() => void} onchange of what is to be kept
 * @property {() => void} ontyping
 * @property {() => Editable | undefined} lastOwn
 */

export class Composer {
  /**
   * `enter` is what the key does: it sends, makes a new line, or what fits the device.
   * @param {Does & { words: Words, limit: number, enter: Wire.Handover["settings"]["enter"] }} given
   */
  constructor({ words, limit, enter, ...does }) {
    this.#words = words;
    this.#limit = limit;
    this.#enter = enter;
    this.#does = does;
    this.box.enterKeyHint = this.#enterSends ? "send" : "enter";
    byId("box", HTMLFormElement).addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.#caretToEnd(); // of a draft that came with the page
    this.fit();
    this.#sayState();
  }

  box = byId("body", HTMLTextAreaElement);
  #words;
  #limit;
  #enter;
  #does;
  #editingBar = byId("editing", HTMLElement);
  #state = byId("state", HTMLElement);
  #button = byId("send", HTMLButtonElement);
  /** @type {{ row: Editable, before: string } | null} */
  #editing = null;
  /** @type {string | null} */
  #given = this.box.value; // came with the page, and nothing was put in its place yet
  #saved = false;
  #lastTyping = 0;
  #touched = false;
  #wrong = "";
  /** @type {{ text: string, at: number } | null} */
  #untaken = null; // a change that found no connection
  #unkept = ""; // why the draft is not kept

  /** Whether nothing was typed since the last sending. */
  get isUntouched() {
    return !this.#touched && !this.#editing && !this.box.value;
  }

  /** What was begun to be written here as a new message. */
  get draft() {
    return this.#editing ? this.#editing.before : this.box.value;
  }

  /**
   * The message in the box that was changed and not saved, or null.
   * @returns {Change | null}
   */
  get change() {
    const row = this.#editing?.row;
    if (!row || this.box.value === row.body) return null;
    const { client_id } = row;
    return { ...("id" in row && { id: row.id, seq: row.seq }), client_id, text: this.box.value };
  }

  submit() {
    const text = this.box.value;
    const isEmpty = !holdsSomething(text);
    if (isEmpty && this.#editing) this.#sayWrong(this.#words.say.edit_empty);
    else if (isEmpty && text.trim()) this.#sayWrong(this.#words.say.unseen);
    if (isEmpty || this.#left() < 0) return this.box.focus();
    if (this.#editing) return this.#saveEdit(text);
    this.#put("");
    this.#lastTyping = 0;
    this.#touched = false;
    this.#does.onsend(text.trim());
    this.box.focus();
  }

  /**
   * Take a message into the box to change it, as far as it was. What was being written comes back afterwards.
   * @param {Editable} row
   * @param {string} text
   */
  edit(row, text = row.body ?? "") {
    const before = this.draft;
    if (this.#editing) this.#does.onended(this.#editing.row);
    this.#editing = { row, before };
    this.#does.onbegun(row);
    const cancel = make("button", { type: "button", className: "button button-plain button-small", onclick: () => this.endEdit() }, this.#words.say.cancel);
    this.#editingBar.replaceChildren(make("span", {}, this.#words.say.editing), cancel);
    this.#editingBar.hidden = false;
    this.#label(this.#words.say.save);
    this.#put(text);
    this.box.focus();
    this.#caretToEnd();
  }

  endEdit() {
    if (!this.#editing) return false;
    const { row, before } = this.#editing;
    this.#editing = null;
    this.#does.onended(row);
    this.#editingBar.hidden = true;
    this.#label(this.#words.say.send);
    this.#put(before);
    this.box.focus();
    return true;
  }

  /**
   * Empty the box where another page of ours has sent just this text.
   * @param {string | null} body
   */
  sentElsewhere(body) {
    if (!this.#editing && this.box.value.trim() === body) this.#put("");
  }

  /**
   * Put back what was sent and taken back, before what was written since.
   * @param {string | null} body
   */
  giveBack(body) {
    this.#begun([body, this.draft].filter(Boolean).join("\n\n"));
    this.box.focus();
    if (!this.#editing) this.#caretToEnd();
  }

  /**
   * Put back what stood here when the page was left: in the place of what the server has given, where that is a `known` older text.
   * @param {string} text
   * @param {string[]} known
   */
  restore(text, known) {
    const { draft } = this;
    const isOlder = draft === this.#given && known.includes(draft);
    this.#given = null;
    if (draft !== text) this.#begun(isOlder ? text : [text, draft].filter(Boolean).join("\n\n"));
    if (!this.#editing) this.#caretToEnd();
  }

  draftSaved() {
    this.#saved = true;
    this.#unkept = "";
    this.#sayState();
  }

  /** @param {string} sentence */
  draftRefused(sentence) {
    this.#unkept = sentence;
    this.#sayState();
  }

  /** There is a connection again: a change that found none is saved. It may have been, and only the answer was lost: once more changes nothing. */
  connectionIsBack() {
    const untaken = this.#untaken;
    this.#untaken = null;
    if (!this.#editing || !untaken) return;
    if (this.box.value === untaken.text && Date.now() - untaken.at < OLD_MS) this.#saveEdit(untaken.text);
    else this.#sayWrong("");
  }

  fit() {
    this.box.style.height = "auto";
    const { lineHeight, paddingTop, paddingBottom, borderTopWidth } = getComputedStyle(this.box);
    const around = parseFloat(paddingTop) + parseFloat(paddingBottom) + 2 * parseFloat(borderTopWidth);
    const most = parseFloat(lineHeight) * LINES + around;
    const wanted = this.box.scrollHeight + 2 * parseFloat(borderTopWidth);
    this.box.style.height = `${Math.min(wanted, most)}px`;
    this.box.style.overflowY = wanted > most ? "auto" : "hidden";
  }

  /** @param {string} text */
  async #saveEdit(text) {
    if (!this.#editing) return;
    const { row } = this.#editing;
    this.#wrong = "";
    try {
      await this.#does.onedit(row, text);
      if (this.#editing?.row === row) this.endEdit();
    } catch (thrown) {
      if (this.#editing?.row !== row) return;
      const { detail } = refusalOf(thrown);
      if (!detail) this.#untaken = { text, at: Date.now() };
      this.#sayWrong(detail ?? this.#words.say.not_saved);
    }
  }

  /**
   * What the button does.
   * @param {string} label
   */
  #label(label) {
    const words = this.#button.lastElementChild;
    if (words) words.textContent = label;
  }

  /** @param {string} sentence */
  #sayWrong(sentence) {
    this.#wrong = sentence;
    this.#sayState();
  }

  /**
   * Let this be what was begun as a new message.
   * @param {string} text
   */
  #begun(text) {
    if (this.#editing) this.#editing.before = text;
    else this.#put(text);
  }

  /** @param {string} text */
  #put(text) {
    this.box.value = text;
    this.#saved = false;
    this.#wrong = "";
    this.fit();
    this.#sayState();
    this.#does.onchange();
  }

  #typed() {
    this.#touched = true;
    this.#saved = false;
    this.#wrong = "";
    document.getElementById("refused")?.remove();
    this.fit();
    this.#sayState();
    this.#does.onchange();
    if (this.#editing || !this.box.value.trim() || Date.now() - this.#lastTyping < TYPING_MS) return;
    this.#lastTyping = Date.now();
    this.#does.ontyping();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.keyCode === 229) return;
    const sends = event.ctrlKey || event.metaKey || (this.#enterSends && !event.shiftKey);
    if (event.key === "Enter" && sends && !event.altKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "ArrowUp" && !this.box.value && !this.#editing) {
      const row = this.#does.lastOwn();
      if (!row) return;
      event.preventDefault();
      this.edit(row);
    } else if (event.key === "Escape" && this.endEdit()) {
      event.stopPropagation();
    }
  }

  #caretToEnd() {
    this.box.setSelectionRange(this.box.value.length, this.box.value.length);
  }

  // By itself it sends, but on a phone it makes a new line, and the button sends.
  get #enterSends() {
    return this.#enter === "device" ? !matchMedia("(hover: none) and (pointer: coarse)").matches : this.#enter === "sends";
  }

  #left() {
    return this.#limit - [...this.box.value.normalize("NFC").trim()].length;
  }

  #sayState() {
    const { say } = this.#words;
    const left = this.#left();
    const over = left < 0 ? this.#words.count(say.characters_over, -left) : "";
    this.#state.classList.toggle("is-wrong", Boolean(over || this.#wrong || this.#unkept));
    this.box.setAttribute("aria-invalid", String(Boolean(over || this.#wrong)));
    const near = left <= WARN_AT ? this.#words.count(say.characters_left, left) : "";
    const how = this.#wrong || over || near || (this.#saved && this.box.value && say.saved) || "";
    const text = [how, this.#unkept].filter(Boolean).join(" · ");
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }
}
