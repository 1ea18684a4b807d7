// Who takes part: their number above the conversation, and where there is room their names beside it.

import { copy } from "./templates.js";

/** @import { Store } from "../model/store.js" */
/** @import { Words } from "../model/words.js" */

export class People {
  /**
   * @param {HTMLElement} list
   * @param {{ store: Store, words: Words }} given
   */
  constructor(list, { store, words }) {
    this.#list = list;
    this.#store = store;
    this.#words = words;
    this.#drawn = this.#signature;
  }

  #list;
  #store;
  #words;
  #drawn;

  /** Facilitators first, each by name. */
  get #people() {
    const { members, people, facilitators } = this.#store;
    const here = [...members].flatMap((id) => people.get(id) ?? []).map((person) => ({ ...person, leads: facilitators.has(person.id) }));
    return here.sort((a, b) => Number(b.leads) - Number(a.leads) || this.#words.order.compare(a.name, b.name));
  }

  get #signature() {
    return JSON.stringify(this.#people.map(({ name, picture, leads }) => [name, picture, leads]));
  }

  draw() {
    if (this.#drawn === this.#signature) return;
    this.#drawn = this.#signature;
    const people = this.#people;
    const count = this.#words.count(this.#words.say.people, people.length);
    for (const element of document.querySelectorAll("[data-how-many]")) element.textContent = count;
    this.#list.replaceChildren(...people.map((person) => this.#row(person)));
  }

  /** @param {Wire.Person & { leads: boolean }} person */
  #row({ id, name, picture, leads }) {
    const isMe = id === this.#store.me;
    return copy("person", { id, name, drawing: picture || "person" }, { "span:not(.chip)": isMe, a: !isMe, ".chip": leads });
  }
}
