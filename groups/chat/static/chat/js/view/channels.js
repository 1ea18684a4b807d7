// The list of my groups beside the conversation, with what is new in each.

import { make } from "./elements.js";

/** @import { Store } from "../model/store.js" */
/** @import { Words } from "../model/words.js" */

/**
 * Draw the list in place: a link that has the focus keeps it.
 * @param {{ list: HTMLElement, store: Pick<Store, "channels">, words: Words, url: (id: string) => string }} given
 */
export function drawChannels({ list, store, words, url }) {
  /** @type {NodeListOf<HTMLElement>} */
  const links = list.querySelectorAll("[data-channel]");
  const known = new Map([...links].map((link) => [link.dataset.channel ?? "", link]));
  for (const [id, link] of known) if (!store.channels.has(id)) link.closest("li")?.remove();
  for (const channel of store.channels.values()) {
    const link = known.get(channel.id) ?? addLink(list, channel, url(channel.id), words);
    const { unread } = channel;
    link.querySelector(".chat-unread")?.remove();
    if (unread) link.append(badge(unread, words));
  }
}

/**
 * @param {HTMLElement} list
 * @param {Wire.Channel} channel
 * @param {string} href
 * @param {Words} words
 */
function addLink(list, channel, href, words) {
  const link = make("a", { href, data: { channel: channel.id } }, make("span", { className: "chat-channel-name" }, channel.name));
  const after = [...list.children].find((item) => words.order.compare(item.querySelector(".chat-channel-name")?.textContent ?? "", channel.name) > 0);
  list.insertBefore(make("li", {}, link), after ?? null);
  return link;
}

/**
 * @param {number} unread
 * @param {Words} words
 */
function badge(unread, words) {
  const n = words.few(unread);
  const number = make("span", { "aria-hidden": "true" }, n);
  const spoken = make("span", { className: "visually-hidden" }, words.count(words.say.unread, unread, { n }));
  return make("span", { className: "chat-unread" }, number, spoken);
}
