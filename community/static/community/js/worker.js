// Keeps one page, the public help page, with its styles, font and own script, for when there is no connection. It keeps nothing else.

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const HELP = "/help/";
const KEPT = "help";
const PARTS = /(?:href|src|srcset)="([^"]+(?:\.(?:css|woff2|svg|webp)|\/again(?:\.\w+)?\.js))"/g;
const SPRITE = /<use href="([^"#]+)#/;

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
