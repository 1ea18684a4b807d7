// Keeps one page, the public help page, with its styles and font, for when there is no connection. It keeps nothing else.

const HELP = "/help/";
const KEPT = "help";
const PARTS = /(?:href|src)="([^"]+\.(?:css|woff2|svg))"/g;
const SPRITE = /<use href="([^"#]+)#/;

/** Keep the help page and what it is drawn with. */
async function keep() {
  const page = await fetch(HELP, { credentials: "omit", cache: "no-cache" });
  if (!page.ok) return;
  const html = await page.clone().text();
  const parts = new Set([...html.matchAll(PARTS)].map((match) => match[1]));
  const sprite = html.match(SPRITE);
  if (sprite) parts.add(sprite[1]);
  const kept = await caches.open(KEPT);
  await kept.addAll([...parts]);
  await kept.put(HELP, page);
  for (const request of await kept.keys()) {
    const path = new URL(request.url).pathname;
    if (path !== HELP && !parts.has(path)) await kept.delete(request);
  }
}

/** The kept help page, with its line for who is offline. */
async function offline() {
  const page = await (await caches.open(KEPT)).match(HELP);
  if (!page) return Response.error();
  const html = (await page.text()).replace("data-offline hidden", "data-offline");
  return new Response(html, { headers: page.headers });
}

async function visit(request) {
  try {
    const response = await fetch(request);
    if (response.ok && new URL(request.url).pathname === HELP) keep().catch(() => {});
    return response;
  } catch {
    return offline();
  }
}

async function part(request) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await (await caches.open(KEPT)).match(request);
    if (kept) return kept;
    throw error;
  }
}

self.addEventListener("install", (event) => {
  self.skipWaiting();
  event.waitUntil(keep());
});

self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || new URL(request.url).origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(visit(request));
  else if (["style", "font", "image"].includes(request.destination)) event.respondWith(part(request));
});
