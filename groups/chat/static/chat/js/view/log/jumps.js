// From an answer to what it answers, and back by the browser's own way. An address that ends in #m121 leads to the message of that seq.

import { byId } from "../elements.js";

/** @import { View } from "./view.js" */

export class Jumps {
  /**
   * `onlost()` hears where a message is not to be had.
   * @param {{ view: View, onlost: () => void }} given
   */
  constructor({ view, onlost }) {
    this.#view = view;
    this.#onlost = onlost;
    this.#pill.addEventListener("click", () => history.back());
    view.onend = () => {
      this.#pill.hidden = true;
    };
  }

  #view;
  #onlost;
  #pill = byId("pill-back", HTMLElement);

  /**
   * Go to a message, so that the browser's own way back leads to the answer again; one that is still on its way stands at the end.
   * @param {Wire.Row | null} answer
   * @param {number} seq
   */
  async jump(answer, seq) {
    if (!(await this.#view.goTo(seq))) return this.#onlost();
    history.replaceState(null, "", `${location.pathname}${location.search}${answer ? `#m${answer.seq}` : ""}`);
    history.pushState({ isFromAnswer: true }, "", `#m${seq}`);
    this.#pill.hidden = false;
  }

  /** Go where the address says. */
  follow() {
    const [, seq] = location.hash.match(/^#m(\d+)$/) ?? [];
    if (seq) this.#view.goTo(Number(seq));
    else this.#view.toEnd();
    this.#pill.hidden = !history.state?.isFromAnswer;
  }
}
