// What stands in the log as elements: the same that templates/chat/_row.html makes.

import { setHTML } from "../../../../community/js/trusted.js";
import { drawn, make } from "../elements.js";

/** @import { Day, Message, Notice, Pending } from "../../model/layout.js" */
/** @import { Quote } from "../../model/reader.js" */
/** @import { Tools } from "./tools.js" */
/** @import { Words } from "../../model/words.js" */

export class RowMaker {
  /**
   * `onquote(row, seq)` leads from an answer (which may have no row yet) to what it answers, `onundo(row)` brings back.
   * @param {{ words: Words, icons: string, pictures: string,
   *   onquote: (row: Wire.Row | null, seq: number) => void, onundo: (row: Wire.Row) => void }} given
   */
  constructor({ words, icons, pictures, onquote, onundo }) {
    this.#words = words;
    this.#icons = icons;
    this.#pictures = pictures;
    this.#does = { onquote, onundo };
  }

  /**
   * What stands beside and under a message; set by whoever makes them of our icons.
   * @type {Tools | null}
   */
  tools = null;
  #words;
  #icons;
  #pictures;
  #does;

  /** @param {string} name */
  icon(name) {
    return drawn("icon", `${this.#icons}#${name}`);
  }

  /**
   * The picture that a member chose, by its key, or that of a person.
   * @param {string} [key]
   */
  drawing(key) {
    return drawn("own-drawing", `${this.#pictures}#${key || "person"}`);
  }

  /** @param {Day} entry */
  day(entry) {
    return make("li", { className: "chat-day" }, make("span", {}, entry.label));
  }

  /** @param {{ dismiss: () => void }} does */
  divider({ dismiss }) {
    const button = make("button", { type: "button", className: "button button-plain button-small", onclick: dismiss }, this.#words.say.mark_read);
    return make("li", { className: "chat-new", id: "new" }, make("span", {}, this.#words.say.new_since), button);
  }

  /** @param {Notice} entry */
  notice({ row, words, clock }) {
    const text = make("p", {}, `${words} `, this.#time(row, clock));
    return this.#item("chat-notice", row, text);
  }

  /** @param {Message} entry */
  message(entry) {
    const { row, clock, first, own, words } = entry;
    const kind = ["chat-message", first && "is-first", own && "is-own", entry.named && "is-naming", words && "is-gone"].filter(Boolean).join(" ");
    const head = this.#head(entry, this.#time(row, clock));
    const bubble = make("div", { className: "chat-bubble" }, this.#quote(row, entry.quote), this.#content(entry));
    if (row.edited && !words) bubble.append(make("p", { className: "chat-mark" }, this.#words.say.edited));
    if (entry.named) bubble.append(make("p", { className: "chat-mark chat-named" }, this.#words.say.mentions_you));
    const beside = words ? null : this.tools?.beside(entry);
    return this.#item(kind, row, head, make("div", { className: "chat-with-tools" }, bubble, beside), this.tools?.under(entry));
  }

  /**
   * What is on its way, was not taken, is so old that it asks first, or is being taken back.
   * @param {Pending} entry
   * @param {{ again: () => void, forget: () => void }} does
   */
  pending(entry, { again, forget }) {
    const { item, clock, first, state } = entry;
    const kind = `chat-message is-own is-${item.removed ? "gone" : item.state}${first ? " is-first" : ""}`;
    const head = this.#head(entry, make("time", {}, clock));
    /** @type {(bubble: HTMLElement, tools?: HTMLElement) => HTMLElement} */
    const row = (bubble, tools) =>
      make("li", { className: kind, tabIndex: -1, data: { pending: item.client_id } }, head, make("div", { className: "chat-with-tools" }, bubble, tools));
    if (item.removed) return row(make("div", { className: "chat-bubble" }, make("p", {}, state)));
    const body = make("div", { className: "chat-body chat-plain", dir: "auto" }, item.body);
    const bubble = make("div", { className: "chat-bubble" }, this.#quote(null, entry.quote), body);
    const mark = make("p", { className: "chat-mark" }, state);
    if (item.state === "failed") mark.setAttribute("role", "alert");
    if (item.state === "failed" || item.state === "asks") {
      const { say } = this.#words;
      const small = "button button-second button-small";
      mark.append(" ", make("button", { type: "button", className: small, onclick: again }, item.state === "asks" ? say.send : say.again));
      mark.append(" ", make("button", { type: "button", className: small, onclick: forget }, say.delete));
    }
    bubble.append(mark);
    return row(bubble, this.tools?.besidePending(entry));
  }

  /**
   * @param {{ name: string, picture: string, first: boolean }} entry
   * @param {HTMLElement} time
   */
  #head({ name, picture, first }, time) {
    return make("p", { className: first ? "chat-head" : "visually-hidden" }, first && this.drawing(picture), make("b", {}, name), " ", time);
  }

  /**
   * @param {Wire.Row} row
   * @param {string} clock
   */
  #time(row, clock) {
    return make("time", { dateTime: row.sent.replace(/\.\d+/, "") }, clock);
  }

  /**
   * @param {string} className
   * @param {Wire.Row} row
   * @param {...(HTMLElement | null | undefined)} children
   */
  #item(className, row, ...children) {
    return make("li", { className, id: `m${row.seq}`, tabIndex: -1, data: { id: row.id } }, ...children);
  }

  /**
   * @param {Wire.Row | null} row
   * @param {Quote | null} quote
   */
  #quote(row, quote) {
    if (!quote) return null;
    const { say } = this.#words;
    const { seq } = quote;
    const name = quote.name ? [make("b", {}, quote.name), " "] : [];
    const parts = [make("span", { className: "visually-hidden" }, say.answers), " ", ...name, make("span", { dir: "auto" }, quote.text)];
    if (seq === null) return make("p", { className: "chat-quote" }, quote.text);
    const link = make("a", { className: "chat-quote", href: `#m${seq}`, tabIndex: -1, data: { key: "quote" } }, ...parts);
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.#does.onquote(row, seq);
    });
    return link;
  }

  /** @param {Message} entry */
  #content({ row, words, blocked, undo }) {
    if (words) return make("p", {}, words, undo && " ", undo && this.#undo(row));
    const body = make("div", { className: "chat-body", dir: "auto" });
    setHTML(body, row.html ?? "");
    if (!blocked) return body;
    const summary = make("summary", {}, `${this.#words.say.blocked} `, make("span", {}, this.#words.say.show));
    return make("details", { className: "chat-blocked" }, summary, body);
  }

  /** @param {Wire.Row} row */
  #undo(row) {
    const onclick = () => this.#does.onundo(row);
    return make("button", { type: "button", className: "button button-second button-small", onclick, data: { key: "undo" } }, this.#words.say.undo);
  }
}
