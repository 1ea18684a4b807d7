// What stands in the log as elements: copies of what the server draws (templates/chat/_row.html), with the parts that each needs.

import { setHTML } from "../../../../community/js/trusted.js";
import { copy, keep, part } from "../templates.js";

/** @import { Day, Message, Notice, Pending } from "../../model/layout.js" */
/** @import { Quote } from "../../model/reader.js" */
/** @import { Tools } from "./tools.js" */

export class RowMaker {
  /**
   * `tools` are beside and under a message; `onquote(row, seq)` leads from an answer (which may have no row yet) to what it answers,
   * `onundo(row)` brings back.
   * @param {{ tools: Pick<Tools, "take" | "takePending">, onquote: (row: Wire.Row | null, seq: number) => void, onundo: (row: Wire.Row) => void }} given
   */
  constructor({ tools, onquote, onundo }) {
    this.#tools = tools;
    this.#does = { onquote, onundo };
  }

  #tools;
  #does;

  /** @param {Day} entry */
  day({ label }) {
    return copy("day", { day: label });
  }

  /** @param {{ dismiss: () => void }} does */
  divider({ dismiss }) {
    const item = copy("divider");
    part(item, "button").addEventListener("click", dismiss);
    return item;
  }

  /** @param {Notice} entry */
  notice({ row, words, clock }) {
    const item = copy("notice", { id: row.id, seq: row.seq, words, clock });
    setTime(item, row.sent);
    return item;
  }

  /** @param {Message} entry */
  message(entry) {
    const { row, own, words, blocked, undo, named, first, quote } = entry;
    const stands = !words;
    const item = copy(own ? "own" : "other", { id: row.id, seq: row.seq, words, ...heading(entry), ...quoted(quote) }, {
      ...ofQuote(quote),
      ".chat-said": words,
      ".chat-said > button": undo,
      ".chat-blocked": stands && blocked,
      ".chat-bubble > .chat-body": stands && !blocked,
      ".chat-edited": stands && row.edited,
      ".chat-named": named,
      ".chat-tools": stands,
    });
    item.classList.toggle("is-naming", named);
    item.classList.toggle("is-gone", !stands);
    setHead(item, first);
    setTime(item, row.sent);
    this.#leadTo(item, row, quote);
    if (undo) part(item, ".chat-said > button").addEventListener("click", () => this.#does.onundo(row));
    if (stands) setHTML(part(item, ".chat-body"), row.html ?? "");
    this.#tools.take(item, entry);
    return item;
  }

  /**
   * What is on its way, was not taken, is so old that it asks first, or is being taken back.
   * @param {Pending} entry
   * @param {{ again: () => void, forget: () => void }} does
   */
  pending(entry, { again, forget }) {
    const { item, first, quote } = entry;
    const state = item.removed ? "gone" : item.state;
    const values = { client_id: item.client_id, state, words: entry.state, ...heading(entry), ...quoted(quote) };
    const element = copy("pending", values, {
      ...ofQuote(item.removed ? null : quote),
      ".chat-said": item.removed,
      ".chat-body, .chat-mark, .chat-tools": !item.removed,
      "[data-act=again]": state === "failed",
      "[data-act=send]": state === "asks",
      "[data-act=forget]": state === "failed" || state === "asks",
    });
    setHead(element, first);
    setTime(element, new Date(item.at).toISOString());
    if (item.removed) return element;
    part(element, ".chat-body").textContent = item.body;
    if (state === "failed") part(element, ".chat-mark").setAttribute("role", "alert");
    for (const button of element.querySelectorAll("[data-act]")) {
      button.addEventListener("click", button.matches("[data-act=forget]") ? forget : again);
    }
    this.#leadTo(element, null, quote);
    this.#tools.takePending(element, entry);
    return element;
  }

  /**
   * Let a quote lead to what it quotes.
   * @param {Element} item
   * @param {Wire.Row | null} row
   * @param {Quote | null} quote
   */
  #leadTo(item, row, quote) {
    item.querySelector("a.chat-quote")?.addEventListener("click", (event) => {
      event.preventDefault();
      if (quote?.seq) this.#does.onquote(row, quote.seq);
    });
  }
}

/** @param {{ name: string, clock: string, picture: string }} entry */
function heading({ name, clock, picture }) {
  return { name, clock, drawing: picture || "person" };
}

/** @param {Quote | null} quote */
function quoted(quote) {
  return quote && { answered: quote.seq ?? "", whom: quote.name, quoted: quote.text };
}

/** @param {Quote | null} quote */
function ofQuote(quote) {
  return { "a.chat-quote": quote && quote.seq !== null, "p.chat-quote": quote && quote.seq === null, "a.chat-quote > b": quote?.name };
}

/**
 * Within a run a message says whose it is only to those who do not see the one above it.
 * @param {HTMLElement} item
 * @param {boolean} first
 */
function setHead(item, first) {
  item.classList.toggle("is-first", first);
  if (!first) part(item, ".chat-head").className = "visually-hidden";
  keep(item, { "p.visually-hidden > svg": false });
}

/**
 * @param {HTMLElement} item
 * @param {string} sent
 */
function setTime(item, sent) {
  part(item, "time").setAttribute("datetime", sent.replace(/\.\d+/, ""));
}
