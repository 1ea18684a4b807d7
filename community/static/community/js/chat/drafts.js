// What is in the box, and what could not be sent yet, is kept on the server: it survives the tab, the browser and the device.

const PAUSE_MS = 2_000;

/**
 * `text()` gives what is to be kept now; `onsaved()` hears when it is, and `onrefused(sentence)` why it is not.
 * Nothing readable is kept in the browser.
 */
export class Drafts {
  constructor({ url, token, saved, text, onsaved, onrefused }) {
    this.#url = url;
    this.#token = token;
    this.#saved = saved;
    this.#text = text;
    this.#onsaved = onsaved;
    this.#onrefused = onrefused;
    document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && this.flush());
    window.addEventListener("pagehide", () => this.flush());
  }

  #url;
  #token;
  #saved;
  #text;
  #onsaved;
  #onrefused;
  #timer = 0;
  #touched = null;
  #turn = Promise.resolve();
  #over = false;

  refused = false; // what was to be kept last is not

  /** Something may have changed: save when what is to be kept has been the same for two seconds. */
  touch() {
    const text = this.#text();
    if (text === this.#touched) return;
    this.#touched = text;
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
  }

  async #save() {
    const text = this.#text();
    if (this.#over || (text === this.#saved && !this.refused)) return;
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
    this.#saved = text;
    this.#onsaved();
  }
}
