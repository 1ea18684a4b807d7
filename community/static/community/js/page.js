// What every page gains from scripts. Without them everything still works.

import "./cover.js";
import "./leave.js";
import "./stay.js";
import { workerURL } from "./trusted.js";

function showPasswords() {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("[data-show]");
  for (const button of buttons) {
    const input = document.getElementById(button.dataset.show ?? "");
    if (!(input instanceof HTMLInputElement)) continue;
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
      input.focus();
    });
    // A shown password must not be kept by the browser as an ordinary text.
    input.form?.addEventListener("submit", () => {
      input.type = "password";
    });
  }
}

function copyTexts() {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("[data-copy]");
  for (const button of buttons) {
    const text = document.getElementById(button.dataset.copy ?? "");
    const note = button.nextElementSibling;
    if (!text || !note) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      getSelection()?.selectAllChildren(text);
      let said = button.dataset.copied;
      try {
        await navigator.clipboard.writeText((text.textContent ?? "").replaceAll(" ", "").trim());
      } catch {
        said = button.dataset.selected; // not over plain http, nor where the browser was told not to
      }
      note.textContent = said ?? "";
    });
  }
}

function printPages() {
  /** @type {NodeListOf<HTMLElement>} */
  const buttons = document.querySelectorAll("[data-print]");
  for (const button of buttons) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }
}

function sayWhatIsWrong() {
  // At the field and in a list that takes the focus; a browser's own bubble is gone after a moment.
  for (const form of document.forms) form.noValidate = true;
}

function closeMenus() {
  /** @returns {NodeListOf<HTMLDetailsElement>} */
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", ({ target }) => {
    for (const menu of open()) if (target instanceof Node && !menu.contains(target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary")?.focus();
    }
  });
}

function keepHelp() {
  // The worker keeps the help page for when there is no connection, and nothing else.
  navigator.serviceWorker?.register(workerURL(), { scope: "/" }).catch(() => {});
}

/** At the icon of the installed app, the number of what is new, as it stands in the page. */
function showBadge() {
  const inbox = document.querySelector("[data-inbox]");
  if (!inbox || !navigator.setAppBadge) return;
  const show = () => navigator.setAppBadge(Number.parseInt(inbox.textContent ?? "", 10) || 0).catch(() => {});
  new MutationObserver(show).observe(inbox, { childList: true, characterData: true, subtree: true });
  show();
}

/** In a browser in which notifications are allowed, see to it that they still come. */
function keepPushes() {
  if ("push" in document.body.dataset && window.Notification?.permission === "granted") import("./push.js").catch(() => {});
}

/**
 * Forget what was kept for somebody whose session ended by itself. The server has the browser do that for everybody else; here the worker
 * stays, for pushes that go on. A guest's page keeps nothing.
 */
async function forgetKept() {
  if (!("guest" in document.body.dataset)) return;
  try {
    localStorage.clear();
    sessionStorage.clear();
    for (const { name } of (await indexedDB.databases?.()) ?? []) if (name) indexedDB.deleteDatabase(name);
    for (const name of (await window.caches?.keys()) ?? []) if (name !== "help") await caches.delete(name);
  } catch {
    // a browser that has none of it, or lets nobody at it
  }
}

showPasswords();
copyTexts();
printPages();
sayWhatIsWrong();
closeMenus();
/** @type {HTMLElement | null} */
const summary = document.querySelector("[data-error-summary]");
// Where one field alone is wrong, it has the focus, and what is wrong is read with it.
if (!document.querySelector("main [autofocus]")) summary?.focus();
keepHelp();
showBadge();
keepPushes();
forgetKept();
