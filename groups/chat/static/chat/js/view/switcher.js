// Ctrl+K: go to another of my groups by a few letters of its name. It offers what the list beside the conversation holds at that moment.

import { byId, make } from "./elements.js";

export class Switcher {
  constructor() {
    this.#field.addEventListener("input", () => this.#offer());
    this.#dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  #dialog = byId("switcher", HTMLDialogElement);
  #field = byId("switcher-field", HTMLInputElement);
  #list = byId("switcher-list", HTMLUListElement);
  #none = byId("switcher-none", HTMLElement);

  showModal() {
    this.#field.value = "";
    this.#offer();
    this.#dialog.showModal();
    this.#field.focus();
  }

  get #links() {
    return [...this.#list.querySelectorAll("a")];
  }

  #offer() {
    const typed = this.#field.value.trim().toLocaleLowerCase();
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const all = document.querySelectorAll("#channels a:not([aria-current])");
    const fitting = [...all].filter((link) => link.querySelector(".chat-channel-name")?.textContent?.toLocaleLowerCase().includes(typed));
    this.#list.replaceChildren(...fitting.map((link) => make("li", {}, make("a", { className: "menu-item", href: link.href }, ...this.#wordsOf(link)))));
    this.#none.hidden = fitting.length > 0;
  }

  /**
   * The name, and what is new there, as the list shows it.
   * @param {HTMLElement} link
   */
  #wordsOf(link) {
    return [...link.children].map((part) => part.cloneNode(true));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const links = this.#links;
    const at = links.findIndex((link) => link === document.activeElement);
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : this.#field).focus();
    else if (event.key === "Enter" && event.target === this.#field) links[0]?.click();
    else return;
    event.preventDefault();
  }
}
