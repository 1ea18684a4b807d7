// How much is new, on the page that is open: in its badges, and before its title.

import { isCovered } from "../../community/js/cover.js";

const MOST = 100; // the server counts no further
const BEFORE_TITLE = /^\(\d+\+?\) /;

/** @typedef {{ count: number, version: number }} Inbox How many notifications are unread, counted at that version of the inbox. */

/** @type {Inbox | null} */
let known = null;

/** @param {number} count */
const said = (count) => (count < MOST ? String(count) : `${MOST - 1}+`);

/**
 * Show how much is new; false where something newer is shown already.
 * @param {Inbox} inbox
 */
export function showInbox({ count, version }) {
  if (known && version <= known.version) return false;
  known = { count, version };
  /** @type {NodeListOf<HTMLElement>} */
  const badges = document.querySelectorAll("[data-inbox]");
  for (const badge of badges) {
    badge.textContent = said(count);
    badge.hidden = count === 0;
  }
  nameTitle();
  return true;
}

/** A page that is covered has another title until it is uncovered. */
function nameTitle() {
  if (!known || isCovered()) return;
  document.title = (known.count ? `(${said(known.count)}) ` : "") + document.title.replace(BEFORE_TITLE, "");
}

document.addEventListener("uncovered", nameTitle);
