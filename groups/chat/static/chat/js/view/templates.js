// What the server draws, as new elements: copies of the page's <template>s, which it made of the very files that draw its own
// (templates/chat/_templates.html).

import { fill } from "../model/words.js";
import { byId } from "./elements.js";

/** @typedef {Record<string, string | number>} Values What stands in the place of each {name}; of the ids, `id` and `author`. */

const HOLE = /\{\w+\}|00000000-/;
const IDS = /00000000-0000-0000-0000-00000000000([01])/g; // in an address, in the place of others (groups/chat/page/data.py)

/**
 * @param {string} name
 * @param {Values} values
 * @param {Record<string, unknown>} applies
 */
function copied(name, values, applies = {}) {
  const template = byId(`template-${name}`, HTMLTemplateElement);
  const element = document.importNode(template.content, true).firstElementChild;
  if (!element) throw new TypeError(`There is no element in the template "${name}".`);
  keep(element, applies);
  return fillIn(element, values);
}

/**
 * A copy of a template, with the parts that apply and with these values in it.
 * @param {string} name
 * @param {Values} [values]
 * @param {Record<string, unknown>} [applies] by selectors
 */
export function copy(name, values = {}, applies = {}) {
  return /** @type {HTMLElement} */ (copied(name, values, applies));
}

/**
 * Put values into an element and all that is in it.
 * @template {Element} T
 * @param {T} element
 * @param {Values} values
 */
export function fillIn(element, values) {
  /** @param {string} text */
  const filled = (text) => fill(text.replace(IDS, (_id, which) => (which === "0" ? "{id}" : "{author}")), values);
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
  for (let node = /** @type {Node | null} */ (walker.currentNode); node; node = walker.nextNode()) {
    const texts = node instanceof Element ? [...node.attributes] : [/** @type {Text} */ (node)];
    for (const text of texts) if (HOLE.test(text.nodeValue ?? "")) text.nodeValue = filled(text.nodeValue ?? "");
  }
  return element;
}

/**
 * The part of an element that this selector finds.
 * @param {Element} element
 * @param {string} selector
 */
export function part(element, selector) {
  const found = element.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new TypeError(`There is no ${selector} in it.`);
  return found;
}

/**
 * Take the parts out that do not apply.
 * @param {Element} element
 * @param {Record<string, unknown>} applies by selectors
 */
export function keep(element, applies) {
  for (const [selector, does] of Object.entries(applies)) {
    if (!does) for (const found of element.querySelectorAll(selector)) found.remove();
  }
}

/** @param {string} name */
export function icon(name) {
  return copied("icon", { icon: name });
}

/**
 * The picture that a member chose, by its key, or that of a person.
 * @param {string} [key]
 */
export function drawing(key) {
  return copied("drawing", { picture: key || "person" });
}
