// Elements: those that the server drew, and new ones.

/**
 * The element of the page that has this id, and is of the kind that belongs there.
 * @template {HTMLElement} T
 * @param {string} id
 * @param {new () => T} kind
 * @returns {T}
 */
export function byId(id, kind) {
  const element = document.getElementById(id);
  if (!(element instanceof kind)) throw new TypeError(`There is no #${id} of the kind that belongs here.`);
  return element;
}

/**
 * What an event happened to, or the nearest around it that fits.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function hit({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}

/**
 * Make an element with properties, attributes (those with a hyphen), data and children: strings are text, and what is null or false is left out.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Partial<HTMLElementTagNameMap[T]> & { data?: Record<string, string>, [attribute: `aria-${string}`]: string }} properties
 * @param {...(Node | string | null | undefined | false)} children
 */
export function make(tag, { data = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name.includes("-") || name === "role") element.setAttribute(name, String(value));
    else Object.assign(element, { [name]: value });
  }
  Object.assign(element.dataset, data);
  for (const child of children) if (child != null && child !== false) element.append(child);
  return element;
}
