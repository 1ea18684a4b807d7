// What is in the box, and what could not be sent yet, is kept on the server: it survives the tab, the browser and the device.

const PAUSE_MS = 2_000;

/**
 * `text()` gives what is to be kept now; `onsaved()` hears when it is, `onrefused(sentence)` why it is not, and `onother()` that another
 * tab saves its own in the place of it.
 * Nothing readable is kept in the browser. Tabs with the same conversation tell each other what they may save: the last wins.
 */
export class Drafts {
  /**
   * @param {{ url: string, token: string, saved: string, text: () => string,
   *   onsaved: () => void, onrefused: (sentence: string) => void, onother: () => void }} given
   */
  constructor({ url, token, saved, text, onsaved, onrefused, onother }) {
    this.#url = url;
    this.#token = token;
    this.#known = [saved];
    this.#text = text;
    this.#onsaved = onsaved;
    this.#onrefused = onrefused;
    this.#onother = onother;
    this.#tabs = new BroadcastChannel(`draft ${url}`);
    this.#tabs.onmessage = ({ data }) => this.#heard(data);
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    window.addEventListener("pagehide", () => this.flush());
  }

  #url;
  #token;
  #known; // all that the server may hold
  #text;
  #onsaved;
  #onrefused;
  #onother;
  #tabs;
  #timer = 0;
  /** @type {string | null} */
  #touched = null;
  /** @type {Promise<void>} */
  #turn = Promise.resolve();
  #over = false;

  refused = false; // what was to be kept last is not

  /** The texts that the server may hold by now; some are still on their way. */
  get known() {
    return [...this.#known];
  }

  /**
   * What the page before knew of the server; its last save may arrive only now.
   * @param {string[]} texts
   */
  expect(texts) {
    this.#known.push(...texts);
  }

  /**
   * Whether the server holds just this.
   * @param {string} text
   */
  has(text) {
    return this.#known.length === 1 && this.#known[0] === text;
  }

  /** Something may have changed: save when what is to be kept has been the same for two seconds. */
  touch() {
    const text = this.#text();
    if (text === this.#touched) return;
    this.#touched = text;
    this.#tabs.postMessage(text); // not only when it is saved: this page may be gone by then
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Save now, one after the other so that the newest stays. */
  flush() {
    clearTimeout(this.#timer);
    this.#turn = this.#turn.then(() => this.#save()).catch(() => {});
    return this.#turn;
  }

  end() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#tabs.close();
  }

  // Another tab's text takes the place of ours on the server. Where we hold one, it is saved again when this tab is left.
  /** @param {string} text */
  #heard(text) {
    if (!this.#text()) return;
    this.#known.push(text);
    this.#onother();
  }

  async #save() {
    const text = this.#text();
    if (this.#over || (this.has(text) && !this.refused)) return;
    this.#known.push(text);
    const answer = await fetch(this.#url, {
      method: "POST",
      headers: { "X-CSRFToken": this.#token, Accept: "application/json" },
      body: new URLSearchParams({ body: text }),
      redirect: "manual",
      keepalive: new Blob([text]).size < 20_000, // so that it also arrives from a page that closes
    });
    this.refused = answer.status === 422;
    if (this.refused) return this.#onrefused((await answer.json()).detail);
    if (answer.status !== 204) throw new Error("the draft was not saved");
    this.#known = [text];
    this.#onsaved();
  }
}
