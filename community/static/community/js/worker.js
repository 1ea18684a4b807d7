// Keeps one page, the public help page, with its styles, font and own script, for when there is no connection. It keeps nothing else.
// And shows a notification for each push: the same words every time, which say nothing of what it is about.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const HELP = "/help/";
const KEPT = "help";
const PARTS = /(?:href|src|srcset)="([^"]+(?:\.(?:css|woff2|svg|webp)|\/again(?:\.\w+)?\.js))"/g;
const SPRITE = /<use href="([^"#]+)#/;
const TITLE = "Something new for you"; // as in notifications/push/sending.py
const BODY = "Open it whenever you like.";
const INBOX = "/inbox/";

/**
 * Keep the help page, and what it is drawn with.
 * @param {Response} page
 */
async function keep(page) {
  if (!page.ok) return;
  const html = await page.clone().text();
  const parts = new Set([...html.matchAll(PARTS)].map((match) => match[1]));
  const sprite = html.match(SPRITE);
  if (sprite) parts.add(sprite[1]);
  const kept = await caches.open(KEPT);
  await kept.put(HELP, page);
  await kept.addAll([...parts]);
  for (const request of await kept.keys()) {
    const path = new URL(request.url).pathname;
    if (path !== HELP && !parts.has(path)) await kept.delete(request);
  }
}

/**
 * The kept help page, with its line for who is offline, and one more where it stands in for another page.
 * @param {boolean} isHelp
 */
async function offline(isHelp) {
  const page = await (await caches.open(KEPT)).match(HELP);
  if (!page) return Response.error();
  const html = (await page.text()).replace("data-offline hidden", "data-offline");
  return new Response(isHelp ? html : html.replace("data-elsewhere hidden", "data-elsewhere"), { headers: page.headers });
}

/** @param {FetchEvent} event */
async function visit(event) {
  const isHelp = new URL(event.request.url).pathname === HELP;
  try {
    // Without "no-cache" the browser's own copy would answer, and nobody would learn that they are offline.
    const response = await fetch(event.request, isHelp ? { cache: "no-cache" } : {});
    if (isHelp) event.waitUntil(keep(response.clone()).catch(() => {}));
    return response;
  } catch {
    return offline(isHelp);
  }
}

/** @param {Request} request */
async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(KEPT)).match(request);
    if (kept) return kept;
    throw error;
  }
}

// A new worker keeps its release's help page at once and waits until the last page of the old one is closed. With skipWaiting() the
// browser ended the old one amid what it was fetching, and the page that was being opened never came.
worker.addEventListener("install", (event) => {
  event.waitUntil(fetch(HELP, { cache: "no-cache" }).then(keep));
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== worker.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(event));
  else if (["style", "font", "image", "script"].includes(request.destination)) event.respondWith(part(request));
});

// Before anything else, whatever the payload holds: after three pushes that showed nothing, iOS ends the subscription. Nor is one left out
// because a page of ours seems to be looked at: a page that a phone has put to sleep goes on saying so.
worker.addEventListener("push", (event) => {
  // By one tag, the next takes the place of the last. Icon and tag do nothing on iOS.
  const options = { body: BODY, tag: "inbox", renotify: true, data: { id: idOf(event) } };
  event.waitUntil(worker.registration.showNotification(TITLE, options).then(mark));
});

/**
 * The id that a push brings, "" where it brings none that can be read.
 * @param {PushEvent} event
 */
function idOf(event) {
  try {
    return String(event.data?.json().id ?? "");
  } catch {
    return "";
  }
}

/** A dot at the icon of the installed app; the next page that is opened knows the number. */
function mark() {
  return navigator.setAppBadge?.().catch(() => {});
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(openInbox());
});

/** Lead to the inbox, and to no other page: an open one is loaded anew, since nothing can be lost there, and others are left alone. */
async function openInbox() {
  const to = new URL(INBOX, worker.location.origin).href;
  const windows = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
  const inbox = windows.find(({ url }) => url.split("#")[0] === to);
  try {
    if (!inbox) throw new Error("none is open");
    await inbox.focus(); // first: navigating uses up the tap, and the window could no longer be brought to the front
    await inbox.navigate(to);
  } catch {
    await worker.clients.openWindow(to);
  }
}
