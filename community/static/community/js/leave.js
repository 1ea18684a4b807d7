// "Leave quickly": by the button, by its hidden twin, or by Shift pressed alone three times within five seconds.

import { cover, coverForGood } from "./cover.js";

const TIMES = 3;
const WITHIN_MS = 5_000;

/** @type {HTMLFormElement | null} */
const form = document.querySelector("#leave");
/** @type {HTMLElement | null} */
const dots = document.querySelector("[data-dots]");
/** @type {HTMLElement | null} */
const said = document.querySelector("[data-dots-said]");
const trial = document.querySelector("[data-try]");

/**
 * Hide the page before anything asks the network; then end the session without waiting for it, and be elsewhere.
 * @param {HTMLFormElement} form
 */
function leave(form) {
  if (window.top && window.top !== window) {
    // In the frame of the editor's preview: the page around it has to go.
    /** @type {HTMLFormElement | null} */
    const around = window.top.document.querySelector("#leave");
    return around?.requestSubmit();
  }
  coverForGood();
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true); // no question may hold anybody here
  fetch(form.action, { method: "POST", keepalive: true }).catch(() => {});
  forgetKept();
  location.replace(form.dataset.leave ?? "");
}

/** Delete what chat/js/net/vault.js keeps, also where the answer that would have it deleted never comes. */
function forgetKept() {
  try {
    indexedDB.deleteDatabase("kept");
  } catch {
    // a browser that has none, or lets nobody at it
  }
}

/** On the page that explains it nobody leaves, and nothing is shown again before a key is pressed: it might have been meant. */
function tryIt() {
  cover();
  document.addEventListener(
    "uncovered",
    () => {
      /** @type {HTMLElement | null | undefined} */
      const note = trial?.querySelector("[data-tried]");
      if (note) note.textContent = note.dataset.tried ?? "";
    },
    { once: true },
  );
}

/**
 * Hear Shift alone, and show by dots how often it came.
 * @param {{ dots: HTMLElement | null, said: HTMLElement | null, onthird: () => void }} given
 */
function watchShift({ dots, said, onthird }) {
  /** @type {number[]} */
  let times = [];
  let alone = false;
  let timer = 0;

  /** @param {number} count */
  const show = (count) => {
    if (dots) {
      dots.hidden = count === 0;
      dots.dataset.count = String(count);
    }
    if (said) said.textContent = ["", said.dataset.twice, said.dataset.once][count] ?? "";
    clearTimeout(timer);
    if (count) timer = setTimeout(forget, WITHIN_MS);
  };
  const forget = () => {
    times = [];
    show(0);
  };
  const other = () => {
    alone = false;
    if (times.length) forget();
  };

  // A Shift that makes a capital letter has another key in it; one that stands between letters (Sticky Keys) has one after it.
  window.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Shift" || event.altKey || event.ctrlKey || event.metaKey) other();
      else if (!event.repeat) alone = true;
    },
    true,
  );
  window.addEventListener(
    "keyup",
    (event) => {
      if (event.key !== "Shift" || !alone) return;
      alone = false;
      const now = performance.now();
      times = [...times.filter((time) => now - time < WITHIN_MS), now];
      show(times.length);
      if (times.length < TIMES) return;
      forget();
      onthird();
    },
    true,
  );
  for (const kind of ["pointerdown", "wheel"]) window.addEventListener(kind, other, { capture: true, passive: true });
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave(form);
  });
  trial?.querySelector("[data-try-button]")?.addEventListener("click", tryIt);
  if (!("noKeys" in document.body.dataset)) watchShift({ dots, said, onthird: () => (trial ? tryIt() : leave(form)) });
}
