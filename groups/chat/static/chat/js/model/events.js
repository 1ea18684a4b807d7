// What a store tells those who listen.

/** @import { Reason } from "../view/closing.js" */

/**
 * @typedef {object} Told
 * @property {undefined} rows there is something to draw
 * @property {{ rows: Wire.Row[], missed: boolean }} arrived new rows of others, and whether they come after an absence
 * @property {boolean} returned more was missed than is told row by row, and the stretch was loaded afresh; whether what was read was kept
 * @property {{ row: Wire.Row, isNew: boolean }} stored one of ours, in any channel, and whether it comes into this conversation just now
 * @property {number} unread this was marked unread elsewhere, from that seq on
 * @property {undefined} channels something is new in the list of channels
 * @property {string} typing the id of a member
 * @property {Wire.Refusal} refused
 * @property {undefined} stale too much was missed of another channel: greet anew
 * @property {Reason} gone
 * @property {Wire.Row[]} passed for what is quoted: rows that changed just now,
 * @property {Wire.Row[]} quoted or are answered in a page that came;
 * @property {undefined} forgotten and what was known may be old
 */

/**
 * Hear what a store tells.
 * @template {keyof Told} T
 * @param {EventTarget} store
 * @param {T} type
 * @param {(told: Told[T]) => void} listener
 * @param {AddEventListenerOptions} [options]
 */
export function hear(store, type, listener, options) {
  store.addEventListener(type, (event) => event instanceof CustomEvent && listener(event.detail), options);
}
