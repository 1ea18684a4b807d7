// What stands in the box is kept in the vault from the first letter until the server has it: a page may end at any moment
// (docs/decisions/0025).

const OPENING_MS = 2_000; // how long the page that was here before may take to go

/**
 * `what()` gives what is to be kept now, {text, known, after, edit}, or null where the server has it: `known` are the texts that the server
 * may have instead, `after` the newest place in the talk, `edit` a change to a message that is not saved yet. `onfound(kept)` hears what
 * a page that is gone has left.
 */
export class Typed {
  constructor({ channel, vault, what, onfound }) {
    this.#channel = channel;
    this.#vault = vault;
    this.#what = what;
    this.#onfound = onfound;
    vault.then((opened) => opened && !this.#over && this.#open(opened));
  }

  isSafe = false; // whether there is a vault
  #channel;
  #vault;
  #what;
  #onfound;
  #number;
  #isStale = false;
  #turn = Promise.resolve();
  #over = false;

  /** Something may have changed. */
  touch() {
    this.#isStale = true;
    this.#turn = this.#turn.then(() => this.#isStale && this.#write()).catch(() => {}); // it may be deleted at any time
    return this.#turn;
  }

  /** The talk leaves this page, and with it what was typed. */
  async end() {
    this.#over = true;
    await this.#turn;
    const vault = await this.#vault;
    if (vault && this.#number) await vault.drop(this.#number).catch(() => {}); // the vault itself is the outbox's to close
  }

  /** Take what pages have left that are gone, and the one that was in this tab before: it may be going only now. */
  async #open(vault) {
    this.isSafe = true;
    const [before, end] = [window.name, Date.now() + OPENING_MS];
    window.name = vault.page;
    const living = await vault.living();
    const wants = (item, page) => item.box === this.#channel && (page === before ? Date.now() < end : !living.has(page));
    await vault.adopt(wants, (found) => this.#take(found), "typed").catch(() => {});
  }

  async #write() {
    const vault = await this.#vault;
    this.#isStale = false;
    if (!vault || this.#over) return;
    const kept = this.#what();
    if (kept) {
      this.#number = await vault.keep({ ...kept, box: this.#channel, at: Date.now() }, this.#number);
    } else if (this.#number) {
      await vault.drop(this.#number);
      this.#number = undefined;
    }
  }

  async #take(found) {
    if (this.#over) return;
    for (const { item } of found.sort((a, b) => a.item.at - b.item.at)) this.#onfound(item);
    this.#number ??= found[0].number; // one record goes on as ours
    await this.touch();
    const vault = await this.#vault;
    for (const { number } of found) if (number !== this.#number) await vault.drop(number);
  }
}
