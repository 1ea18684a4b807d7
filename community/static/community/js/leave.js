// "Leave quickly": by the button, by its hidden twin, or by Shift pressed alone three times within five seconds.

import { cover, coverForGood } from "./cover.js";

const TIMES = 3;
const WITHIN_MS = 5_000;

const form = document.getElementById("leave");
const dots = document.querySelector("[data-dots]");
const said = document.querySelector("[data-dots-said]");
const trial = document.querySelector("[data-try]");

/** Hide the page before anything asks the network; then end the session without waiting for it, and be elsewhere. */
function leave() {
  // In the frame of the editor's preview: the page around it has to go.
  if (window.top !== window) return window.top.document.getElementById("leave").requestSubmit();
  coverForGood();
  window.addEventListener("beforeunload", (event) => event.stopImmediatePropagation(), true); // no question may hold anybody here
  fetch(form.action, { method: "POST", keepalive: true }).catch(() => {});
  forgetKept();
  location.replace(form.dataset.leave);
}

/** Delete what js/chat/vault.js keeps, also where the answer that would have it deleted never comes. */
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
      const note = trial.querySelector("[data-tried]");
      note.textContent = note.dataset.tried;
    },
    { once: true },
  );
}

function watchShift() {
  let times = [];
  let alone = false;
  let timer = 0;

  const show = (count) => {
    dots.hidden = count === 0;
    dots.dataset.count = count;
    said.textContent = { 1: said.dataset.twice, 2: said.dataset.once }[count] ?? "";
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
      if (trial) tryIt();
      else leave();
    },
    true,
  );
  for (const kind of ["pointerdown", "wheel"]) window.addEventListener(kind, other, { capture: true, passive: true });
}

if (form) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  trial?.querySelector("[data-try-button]").addEventListener("click", tryIt);
  if (!("noKeys" in document.body.dataset)) watchShift();
}
