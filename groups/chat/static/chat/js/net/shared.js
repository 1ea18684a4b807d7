// One WebSocket for all tabs of a browser: the tab that leads has it, and carries the frames of the others (docs/protocol.md, section 3).

import { Tabs } from "./tabs.js";

/** Closing codes between our own pages: nothing answered any more; and: another tab has the connection from now on. */
export const DEAD = 4000;
export const HANDED_OVER = 4001;
const BROKEN = 1006;

export const newSocket = () => new WebSocket(new URL("/ws/", location.href.replace(/^http/, "ws")));

/**
 * What tabs say to each other. To the leader: a tab asks to be let in, leaves, orders something (a frame's text), or found the connection
 * dead. From it: it leads from now on, a tab is let in, a frame for all, for one, or for all but one, and how the connection ended.
 * @typedef {{ asks: string } | { leaves: string } | { order: string, from: string } | { dead: true }
 *   | { leads: true } | { opened: string } | { frame: string, to?: string, but?: string } | { closed: number }} Said
 */

/** A page's end of the connection, which it uses like a WebSocket. */
class End {
  /** @param {SharedConnection} shared */
  constructor(shared) {
    this.#shared = shared;
  }

  #shared;
  isOpen = false;
  onopen = () => {};
  /** @type {(event: { data: string }) => void} */
  onmessage = () => {};
  /** @type {(event: { code: number }) => void} */
  onclose = () => {};

  /** @param {string} text */
  send(text) {
    this.#shared.send(text);
  }

  /** @param {number} [code] */
  close(code) {
    this.#shared.close(this, code);
  }
}

export class SharedConnection {
  /** @param {string} name of the session */
  constructor(name) {
    this.#tabs = new Tabs({ name, onlead: () => this.#renew(), onrest: () => this.#rest(), onhear: (said) => this.#hear(said) });
    window.addEventListener("pagehide", () => this.#tabs.say({ leaves: this.#me }));
  }

  #me = crypto.randomUUID().slice(0, 8);
  /** @type {Tabs<Said>} */
  #tabs;
  /** @type {End | null} */
  #end = null;
  // Of the tab that leads:
  /** @type {WebSocket | null} */
  #socket = null;
  #inside = new Set(); // the tabs that were let in, or wait for it

  /** Connect this page. An end that it had before is of no account any more. */
  open() {
    this.#end = new End(this);
    this.#tabs.enter();
    this.#ask();
    return this.#end;
  }

  /** @param {string} text of a frame */
  send(text) {
    if (this.#tabs.leads) this.#order(text, this.#me);
    else this.#tabs.say({ order: text, from: this.#me });
  }

  /**
   * @param {End} end
   * @param {number} [code]
   */
  close(end, code) {
    if (end !== this.#end) return;
    this.#end = null;
    this.#inside.delete(this.#me);
    if (code === DEAD) this.#dead();
  }

  /** Take part no more: the others need another tab to lead. */
  leave() {
    this.#end = null;
    this.#tabs.say({ leaves: this.#me });
    this.#tabs.leave();
  }

  #ask() {
    if (this.#tabs.leads) this.#letIn(this.#me);
    else this.#tabs.say({ asks: this.#me });
  }

  /** Another tab leads, or this one: what was open is gone with the last. */
  #renew() {
    if (this.#tabs.leads) this.#tabs.say({ leads: true });
    if (this.#end?.isOpen) this.#closed(HANDED_OVER);
    else if (this.#end) this.#ask();
  }

  #rest() {
    this.#drop();
    if (this.#end) this.#closed(HANDED_OVER); // it hears nothing while it rests, and catches up after that
  }

  /** @param {number} code */
  #closed(code) {
    const end = this.#end;
    if (end) end.isOpen = false;
    end?.onclose({ code });
  }

  /** @param {Said} said */
  #hear(said) {
    if (this.#tabs.leads) {
      if ("asks" in said) this.#letIn(said.asks);
      else if ("leaves" in said) this.#inside.delete(said.leaves);
      else if ("order" in said) this.#order(said.order, said.from);
      else if ("dead" in said) this.#dead();
    } else this.#take(said);
  }

  /** @param {Said} said by the tab that leads */
  #take(said) {
    const end = this.#end;
    if ("leads" in said) this.#renew();
    else if ("closed" in said) this.#closed(said.closed);
    else if ("opened" in said && said.opened === this.#me && end && !end.isOpen) {
      end.isOpen = true;
      end.onopen();
    } else if ("frame" in said && (said.to ?? this.#me) === this.#me && said.but !== this.#me && end?.isOpen) end.onmessage({ data: said.frame });
  }

  // ------------------------------------------------------------- of the tab that leads

  /** @param {Said} said to all tabs, this one too */
  #tell(said) {
    if (this.#inside.size > Number(this.#inside.has(this.#me))) this.#tabs.say(said);
    this.#take(said);
  }

  /** @param {string} tab */
  #letIn(tab) {
    this.#inside.add(tab);
    this.#socket ??= this.#connected();
    if (this.#socket.readyState === WebSocket.OPEN) this.#tell({ opened: tab });
  }

  #connected() {
    const socket = newSocket();
    socket.onopen = () => {
      if (socket === this.#socket) for (const tab of this.#inside) this.#tell({ opened: tab });
    };
    socket.onmessage = ({ data }) => socket === this.#socket && this.#share(data);
    socket.onclose = ({ code }) => socket === this.#socket && this.#over(code);
    return socket;
  }

  /**
   * Its answer is to come back to the tab that it is from.
   * @param {string} text
   * @param {string} from
   */
  #order(text, from) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    const { ref = "", ...frame } = JSON.parse(text);
    this.#socket.send(JSON.stringify({ ...frame, ref: `${from}:${ref}` }));
  }

  /** @param {string} text of a frame of the server */
  #share(text) {
    const { ref, ...frame } = text.includes('"ref"') ? JSON.parse(text) : {};
    if (ref === undefined) return this.#tell({ frame: text });
    const [tab, own] = ref.split(":");
    const theirs = JSON.stringify(own ? { ...frame, ref: own } : frame);
    this.#tell(frame.type === "read" ? { frame: theirs, but: tab } : { frame: theirs, to: tab }); // who moved a mark knows it
  }

  #dead() {
    if (this.#tabs.leads) this.#over(BROKEN);
    else this.#tabs.say({ dead: true });
  }

  /** @param {number} code */
  #over(code) {
    this.#tell({ closed: code });
    this.#drop();
  }

  #drop() {
    const socket = this.#socket;
    this.#socket = null;
    this.#inside.clear();
    socket?.close();
  }
}

/** What connects this page: with the others of its session where the browser has locks, which it has over https and on its own machine. */
export function sharedConnection() {
  const name = document.body.dataset.tabs;
  return name && navigator.locks ? new SharedConnection(name) : undefined;
}
