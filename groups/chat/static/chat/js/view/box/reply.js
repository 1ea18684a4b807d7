// The message that is being answered, above the box. The page's address names it too, so that it is still there after a reload.

import { byId, make } from "../elements.js";
import { fill } from "../../model/words.js";

/** @import { Reader } from "../../model/reader.js" */
/** @import { Words } from "../../model/words.js" */

/** `onend()` hears when its author changes their mind, `ongone()` when the message that they answer is not there any more. */
export class Reply {
  /** @param {{ words: Words, reader: Reader, box: HTMLElement, onend: () => void, ongone: () => void }} given */
  constructor({ words, reader, box, onend, ongone }) {
    this.#say = words.say;
    this.#reader = reader;
    this.#box = box;
    this.#does = { onend, ongone };
    this.#bar.replaceChildren(); // the server's own, with its field and its buttons
  }

  /**
   * The row that is being answered.
   * @type {Wire.Row | null}
   */
  target = null;
  #say;
  #reader;
  #box;
  #does;
  #bar = byId("answering", HTMLElement);

  /** @param {Wire.Row} row */
  start(row) {
    this.target = row;
    this.name();
    this.#draw();
  }

  /** Whether something was being answered; it is not any more. */
  end() {
    if (this.#bar.hidden) return false;
    this.target = null;
    this.name();
    this.#bar.hidden = true;
    this.#bar.replaceChildren(); // its words may be taken back, and nobody would look here
    this.#box.setAttribute("aria-describedby", "readers");
    return true;
  }

  /**
   * End, and return what is to be answered as a row's `reply_to`, or null.
   * @returns {Wire.Answered | null}
   */
  take() {
    const answer = this.target && { id: this.target.id, seq: this.target.seq };
    this.end();
    return answer;
  }

  /**
   * Rows changed: what is answered may be another text by now, or gone.
   * @param {Wire.Row[]} rows
   */
  changed(rows) {
    const row = rows.find(({ id }) => id === this.target?.id);
    if (row) this.found(row);
  }

  /**
   * What is answered is this row now; undefined where it is not to be had any more.
   * @param {Wire.Row | undefined} row
   */
  found(row) {
    const isGone = !row || this.#reader.said(row);
    const isSame = row?.html === this.target?.html;
    this.target = isGone ? null : row;
    if (!isSame) this.#draw();
    if (!isGone) return;
    this.name();
    this.#does.ongone();
  }

  /** Let the page's address say what is answered. */
  name() {
    const address = new URL(location.href);
    if (this.target) address.searchParams.set("reply", this.target.id);
    else address.searchParams.delete("reply");
    history.replaceState(history.state, "", address);
  }

  #draw() {
    const cancel = () => {
      if (this.end()) this.#does.onend();
    };
    const button = make("button", { type: "button", className: "button button-plain button-small", onclick: cancel }, this.#say.cancel);
    this.#bar.replaceChildren(this.#words(), button);
    this.#bar.hidden = false;
    this.#box.setAttribute("aria-describedby", "answering-what readers");
  }

  #words() {
    const id = "answering-what";
    if (!this.target) return make("p", { id }, this.#say.answer_gone);
    const { name, text } = this.#reader.quoteOf(this.target);
    const isOwn = this.#reader.isOwn(this.target);
    const whom = make("b", {}, isOwn ? this.#say.answering_own : fill(this.#say.answering, { name: name || this.#say.somebody }));
    return make("p", { id, className: "chat-quote" }, whom, " ", make("span", { dir: "auto" }, text));
  }
}
