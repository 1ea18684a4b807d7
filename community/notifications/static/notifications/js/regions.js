// Regions of a page that change while it is open. They are taken from the same page, asked for anew: once a second at most, while it is seen.

import { parsed } from "../../community/js/trusted.js";

const PAUSE_MS = 1_000;
const AGAIN_MS = 10_000; // after the page could not be loaded
const LEFT_ALONE = "details[open], :focus:not(a)";

let isStale = false;
let isLoading = false;
let next = 0; // the earliest time
let timer = 0;

/** @returns {HTMLElement[]} */
const regions = () => [...document.querySelectorAll("[data-live]")].filter((each) => each instanceof HTMLElement);
const areUsed = () => regions().some((region) => region.querySelector(LEFT_ALONE));
/** @param {string[]} types */
const planOn = (...types) => {
  for (const type of types) document.addEventListener(type, plan, { capture: true, once: true });
};

/** Bring the regions of this page up to date. */
export function renewRegions() {
  isStale = true;
  plan();
}

function plan() {
  clearTimeout(timer);
  if (!isStale || isLoading || regions().length === 0) return;
  if (document.visibilityState === "hidden") return planOn("visibilitychange");
  timer = setTimeout(renew, Math.max(0, next - Date.now()));
}

async function renew() {
  if (areUsed()) return planOn("focusout", "toggle"); // what somebody is busy with does not change under their hands
  isStale = false;
  isLoading = true;
  next = Date.now() + PAUSE_MS;
  try {
    const answer = await fetch(location.href, { cache: "no-store", headers: { "X-By-Itself": "1" } }); // it is no sign that somebody is there
    if (answer.ok && !answer.redirected) put(parsed(await answer.text()));
  } catch {
    isStale = true;
    next = Date.now() + AGAIN_MS;
  }
  isLoading = false;
  plan();
}

/** @param {Document} page */
function put(page) {
  if (page.body.dataset.who !== document.body.dataset.who) return;
  if (areUsed()) {
    isStale = true; // since it was asked for
    return;
  }
  for (const region of regions()) {
    const fresh = page.querySelector(`[data-live="${region.dataset.live}"]`);
    if (fresh && fresh.innerHTML !== region.innerHTML) replace(region, fresh);
  }
}

/**
 * Links stay what they lead to: the one that had the focus has it again, and what one was reading stays where it was on the screen.
 * @param {HTMLElement} region
 * @param {Element} fresh
 */
function replace(region, fresh) {
  /** @param {Element | null | undefined} link */
  const like = (link) => link && [...region.querySelectorAll("a")].find((each) => each.getAttribute("href") === link.getAttribute("href"));
  const focused = region.querySelector("a:focus");
  const read = scrollY > 0 ? [...region.querySelectorAll("a")].find((each) => each.getBoundingClientRect().top >= 0) : null;
  const top = read?.getBoundingClientRect().top ?? 0;
  region.replaceChildren(...fresh.childNodes);
  like(focused)?.focus({ preventScroll: true });
  const now = like(read)?.getBoundingClientRect().top;
  if (now !== undefined) scrollBy({ top: now - top, behavior: "instant" });
}
