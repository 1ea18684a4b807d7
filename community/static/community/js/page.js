// What every page gains from scripts. Without them everything still works.

import "./cover.js";
import "./leave.js";
import "./stay.js";
import { workerURL } from "./trusted.js";

function showPasswords() {
  for (const button of document.querySelectorAll("[data-show]")) {
    const input = document.getElementById(button.dataset.show);
    button.hidden = false;
    button.addEventListener("click", () => {
      const shown = input.type === "text";
      input.type = shown ? "password" : "text";
      button.setAttribute("aria-pressed", String(!shown));
      input.focus();
    });
    // A shown password must not be kept by the browser as an ordinary text.
    input.form?.addEventListener("submit", () => (input.type = "password"));
  }
}

function copyTexts() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    const text = document.getElementById(button.dataset.copy);
    button.hidden = false;
    button.addEventListener("click", async () => {
      getSelection().selectAllChildren(text);
      let said = button.dataset.copied;
      try {
        await navigator.clipboard.writeText(text.textContent.replaceAll(" ", "").trim());
      } catch {
        said = button.dataset.selected; // not over plain http, nor where the browser was told not to
      }
      button.nextElementSibling.textContent = said;
    });
  }
}

function sayWhatIsWrong() {
  // At the field and in a list that takes the focus; a browser's own bubble is gone after a moment.
  for (const form of document.forms) form.noValidate = true;
}

function closeMenus() {
  const open = () => document.querySelectorAll("details[data-menu][open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
    }
  });
}

function keepHelp() {
  // The worker keeps the help page for when there is no connection, and nothing else.
  navigator.serviceWorker?.register(workerURL(), { scope: "/" }).catch(() => {});
}

showPasswords();
copyTexts();
sayWhatIsWrong();
closeMenus();
// Where one field alone is wrong, it has the focus, and what is wrong is read with it.
if (!document.querySelector("main [autofocus]")) document.querySelector("[data-error-summary]")?.focus();
keepHelp();
