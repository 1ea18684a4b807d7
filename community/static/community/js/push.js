// Subscribes this browser to pushes and tells the server; and sees on every page that a browser that was subscribed still is.

const PATIENCE_MS = 10_000; // some browsers that can't reach their push service never answer
const REGISTER = "/me/notifications/device/register/";

/**
 * Wait for `promise`, but not for ever.
 * @template T
 * @param {Promise<T>} promise
 * @returns {Promise<T>}
 */
export function soon(promise) {
  const late = new Promise((_resolve, reject) => setTimeout(() => reject(new Error("It takes too long.")), PATIENCE_MS));
  return /** @type {Promise<T>} */ (Promise.race([promise, late]));
}

/** This browser's subscription, null where it has none. */
export async function subscription() {
  const { pushManager } = await soon(navigator.serviceWorker.ready);
  return soon(pushManager.getSubscription());
}

/** @param {ArrayBuffer} buffer */
function encoded(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

/** @param {PushSubscription} found */
function keyOf(found) {
  return found.options.applicationServerKey ? encoded(found.options.applicationServerKey) : "";
}

/**
 * Whether a subscription is the one that the server has noted with this session.
 * @param {PushSubscription} found
 */
export async function isNoted(found) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(found.endpoint));
  const hash = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hash === document.body.dataset.push;
}

/** @param {object} given */
function tell(given) {
  /** @type {HTMLInputElement | null} */
  const token = document.querySelector("input[name=csrfmiddlewaretoken]");
  const headers = { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token?.value ?? "" };
  return fetch(REGISTER, { method: "POST", headers, body: JSON.stringify(given) });
}

/**
 * Subscribe with the site's `key`, in place of a subscription with a former one, and tell the server.
 * @param {string} key
 * @param {object} more
 * @returns {Promise<Response>}
 */
export async function register(key, more = {}) {
  const { pushManager } = await soon(navigator.serviceWorker.ready);
  const former = await soon(pushManager.getSubscription());
  if (former && keyOf(former) !== key) await soon(former.unsubscribe());
  const found = await soon(pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
  return tell({ ...found.toJSON(), key, former: former?.endpoint, ...more });
}

/**
 * Register again where the server doesn't know this browser's subscription: it was made in an earlier session, perhaps another person's,
 * or the browser has lost it. Gives true where something was registered. Where nobody wants pushes here, the subscription ends.
 */
async function renew() {
  const found = await subscription();
  if (found ? await isNoted(found) : !document.body.dataset.push) return false;
  let answer = await tell({ ...found?.toJSON(), key: found ? keyOf(found) : "", renew: true });
  if (answer.status === 409) answer = await register((await answer.json()).key, { renew: true });
  if (answer.status === 404) await found?.unsubscribe();
  return answer.ok;
}

/** Settles when this has been seen to; true where the page as it was sent knows too little. */
export const renewed = window.Notification?.permission === "granted" ? renew().catch(() => false) : Promise.resolve(false);
