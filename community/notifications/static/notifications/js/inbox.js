// What a page does with what is new in its member's inbox.

import { showNumber, shows } from "./number.js";
import { renewRegions } from "./regions.js";

/** @typedef {{ count: number, version: number }} Inbox How many notifications are unread, counted at that version of the inbox. */

/** @type {Inbox | null} */
let known = null;

/**
 * Show how the inbox stands, unless something newer is shown already.
 * @param {Inbox} inbox
 */
export function takeInbox(inbox) {
  if (known && inbox.version <= known.version) return;
  const isNew = known ? true : !shows(inbox.count); // the first word after the page: it mostly says what the page does
  known = inbox;
  showNumber(inbox.count);
  if (isNew) renewRegions();
}
