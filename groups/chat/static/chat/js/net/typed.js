// What stands in the box is kept in the vault from the first letter until the server has it: a page may end at any moment
// (docs/decisions/0025).

/** @import { Found, Kept, Vault } from "./vault.js" */

/**
 * @typedef {object} Change A change to a message, or to an item of the outbox, that is not saved yet.
 * @property {string} [id]
 * @property {string} client_id
 * @property {number} [seq]
 * @property {string} text
 */
/**
 * @typedef {object} Typing What is to be kept.
 * @property {string} text
 * @property {string[]} known the texts that the server may have instead
 * @property {number} after the newest seq in the conversation
 * @property {Change | null} edit
 */
/** @typedef {Typing & { box: string, at: number }} Box The same in the vault, with its channel. */

const OPENING_MS = 2_000; // how long the page that was here before may take to go
// A page that is being left may save once more after the next one was rendered: that one finds the text here, for so long.
const LEAVING_MS = 5_000;

export class Typed {
  /**
   * `what()` gives what is to be kept now, or null where the server has it. `onfound(kept)` hears what a page that is gone has left.
   * @param {{ channel: string, vault: Promise<Vault | null>, what: () => Typing | null, onfound: (kept: Typing) => void }} given
   */
  constructor({ channel, vault, what, onfound }) {
    this.#channel = channel;
    this.#vault = vault;
    this.#what = what;
    this.#onfound = onfound;
    vault.then((opened) => {
      if (opened && !this.#over) this.#open(opened);
    });
  }

  isSafe = false; // whether there is a vault
  #channel;
  #vault;
  #what;
  #onfound;
  /** @type {number | undefined} */
  #number;
  #isStale = false;
  #dropping = 0; // the timer of it
  /** @type {Promise<unknown>} */
  #turn = Promise.resolve();
  #over = false;

  /** Something may have changed. */
  touch() {
    this.#isStale = true;
    this.#turn = this.#turn.then(() => (this.#isStale ? this.#write() : undefined)).catch(() => {}); // it may be deleted at any time
    return this.#turn;
  }

  /** The conversation leaves this page, and with it what was typed. */
  async end() {
    this.#over = true;
    clearTimeout(this.#dropping);
    await this.#turn;
    const vault = await this.#vault;
    if (vault && this.#number) await vault.drop(this.#number).catch(() => {}); // the vault itself is the outbox's to close
  }

  /**
   * Take what pages have left that are gone, and the one that was in this tab before: it may be going only now.
   * @param {Vault} vault
   */
  async #open(vault) {
    this.isSafe = true;
    const [before, end] = [window.name, Date.now() + OPENING_MS];
    window.name = vault.page;
    const living = await vault.living();
    /**
     * @param {Kept} item
     * @param {string} page
     * @returns {item is Box}
     */
    const wants = (item, page) => "box" in item && item.box === this.#channel && (page === before ? Date.now() < end : !living.has(page));
    await vault.adopt(wants, (found) => this.#take(found), "typed").catch(() => {});
  }

  async #write() {
    const vault = await this.#vault;
    this.#isStale = false;
    if (!vault || this.#over) return;
    const kept = this.#what();
    clearTimeout(this.#dropping);
    if (kept) this.#number = await vault.keep({ ...kept, box: this.#channel, at: Date.now() }, this.#number);
    else if (this.#number) this.#dropping = setTimeout(() => this.#drop(vault), LEAVING_MS);
  }

  /**
   * The server has it.
   * @param {Vault} vault
   */
  #drop(vault) {
    this.#turn = this.#turn.then(async () => {
      if (!this.#number || this.#what() || this.#over) return;
      await vault.drop(this.#number);
      this.#number = undefined;
    }).catch(() => {});
  }

  /** @param {Found<Box>[]} found */
  async #take(found) {
    if (this.#over) return;
    for (const { item } of found.sort((a, b) => a.item.at - b.item.at)) this.#onfound(item);
    this.#number ??= found[0].number; // one record goes on as ours
    await this.touch();
    const vault = await this.#vault;
    for (const { number } of found) if (number !== this.#number) await vault?.drop(number);
  }
}
