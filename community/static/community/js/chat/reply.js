// The message that is being answered, above the box. The page's address names it too, so that it is still there after a reload.

import { make } from "./line.js";
import { fill } from "./words.js";

export class Reply {
  constructor({ words, reader, onend }) {
    this.#say = words.say;
    this.#reader = reader;
    this.#onend = onend;
    this.#bar.replaceChildren(); // the server's own, with its field and its link
  }

  #say;
  #reader;
  #onend;
  #bar = document.getElementById("answering");
  #target = null;

  start(row) {
    this.#target = row;
    this.#name(row.id);
    this.#draw();
  }

  /** Whether something was being answered; it is not any more. */
  end() {
    if (this.#bar.hidden) return false;
    this.#target = null;
    this.#name("");
    this.#bar.hidden = true;
    this.#bar.replaceChildren(); // its words may be taken back, and nobody would look here
    return true;
  }

  /** End, and return what is to be answered as a row's `reply_to`, or null. */
  take() {
    const answer = this.#target && { id: this.#target.id, seq: this.#target.seq };
    this.end();
    return answer;
  }

  /** Rows changed: what is answered may be another text by now, or gone. */
  changed(rows) {
    const row = this.#target && rows.find(({ id }) => id === this.#target.id);
    if (!row) return;
    this.#target = this.#reader.said(row) ? null : row;
    this.#draw();
  }

  #draw() {
    const cancel = make("button", { type: "button", className: "button button-plain button-small", onclick: () => this.end() && this.#onend() }, this.#say.cancel);
    this.#bar.replaceChildren(...this.#words(), cancel);
    this.#bar.hidden = false;
  }

  #words() {
    if (!this.#target) return [make("p", { role: "status" }, this.#say.answer_gone)];
    const { name, text } = this.#reader.quoteOf(this.#target);
    const isOwn = this.#reader.isOwn(this.#target);
    const whom = make("b", {}, isOwn ? this.#say.answering_own : fill(this.#say.answering, { name: name || this.#say.somebody }));
    return [make("p", { className: "talk-quote" }, whom, " ", make("span", { dir: "auto" }, text))];
  }

  #name(id) {
    const address = new URL(location.href);
    if (id) address.searchParams.set("reply", id);
    else address.searchParams.delete("reply");
    history.replaceState(history.state, "", address);
  }
}
