// When the conversation is over for this member its messages leave the page, and the page says why and what to do next.

import { byId, make } from "./elements.js";

/** @import { Words } from "../model/words.js" */

/** @typedef {Wire.Reason | "signed_out" | "paused" | "second_step"} Reason "ended" where it is not known whether they left or were removed. */

/** The reasons after which a member does not belong to the group any more, but is signed in. */
const OUT_OF_GROUP = ["left", "removed", "ended"];

/**
 * @param {Reason} reason
 * @returns {reason is Wire.Reason}
 */
export const isOutOfGroup = (reason) => OUT_OF_GROUP.includes(reason);

export class Closing {
  /** @param {{ words: Words, urls: Wire.Urls }} given */
  constructor({ words, urls }) {
    this.#say = words.say;
    this.#urls = urls;
  }

  #say;
  #urls;

  /**
   * Take the conversation away; `unsent` is what they had written, theirs to copy.
   * @param {Reason} reason
   * @param {string} unsent
   */
  show(reason, unsent) {
    const title = make("h1", { tabIndex: -1 }, isOutOfGroup(reason) ? this.#say.left_heading : this.#say[reason]);
    const panel = make("div", { className: "chat-closed stack", role: "alert" }, title);
    if (isOutOfGroup(reason)) panel.append(make("p", {}, this.#say.out_of_group[reason]));
    if (unsent) panel.append(this.#unsent(unsent));
    panel.append(make("p", {}, this.#wayOn(reason)));
    /** @type {NodeListOf<HTMLDialogElement>} */
    const dialogs = document.querySelectorAll("dialog[open]:not([data-cover])");
    for (const dialog of dialogs) dialog.close();
    document.querySelector(".chat-where")?.remove(); // in the site's header
    byId("main", HTMLElement).replaceChildren(panel);
    title.focus();
  }

  /** @param {Reason} reason */
  #wayOn(reason) {
    const { groups, help, sign_in: signIn } = this.#urls;
    const ways = {
      paused: [help, this.#say.help],
      second_step: [location.pathname, this.#say.take_step], // the page itself leads there
      signed_out: [`${signIn}?next=${encodeURIComponent(location.pathname)}`, this.#say.sign_in],
    };
    const [href, label] = isOutOfGroup(reason) ? [groups, this.#say.groups] : ways[reason];
    return make("a", { className: "button", href }, label);
  }

  /** @param {string} text */
  #unsent(text) {
    const box = make("textarea", { className: "input", rows: 4, readOnly: true, value: text, id: "unsent" });
    return make("div", { className: "field" }, make("label", { htmlFor: "unsent" }, this.#say.unsent), box);
  }
}
