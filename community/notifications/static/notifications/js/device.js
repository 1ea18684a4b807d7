// "Notifications on this device": finds out what this browser can, asks it only when its member taps, and says what came of it.

import { isNoted, register, renewed, subscription } from "../../community/js/push.js";

/** @type {HTMLElement | null} */
const page = document.querySelector("[data-device]");
/** @type {NodeListOf<HTMLElement>} */
const states = document.querySelectorAll("[data-state]");
/** @type {HTMLElement | null} */
const said = document.querySelector("[data-said]");
/** @type {HTMLButtonElement | null} */
const turnOn = document.querySelector("[data-turn-on]");

const isApple = /iPhone|iPad|iPod/.test(navigator.userAgent) || (/Macintosh/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
const isInstalled = matchMedia("(display-mode: standalone)").matches || ("standalone" in navigator && navigator.standalone === true);

/** @param {string} name */
function show(name) {
  for (const state of states) state.hidden = state.dataset.state !== name;
}

/** @param {"failed" | "private" | "unsure" | "offline"} why */
function say(why) {
  if (said) said.textContent = said.dataset[why] ?? "";
}

async function look() {
  if (isApple && !isInstalled) return show("ios");
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return show("none");
  if (!page?.dataset.key) return show("closed");
  if (Notification.permission === "denied") return show("denied");
  try {
    if (await renewed) return location.reload();
    const found = await subscription();
    show(Notification.permission === "granted" && found && (await isNoted(found)) && "on" in page.dataset ? "on" : "off");
  } catch {
    show("off");
  }
}

/** Asks the browser: only here, and only after a tap. */
async function ask() {
  const permission = await Notification.requestPermission();
  if (permission === "denied") return show("denied");
  if (permission !== "granted") return say("unsure");
  const answer = await register(page?.dataset.key ?? "");
  if (answer.ok) location.reload();
  else if (said) said.textContent = (await answer.json()).detail;
}

turnOn?.addEventListener("click", async () => {
  turnOn.disabled = true;
  if (said) said.textContent = said.dataset.waiting ?? "";
  try {
    await ask();
  } catch (error) {
    say(error instanceof TypeError ? "offline" : error instanceof DOMException && error.name === "AbortError" ? "private" : "failed");
  }
  turnOn.disabled = false;
});

// Turned off here, the browser's own subscription ends as well.
document.querySelector("[data-remove-here]")?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = /** @type {HTMLFormElement} */ (event.target);
  try {
    await (await subscription())?.unsubscribe();
  } catch {
    // the server sends nothing more in any case
  }
  form.submit();
});

look();
