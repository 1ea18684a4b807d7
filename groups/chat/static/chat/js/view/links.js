// Links to pages of this site show their title to whoever may read them now. The row is the same for all: titles are asked for apart from it.

const MOST = 50; // addresses at a time (community/kit/limits.py)

/**
 * The path to which a link leads, where it shows that address and the page is one of ours.
 * @param {HTMLAnchorElement} link
 */
function ownPath({ origin, pathname, textContent }) {
  return origin === location.origin && textContent?.includes(pathname) ? pathname : "";
}

export class Links {
  /** @param {{ list: HTMLElement, url: string, token: string, signal: AbortSignal }} given */
  constructor({ list, url, token, signal }) {
    this.#list = list;
    this.#url = url;
    this.#token = token;
    const watch = new MutationObserver(() => this.#look());
    watch.observe(list, { childList: true, subtree: true });
    signal.addEventListener("abort", () => watch.disconnect());
    this.#look();
  }

  #list;
  #url;
  #token;
  /** @type {Map<string, string>} */
  #titles = new Map(); // by path; "" where there is none for this reader, or not yet
  #isAsking = false;

  #look() {
    /** @type {Set<string>} */
    const unknown = new Set();
    /** @type {NodeListOf<HTMLAnchorElement>} */
    const links = this.#list.querySelectorAll(".chat-body a[href]");
    for (const link of links) {
      const path = ownPath(link);
      if (!path) continue;
      const title = this.#titles.get(path);
      if (title) link.textContent = title;
      else if (title === undefined) unknown.add(path);
    }
    if (unknown.size && !this.#isAsking) this.#ask([...unknown].slice(0, MOST));
  }

  /** @param {string[]} paths */
  async #ask(paths) {
    this.#isAsking = true;
    for (const path of paths) this.#titles.set(path, "");
    const body = new URLSearchParams(paths.map((path) => ["path", path]));
    const answer = await fetch(this.#url, { method: "POST", headers: { "X-CSRFToken": this.#token }, body, redirect: "manual" }).catch(() => null);
    this.#isAsking = false;
    if (!answer?.ok) return; // the addresses stay, which lead to the same pages
    const { titles } = await answer.json();
    for (const [path, title] of Object.entries(titles)) this.#titles.set(path, title);
    this.#look();
  }
}
