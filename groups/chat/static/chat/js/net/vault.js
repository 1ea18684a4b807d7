// Keeps in the browser what the server does not have yet, sealed. The key comes with the page and is stored nowhere, so that what is kept
// can be read by a page of the same session alone (docs/decisions/0015). At rest there are numbers and ciphertext, no names and no ids.

export const NAME = "kept"; // js/leave.js deletes it by this name

const BLOCK = 1_024; // characters: how long a text is, is not told either
const MUTEX = `${NAME} `; // with nothing behind it: whoever adopts what was left to nobody

/** @import { Written } from "./outbox.js" */
/** @import { Box } from "./typed.js" */

/** @typedef {Written | Box} Kept */
/** @typedef {{ of: string, item: Kept }} Content What a record holds: whose page's it is, and what is kept. */
/** @typedef {{ iv: Uint8Array<ArrayBuffer>, sealed: ArrayBuffer }} Sealed */

/**
 * @template T
 * @typedef {{ number: number, item: T }} Found
 */

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
const answer = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

/** @param {string} base64 */
const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

function openDatabase() {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(NAME, { autoIncrement: true });
  return answer(request);
}

/**
 * A record belongs to the page that made it, for as long as that page lives: it holds a lock of its own. When a page is gone, another
 * adopts what it left, so that two tabs never send or show the same.
 */
export class Vault {
  /**
   * Open it with `keys` (base64, 32 bytes each; the first seals). Gives null where the browser has no place that is safe enough.
   * @param {string[]} keys
   */
  static async open(keys) {
    try {
      const imported = keys.map((key) => crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"]));
      const vault = new Vault(await Promise.all(imported), await openDatabase());
      await vault.#live();
      return vault;
    } catch {
      return null;
    }
  }

  /**
   * @param {CryptoKey[]} keys
   * @param {IDBDatabase} database
   */
  constructor(keys, database) {
    this.#keys = keys;
    this.#database = database;
    database.onversionchange = () => database.close(); // it is being deleted
  }

  /** @type {string} */
  page = crypto.randomUUID(); // whose records are ours
  #keys;
  #database;
  /** @type {(value?: unknown) => void} */
  #leave = () => {};
  /** @type {Set<string>} */
  #awaited = new Set(); // who waits for the end of which page

  /**
   * Keep an item, under the number of an earlier one where it takes its place; gives its number.
   * @param {Kept} item
   * @param {number} [number]
   */
  keep(item, number) {
    return this.#put(this.page, item, number);
  }

  /**
   * Take one out.
   * @param {number} number
   */
  drop(number) {
    return this.#write((store) => store.delete(number));
  }

  /**
   * Leave one to any other page.
   * @param {Kept} item
   * @param {number} [number]
   */
  giveUp(item, number) {
    return this.#put("", item, number);
  }

  /** The pages that are open now. */
  async living() {
    const { held = [] } = await navigator.locks.query();
    return new Set(held.flatMap(({ name }) => (name?.startsWith(MUTEX) ? [name.slice(MUTEX.length)] : [])));
  }

  /**
   * Give what pages left that are gone to `take([{number, item}])`, at once or when they go, as far as `wants(item, page)`. What this session's
   * key does not open is of a session that has ended, and is deleted. Who asks more than once does so under one `name`; who asks first is
   * given first.
   * @template {Kept} T
   * @param {(item: Kept, page: string) => item is T} wants
   * @param {(found: Found<T>[]) => void} take
   */
  async adopt(wants, take, name = "") {
    for (const { of } of await this.#all()) {
      const wait = `${name} ${of}`;
      if (!of || of === this.page || this.#awaited.has(wait)) continue;
      this.#awaited.add(wait);
      this.#locked(MUTEX + of, () => this.#takeFrom(of, wants, take)).finally(() => this.#awaited.delete(wait));
    }
    await this.#locked(MUTEX, () => this.#takeFrom("", wants, take));
  }

  /** Delete all of this session, for good. */
  async wipe() {
    for (const { number } of await this.#all()) await this.drop(number);
    this.close();
  }

  /** Leave all that is kept to other pages. */
  close() {
    this.#database.close();
    this.#leave();
  }

  /**
   * Hold this page's lock until it goes.
   * @returns {Promise<void>}
   */
  #live() {
    return new Promise((resolve) => {
      this.#locked(MUTEX + this.page, () => {
        resolve();
        return new Promise((leave) => (this.#leave = leave));
      });
    });
  }

  /**
   * @param {string} name
   * @param {() => unknown} act
   */
  #locked(name, act) {
    return navigator.locks.request(name, act).catch(() => {}); // a database that was deleted has nothing to give
  }

  /**
   * @template {Kept} T
   * @param {string} page
   * @param {(item: Kept, page: string) => item is T} wants
   * @param {(found: Found<T>[]) => void} take
   */
  async #takeFrom(page, wants, take) {
    const taken = (await this.#all()).flatMap(({ of, number, item }) => (of === page && wants(item, of) ? [{ number, item }] : []));
    for (const { number, item } of taken) await this.keep(item, number);
    if (taken.length) take(taken);
  }

  async #all() {
    const store = this.#database.transaction(NAME, "readonly").objectStore(NAME);
    const [numbers, records] = await Promise.all([answer(store.getAllKeys()), answer(store.getAll())]);
    const opened = [];
    for (const [at, record] of records.entries()) {
      const number = Number(numbers[at]);
      const content = await this.#unseal(record);
      if (content) opened.push({ number, ...content });
      else await this.drop(number);
    }
    return opened;
  }

  /**
   * @param {string} of
   * @param {Kept} item
   * @param {number} [number]
   */
  async #put(of, item, number) {
    const record = await this.#seal({ of, item });
    return Number(await this.#write((store) => store.put(record, number)));
  }

  /**
   * @template T
   * @param {(store: IDBObjectStore) => IDBRequest<T>} ask
   */
  async #write(ask) {
    const transaction = this.#database.transaction(NAME, "readwrite");
    const asked = ask(transaction.objectStore(NAME));
    transaction.commit(); // or it is undone where the page goes before the answer
    return answer(asked);
  }

  /**
   * @param {Content} content
   * @returns {Promise<Sealed>}
   */
  async #seal(content) {
    const text = JSON.stringify(content);
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const plain = new TextEncoder().encode(text.padEnd(Math.ceil(text.length / BLOCK) * BLOCK));
    return { iv, sealed: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, this.#keys[0], plain) };
  }

  /**
   * Give what a record holds, or null where no key opens it.
   * @param {Sealed} record
   * @returns {Promise<Content | null>}
   */
  async #unseal({ iv, sealed }) {
    for (const key of this.#keys) {
      const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed).catch(() => null);
      if (plain) return JSON.parse(new TextDecoder().decode(plain));
    }
    return null;
  }
}
