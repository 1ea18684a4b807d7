// The keyboard. templates/chat/_keys.html lists what works here; both change together.

const REGIONS = ["#channels a", "#log", "#body"]; // what F6 goes through, each by what takes the focus in it

/** `lineOf(element)` gives the row of a line, or the item of what waits; `edit(row)` takes it into the box where it is one's own, `answer(row)` where it stands. */
export class Keys {
  constructor({ view, composer, reply, undo, switcher, lineOf, edit, answer, signal }) {
    this.#view = view;
    this.#composer = composer;
    this.#reply = reply;
    this.#undo = undo;
    this.#switcher = switcher;
    const letters = { e: edit, r: answer, u: (row) => row.id && view.markUnreadFrom(row) };
    for (const [letter, act] of Object.entries(letters)) {
      this.#letters[letter] = (item) => {
        const row = lineOf(item);
        if (row) act(row);
      };
    }
    // page.js closes menus on Escape, before we hear of the key
    document.addEventListener("keydown", () => (this.#menuWasOpen = Boolean(document.querySelector("details[data-menu][open]"))), { capture: true, signal });
    document.addEventListener("keydown", (event) => this.#take(event), { signal });
    document.getElementById("keys-open").addEventListener("click", () => this.#help.showModal(), { signal });
  }

  #view;
  #composer;
  #reply;
  #undo;
  #switcher;
  #letters = { m: (item) => this.openMenu(item) };
  #menuWasOpen = false;
  #help = document.getElementById("keys");

  #take(event) {
    if (document.querySelector("dialog[open]") || event.isComposing) return;
    const writing = event.target.closest?.("textarea, input, select");
    const inLog = this.#view.log.contains(event.target);
    if (event.key === "End" && !event.shiftKey && !writing?.value) this.#view.toEnd();
    else if (event.key === "Escape" && !event.defaultPrevented) this.#escape(inLog);
    else if (event.key === "F6") this.#goOn(event);
    else if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) this.#open(event, this.#switcher);
    else if (event.key === "?" && !writing) this.#open(event, this.#help);
    else if (isUndo(event) && event.target === this.#composer.box && this.#composer.isUntouched && this.#undo.act()) event.preventDefault();
    else if (inLog && !event.target.closest(".menu-sheet")) this.#inTheLog(event);
    else if (inLog) this.#inAMenu(event);
  }

  #open(event, dialog) {
    event.preventDefault();
    dialog.showModal();
  }

  #escape(inLog) {
    if (this.#menuWasOpen) return;
    if (inLog) this.#composer.box.focus();
    else if (this.#reply.end()) this.#composer.box.focus();
    else this.#view.dismissLine();
  }

  #inTheLog(event) {
    const item = event.target.closest("#lines > li");
    const isMenuKey = event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);
    const letter = !event.ctrlKey && !event.metaKey && !event.altKey && item && this.#letters[event.key];
    if (event.key === "ArrowUp" || event.key === "ArrowDown") {
      event.preventDefault();
      this.#view.step(event.key === "ArrowUp" ? -1 : 1);
    } else if (event.key === "Home" && !event.shiftKey) {
      this.#view.toStart();
    } else if (isMenuKey || letter) {
      event.preventDefault();
      (letter || this.#letters.m)(item);
    }
  }

  /** Open the menu of a line, with the focus in it; false where it has none. */
  openMenu(item) {
    const menu = item?.querySelector(".talk-menu");
    menu?.querySelector(":scope:not([open]) > summary")?.click();
    menu?.querySelector("button").focus();
    return Boolean(menu);
  }

  #inAMenu(event) {
    const items = [...event.target.closest(".menu-sheet").querySelectorAll(".menu-item, .talk-sign")];
    const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    items.at((items.indexOf(event.target) + by) % items.length)?.focus();
  }

  #goOn(event) {
    event.preventDefault();
    const regions = REGIONS.map((selector) => document.querySelector(selector)).filter((each) => each?.checkVisibility());
    const at = regions.findIndex((each) => each === document.activeElement || each.closest("nav, #log, #box")?.contains(document.activeElement));
    regions.at(event.shiftKey ? (at < 0 ? -1 : at - 1) : (at + 1) % regions.length).focus();
  }
}

function isUndo({ key, ctrlKey, metaKey, shiftKey, altKey }) {
  return key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey && !altKey;
}
