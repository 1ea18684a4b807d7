// The one Trusted Types policy of the site. The Content-Security-Policy allows this name and no other.

const WORKER = "/sw.js";

const policy = window.trustedTypes?.createPolicy("mainstay", {
  // Only HTML that the server made comes here: from a message's Markdown, by an allow-list, or a page of our own.
  createHTML: (html) => html,
  createScriptURL: (url) => {
    if (url !== WORKER) throw new TypeError(`${url} is no script of ours.`);
    return url;
  },
});

/**
 * Put a message's HTML, as the server made it, into `element`.
 * @param {HTMLElement} element
 * @param {string} html
 */
export function setHTML(element, html) {
  element.innerHTML = policy ? policy.createHTML(html) : html;
}

/**
 * Return a page of the server's as a document of which nothing runs.
 * @param {string} html
 */
export function parsed(html) {
  return new DOMParser().parseFromString(/** @type {string} */ (policy ? policy.createHTML(html) : html), "text/html");
}

/** The address of the service worker, in the form that the browser asks for. */
export function workerURL() {
  return policy ? policy.createScriptURL(WORKER) : WORKER;
}
