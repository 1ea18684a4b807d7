// Ctrl+K: go to another of my groups by a few letters of its name. It offers what the list beside the talk holds at that moment.

import { make } from "./line.js";

export class Switcher {
  constructor(dialog) {
    this.#dialog = dialog;
    this.#field = dialog.querySelector("input");
    this.#list = dialog.querySelector("ul");
    this.#none = dialog.querySelector("[data-none]");
    this.#field.addEventListener("input", () => this.#offer());
    dialog.addEventListener("keydown", (event) => this.#key(event));
  }

  #dialog;
  #field;
  #list;
  #none;

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
    const all = [...document.querySelectorAll("#channels a:not([aria-current])")];
    const fitting = all.filter((link) => link.querySelector(".talk-channel-name").textContent.toLocaleLowerCase().includes(typed));
    this.#list.replaceChildren(...fitting.map((link) => make("li", {}, make("a", { className: "menu-item", href: link.href }, ...this.#wordsOf(link)))));
    this.#none.hidden = fitting.length > 0;
  }

  /** The name, and what is new there, as the list shows it. */
  #wordsOf(link) {
    return [...link.children].map((part) => part.cloneNode(true));
  }

  #key(event) {
    const links = this.#links;
    const at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown") links[Math.min(at + 1, links.length - 1)]?.focus();
    else if (event.key === "ArrowUp") (at > 0 ? links[at - 1] : this.#field).focus();
    else if (event.key === "Enter" && event.target === this.#field) links[0]?.click();
    else return;
    event.preventDefault();
  }
}
