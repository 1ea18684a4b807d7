// When the conversation is over for this member its talk leaves the page, and the page says why and what to do next.

import { make } from "./line.js";

/** The reasons after which a member does not belong to the group any more, but is signed in. */
export const OUT_OF_GROUP = new Set(["left", "removed", "ended"]);

export class Closing {
  constructor({ words, urls }) {
    this.#say = words.say;
    this.#urls = urls;
  }

  #say;
  #urls;

  /** `reason` is "left", "removed", "ended" (either of them), "signed_out", "paused" or "second_step"; `unsent` is what they had written, theirs to copy. */
  show(reason, unsent) {
    const mine = OUT_OF_GROUP.has(reason);
    const title = make("h1", { tabIndex: -1 }, mine ? this.#say.left_heading : this.#say[reason]);
    const panel = make("div", { className: "talk-closed stack", role: "alert" }, title);
    if (mine) panel.append(make("p", {}, this.#say.out_of_group[reason]));
    if (unsent) panel.append(this.#unsent(unsent));
    panel.append(make("p", {}, this.#wayOn(reason, mine)));
    for (const dialog of document.querySelectorAll("dialog[open]:not([data-cover])")) dialog.close();
    document.querySelector(".talk-where")?.remove(); // in the site's header
    document.getElementById("main").replaceChildren(panel);
    title.focus();
  }

  #wayOn(reason, mine) {
    const { groups, help, sign_in: signIn } = this.#urls;
    const ways = {
      paused: [help, this.#say.help],
      second_step: [location.pathname, this.#say.take_step], // the page itself leads there
      signed_out: [`${signIn}?next=${encodeURIComponent(location.pathname)}`, this.#say.sign_in],
    };
    const [href, label] = mine ? [groups, this.#say.groups] : ways[reason];
    return make("a", { className: "button", href }, label);
  }

  #unsent(text) {
    const box = make("textarea", { className: "input", rows: 4, readOnly: true, value: text, id: "unsent" });
    return make("div", { className: "field" }, make("label", { htmlFor: "unsent" }, this.#say.unsent), box);
  }
}
