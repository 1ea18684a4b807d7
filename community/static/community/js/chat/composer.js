// The box: writing, sending, editing, and what stands under it.

import { make } from "./line.js";
import { holdsSomething } from "./seen.js";

const WARN_AT = 200; // characters left
const TYPING_MS = 3_000;
const LINES = 6;
const OLD_MS = 10 * 60_000; // a change that waited longer for the line is not saved before its author says so again

/**
 * `onsend(text)` sends; `onedit(row, text)` returns a promise, `onbegun(row)` and `onended(row)` hear of a change's begin and
 * end; a row can be an item of the outbox. `onchange()` hears of every change of what is to be kept.
 * `enter` is what the key does: "sends", makes a "new_line", or what fits the "device".
 */
export class Composer {
  constructor({ words, limit, enter, onsend, onedit, onbegun, onended, onchange, ontyping, lastOwn }) {
    Object.assign(this, { words, limit, enter });
    this.#does = { onsend, onedit, onbegun, onended, onchange, ontyping, lastOwn };
    this.form = document.getElementById("box");
    this.box = document.getElementById("body");
    this.#editingBar = document.getElementById("editing");
    this.#state = document.getElementById("state");
    this.#button = document.getElementById("send");
    this.box.enterKeyHint = this.#enterSends ? "send" : "enter";
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.box.addEventListener("input", () => this.#typed());
    this.box.addEventListener("keydown", (event) => this.#key(event));
    this.#caretToEnd(); // of a draft that came with the page
    this.fit();
    this.#sayState();
  }

  #does;
  #editingBar;
  #state;
  #button;
  #editing = null; // {row, before}
  #given = document.getElementById("body").value; // came with the page, and nothing was put in its place yet
  #saved = false;
  #lastTyping = 0;
  #touched = false;
  #wrong = "";
  #untaken = null; // {text, at}: a change that found no line
  #unkept = ""; // why the draft is not kept

  /** Whether nothing was typed since the last sending. */
  get isUntouched() {
    return !this.#touched && !this.#editing && !this.box.value;
  }

  /** What was begun to be written here as a new message. */
  get draft() {
    return this.#editing ? this.#editing.before : this.box.value;
  }

  /** The message in the box that was changed and not saved, {id, client_id, seq, text}, or null. */
  get change() {
    const { id, client_id, seq, body } = this.#editing?.row ?? {};
    return this.#editing && this.box.value !== body ? { id, client_id, seq, text: this.box.value } : null;
  }

  submit() {
    const text = this.box.value;
    const isEmpty = !holdsSomething(text);
    if (isEmpty && this.#editing) this.#sayWrong(this.words.say.edit_empty);
    else if (isEmpty && text.trim()) this.#sayWrong(this.words.say.unseen);
    if (isEmpty || this.#left() < 0) return this.box.focus();
    if (this.#editing) return this.#saveEdit(text);
    this.#put("");
    this.#lastTyping = 0;
    this.#touched = false;
    this.#does.onsend(text.trim());
    this.box.focus();
  }

  /** Take a message into the box to change it, as far as it was. What was being written comes back afterwards. */
  edit(row, text = row.body) {
    const before = this.draft;
    if (this.#editing) this.#does.onended(this.#editing.row);
    this.#editing = { row, before };
    this.#does.onbegun(row);
    const cancel = make("button", { type: "button", className: "button button-plain button-small", onclick: () => this.endEdit() }, this.words.say.cancel);
    this.#editingBar.replaceChildren(make("span", {}, this.words.say.editing), cancel);
    this.#editingBar.hidden = false;
    this.#button.lastElementChild.textContent = this.words.say.save;
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
    this.#button.lastElementChild.textContent = this.words.say.send;
    this.#put(before);
    this.box.focus();
    return true;
  }

  /** Empty the box where another page of ours has sent just this text. */
  sentElsewhere(body) {
    if (!this.#editing && this.box.value.trim() === body) this.#put("");
  }

  /** Put back what was sent and taken back, before what was written since. */
  giveBack(body) {
    this.#begun([body, this.draft].filter(Boolean).join("\n\n"));
    this.box.focus();
    if (!this.#editing) this.#caretToEnd();
  }

  /** Put back what stood here when the page was left: in the place of what the server has given, where that is a `known` older text. */
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

  draftRefused(sentence) {
    this.#unkept = sentence;
    this.#sayState();
  }

  /** There is a line again: a change that found none is saved. It may have been, and only the answer was lost: once more changes nothing. */
  lineIsBack() {
    const { text, at } = this.#untaken ?? {};
    this.#untaken = null;
    if (!this.#editing || text === undefined) return;
    if (this.box.value === text && Date.now() - at < OLD_MS) this.#saveEdit(text);
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

  async #saveEdit(text) {
    const { row } = this.#editing;
    this.#wrong = "";
    try {
      await this.#does.onedit(row, text);
      if (this.#editing?.row === row) this.endEdit();
    } catch (refusal) {
      if (this.#editing?.row !== row) return;
      if (!refusal.detail) this.#untaken = { text, at: Date.now() };
      this.#sayWrong(refusal.detail ?? this.words.say.not_saved);
    }
  }

  #sayWrong(sentence) {
    this.#wrong = sentence;
    this.#sayState();
  }

  /** Let this be what was begun as a new message. */
  #begun(text) {
    if (this.#editing) this.#editing.before = text;
    else this.#put(text);
  }

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
    return this.enter === "device" ? !matchMedia("(hover: none) and (pointer: coarse)").matches : this.enter === "sends";
  }

  #left() {
    return this.limit - [...this.box.value.normalize("NFC").trim()].length;
  }

  #sayState() {
    const { say } = this.words;
    const left = this.#left();
    const over = left < 0 ? this.words.count(say.characters_over, -left) : "";
    this.#state.classList.toggle("is-wrong", Boolean(over || this.#wrong || this.#unkept));
    this.box.setAttribute("aria-invalid", String(Boolean(over || this.#wrong)));
    const near = left <= WARN_AT ? this.words.count(say.characters_left, left) : "";
    const how = this.#wrong || over || near || (this.#saved && this.box.value && say.saved) || "";
    const text = [how, this.#unkept].filter(Boolean).join(" · ");
    if (this.#state.textContent !== text) this.#state.textContent = text;
  }
}
