// A plain page called "Notes" over the one that is open. It hides, it does not lock: any key or tap lifts it.

/** @type {HTMLDialogElement | null} */
const sheet = document.querySelector("[data-cover]");
const MODIFIERS = new Set(["Alt", "AltGraph", "Control", "Meta", "Shift"]);
let title = "";
let forGood = false; // somebody is leaving: no key and no tap may show the page again while the other site is slow
let byItself = false; // it came with the page's going out of sight, and may go again with its return

export const isCovered = () => Boolean(sheet?.open);

/** Cover the page. A modal dialog takes the focus, gives it back, and makes all that is under it inert. */
export function cover() {
  byItself = false;
  if (!sheet || sheet.open) return;
  title = document.title;
  document.title = sheet.querySelector("h1")?.textContent ?? "";
  sheet.showModal();
  document.dispatchEvent(new Event("covered"));
}

export function coverForGood() {
  cover();
  forGood = true;
  for (const line of sheet?.querySelectorAll("p") ?? []) line.hidden = true;
}

export function uncover() {
  if (!sheet?.open || forGood) return;
  sheet.close();
  document.title = title;
  document.dispatchEvent(new Event("uncovered"));
}

/** @param {KeyboardEvent} event */
function onkey(event) {
  const chord = event.altKey && event.shiftKey && (event.code === "KeyP" || event.key.toLowerCase() === "p");
  if (!isCovered() && !chord) return;
  if (isCovered() && MODIFIERS.has(event.key)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (event.repeat) return;
  if (isCovered()) uncover();
  else cover();
}

/**
 * Cover what has been out of sight for `seconds`; on a touch screen at once, since its list of open apps shows the page.
 * @param {number} seconds
 */
function coverOutOfSight(seconds) {
  const touch = matchMedia("(pointer: coarse)").matches;
  let since = 0;
  let timer = 0;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.visibilityState === "hidden") {
      since = Date.now();
      if (isCovered()) return;
      if (touch || seconds === 0) {
        cover();
        byItself = seconds > 0;
      } else timer = setTimeout(cover, seconds * 1_000);
    } else if (Date.now() - since >= seconds * 1_000) cover();
    else if (byItself) uncover();
  });
}

/**
 * A page that comes out of the browser's memory may be one of a session that has ended: ask for it anew, out of sight.
 * @param {PageTransitionEvent} event
 */
function askAgain(event) {
  if (!event.persisted) return;
  cover();
  location.reload();
}

if (sheet) {
  const { who, coverAfter } = document.body.dataset;
  window.addEventListener("keydown", onkey, true);
  sheet.addEventListener("click", uncover);
  sheet.addEventListener("cancel", (event) => event.preventDefault());
  if (coverAfter && Number(coverAfter) >= 0) coverOutOfSight(Number(coverAfter));
  if (who) window.addEventListener("pageshow", askAgain);
}
