// What stands above the box and says how the connection is, and for a moment what else has to be said.

import { byId, make } from "./elements.js";

const BRIEFLY_MS = 5_000;
const PATIENCE_MS = 3_000; // a connection that is back this soon is not worth a word

export class Status {
  #element = byId("status", HTMLElement);
  #patience = 0;

  /**
   * How the connection is; nothing where it is well. What can be done about it is a button.
   * @param {string} text
   * @param {{ label: string, act: () => void }} [button]
   */
  say(text, button) {
    clearTimeout(this.#patience);
    this.#patience = 0;
    this.#show(text);
    if (!button) return;
    const { label, act } = button;
    this.#element.append(" ", make("button", { type: "button", className: "button button-second button-small", onclick: act }, label));
  }

  /**
   * The same, in a while, unless something else is said before.
   * @param {string} text
   */
  saySoon(text) {
    this.#patience ||= setTimeout(() => this.#show(text), PATIENCE_MS);
  }

  /**
   * Say something else for a moment; where the connection has something to say, that stays.
   * @param {string} text
   */
  sayBriefly(text) {
    if (this.#element.textContent) return;
    this.#show(text);
    setTimeout(() => {
      if (this.#element.textContent === text) this.#show("");
    }, BRIEFLY_MS);
  }

  /** @param {string} text */
  #show(text) {
    this.#element.replaceChildren(text);
  }
}
