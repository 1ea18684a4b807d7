// What one can do with a message: what its menu offers, what its buttons and its keys do.

import { refusalOf } from "../../net/connection.js";
import { make } from "../elements.js";

/** @import { Composer, Editable } from "../box/composer.js" */
/** @import { Connection } from "../../net/connection.js" */
/** @import { Message, Pending } from "../../model/layout.js" */
/** @import { Item, Outbox } from "../../net/outbox.js" */
/** @import { Quotes } from "../../model/quotes.js" */
/** @import { Reader } from "../../model/reader.js" */
/** @import { Reply } from "../box/reply.js" */
/** @import { Status } from "../status.js" */
/** @import { Store } from "../../model/store.js" */
/** @import { Does } from "./tools.js" */
/** @import { View } from "./view.js" */
/** @import { Words } from "../../model/words.js" */

/**
 * @typedef {object} Parts
 * @property {Words} words
 * @property {(id: string) => string} blockURL where somebody is blocked
 * @property {string} token
 * @property {Store} store
 * @property {Connection} connection
 * @property {Outbox} outbox
 * @property {Quotes} quotes
 * @property {Reader} reader
 * @property {Reply} reply
 * @property {Composer} composer
 * @property {Status} status
 * @property {View} view
 */

export class Actions {
  /** @param {Parts} parts */
  constructor(parts) {
    this.#parts = parts;
    this.#say = parts.words.say;
  }

  #parts;
  #say;
  #returning = ""; // the id of a message that is on its way back

  /**
   * What can be done with a message from its menu.
   * @param {Message | Pending} entry
   * @returns {ReturnType<Does["can"]>}
   */
  choices(entry) {
    if (entry.kind === "pending") return { edit: () => this.edit(entry.item), remove: () => this.#takeBack(entry.item) };
    const { row, own, blocked } = entry;
    const { author } = row;
    const { view, blockURL } = this.#parts;
    return {
      answer: () => this.answer(row),
      ...(navigator.clipboard && { copy: () => this.#copy(this.#current(row).body ?? "") }),
      ...(own && { edit: () => this.edit(this.#current(row)), remove: () => this.#remove(row) }),
      ...(author && !own && !blocked && { block: () => this.#post(blockURL(author)) }),
      unread: () => view.markUnreadFrom(row),
    };
  }

  /**
   * Ask the server for a change, and say where it could not be made. True where it is.
   * @param {Wire.Order} order
   */
  async ask(order) {
    try {
      await this.#parts.connection.ask(order);
      return true;
    } catch (thrown) {
      this.#parts.status.sayBriefly(refusalOf(thrown).detail ?? this.#say.not_done);
      return false;
    }
  }

  /**
   * Whether something is a message of this member's own that stands.
   * @param {Editable} row
   * @returns {row is Wire.Row}
   */
  isOwnText(row) {
    const { reader } = this.#parts;
    return "id" in row && reader.isOwn(row) && !reader.said(row);
  }

  /**
   * Take what is one's own into the box, to change it.
   * @param {Editable} row
   * @param {string} [text]
   */
  edit(row, text) {
    if (!("id" in row) || this.isOwnText(row)) this.#parts.composer.edit(row, text);
  }

  /** @param {Editable} row */
  answer(row) {
    const { reader, reply, composer } = this.#parts;
    if (!("id" in row) || row.kind !== "text" || reader.said(row)) return;
    reply.start(row);
    composer.box.focus();
  }

  /** After an absence in which more was missed than is told row by row: what is being answered may have changed, or gone. */
  async lookAgain() {
    const { reply, store } = this.#parts;
    const { target } = reply;
    if (!target) return;
    const rows = await store.at([target.seq]).catch(() => [target]);
    if (reply.target?.id === target.id) reply.found(rows.find(({ id }) => id === target.id));
  }

  /**
   * Remove at once: the way back stands in the place of the message.
   * @param {Wire.Row} row
   */
  async #remove(row) {
    const { view, composer } = this.#parts;
    if (!(await this.ask({ type: "delete", id: row.id }))) return;
    view.drawNow();
    const element = view.elementOf(row.id);
    /** @type {HTMLElement | null | undefined} */
    const undo = element?.querySelector('[data-key="undo"]');
    (undo ?? element ?? composer.box).focus();
  }

  /**
   * Take back what is not sent yet.
   * @param {Item} item
   */
  #takeBack(item) {
    const { outbox, view, composer } = this.#parts;
    outbox.remove(item);
    view.drawNow();
    (view.pending(item) ?? composer.box).focus();
  }

  /**
   * Have a message stand again that was removed.
   * @param {Wire.Row} row
   */
  async bringBack(row) {
    this.#returning = row.id;
    if (await this.ask({ type: "delete", id: row.id, on: false })) this.#parts.view.elementOf(row.id)?.focus();
  }

  /**
   * What was just sent is taken back: have its text in the box again, and what it answered, unless another answer was begun since.
   * @param {Wire.Row} row
   */
  giveBack(row) {
    const { composer, quotes, reply } = this.#parts;
    composer.giveBack(row.body);
    const answered = row.reply_to && quotes.row(row.reply_to);
    if (answered && !reply.target) this.answer(answered);
  }

  /**
   * Rows changed: what was taken back into the box may stand in the log again.
   * @param {Wire.Row[]} rows
   */
  changed(rows) {
    const back = rows.find(({ id, body }) => id === this.#returning && body);
    if (!back) return;
    this.#parts.composer.sentElsewhere(back.body);
    this.#returning = "";
  }

  /**
   * A row as it stands now: a menu may have been open for a while.
   * @param {Wire.Row} row
   */
  #current(row) {
    return this.#parts.store.row(row.id) ?? row;
  }

  /** @param {string} text */
  async #copy(text) {
    const { status } = this.#parts;
    try {
      await navigator.clipboard.writeText(text);
      status.sayBriefly(this.#say.copied);
    } catch {
      status.sayBriefly(this.#say.not_copied);
    }
  }

  /** @param {string} action */
  #post(action) {
    const token = make("input", { type: "hidden", name: "csrfmiddlewaretoken", value: this.#parts.token });
    const form = make("form", { method: "post", action, hidden: true }, token);
    document.body.append(form);
    form.submit();
  }
}
