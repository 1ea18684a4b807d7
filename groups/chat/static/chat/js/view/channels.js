// The list of my groups beside the conversation, with what is new in each.

import { copy, part } from "./templates.js";

/** @import { Store } from "../model/store.js" */
/** @import { Words } from "../model/words.js" */

/**
 * Draw the list in place: a link that has the focus keeps it.
 * @param {{ list: HTMLElement, store: Pick<Store, "channels">, words: Words }} given
 */
export function drawChannels({ list, store, words }) {
  /** @type {NodeListOf<HTMLElement>} */
  const links = list.querySelectorAll("[data-channel]");
  const known = new Map([...links].map((link) => [link.dataset.channel ?? "", link]));
  for (const [id, link] of known) if (!store.channels.has(id)) link.closest("li")?.remove();
  for (const channel of store.channels.values()) {
    const link = known.get(channel.id) ?? addLink(list, channel, words);
    const { unread } = channel;
    link.querySelector(".chat-unread")?.remove();
    if (unread) link.append(badgeOf(unread, words));
  }
}

/**
 * @param {HTMLElement} list
 * @param {Wire.Channel} channel
 * @param {Words} words
 */
function addLink(list, channel, words) {
  const item = copy("channel", { id: channel.id, name: channel.name });
  const after = [...list.children].find((each) => words.order.compare(each.querySelector(".chat-channel-name")?.textContent ?? "", channel.name) > 0);
  list.insertBefore(item, after ?? null);
  return part(item, "a");
}

/**
 * @param {number} unread
 * @param {Words} words
 */
function badgeOf(unread, words) {
  const n = words.few(unread);
  const badge = copy("unread", { n });
  part(badge, ".visually-hidden").textContent = words.count(words.say.unread, unread, { n });
  return badge;
}
