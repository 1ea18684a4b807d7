// How much is new: in the badges of the page, and before its title.

import { isCovered } from "../../community/js/cover.js";

const MOST = 100; // the server counts no further
const BEFORE_TITLE = /^\(\d+\+?\) /;

/** @type {string | null} */
let number = null; // until it is told, the page knows better

/** @returns {HTMLElement[]} */
const badges = () => [...document.querySelectorAll("[data-inbox]")].filter((each) => each instanceof HTMLElement);

/**
 * The number as people read it; nothing for none.
 * @param {number} count
 */
const said = (count) => (count === 0 ? "" : count < MOST ? String(count) : `${MOST - 1}+`);

/**
 * Whether the page shows just that.
 * @param {number} count
 */
export const shows = (count) => badges()[0]?.textContent?.trim() === said(count);

/** @param {number} count */
export function showNumber(count) {
  number = said(count);
  for (const badge of badges()) {
    badge.textContent = number;
    badge.hidden = !number;
  }
  nameTitle();
}

/** A page that is covered has another title until it is uncovered. */
function nameTitle() {
  if (number === null || isCovered()) return;
  document.title = (number && `(${number}) `) + document.title.replace(BEFORE_TITLE, "");
}

document.addEventListener("uncovered", nameTitle);
