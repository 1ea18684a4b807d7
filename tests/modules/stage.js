// What stands around a module in its tests: the page's own script. `load` gives the module; network, line and clock are the test's.

const load = (name) => import(`/static/${name}`);

const asked = []; // what `fetch` was asked for: {url, method, body, …}
const sockets = [];
const timers = new Set();
const waiting = [];
let still = new AbortController();
let stage = {}; // what a test keeps from one step to the next

/** Forget all of the test before: its listeners, timers, questions, lines and elements. */
function begin() {
  still.abort();
  still = new AbortController();
  for (const id of timers) clearTimeout(id);
  timers.clear();
  for (const list of [asked, sockets, waiting]) list.length = 0;
  stage = {};
  document.body.replaceChildren(document.getElementById("furniture").content.cloneNode(true));
  history.replaceState(null, "", "/");
}

for (const target of [window, document]) {
  const listen = target.addEventListener.bind(target);
  target.addEventListener = (type, listener, options) => {
    const given = typeof options === "boolean" ? { capture: options } : (options ?? {});
    const signals = [still.signal, ...(given.signal ? [given.signal] : [])];
    listen(type, listener, { ...given, signal: AbortSignal.any(signals) });
  };
}

const startTimer = window.setTimeout.bind(window);
window.setTimeout = (...given) => {
  const id = startTimer(...given);
  timers.add(id);
  return id;
};

window.fetch = (url, { body, ...options } = {}) => {
  asked.push({ url: String(url), ...options, ...(body && { body: Object.fromEntries(body) }) });
  return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
};

/** Answer the first question that waits; `null` breaks the line. */
async function answer(body, status = 200) {
  const { resolve, reject } = waiting.shift();
  if (body === null) reject(new TypeError("Failed to fetch"));
  else resolve({ status, ok: status >= 200 && status < 300, json: async () => structuredClone(body) });
  await settled();
}

window.WebSocket = class {
  static OPEN = 1;

  constructor(url) {
    this.url = String(url);
    this.sent = [];
    sockets.push(this);
  }

  send(text) {
    this.sent.push(JSON.parse(text));
  }

  close() {
    this.isClosed = true;
  }
};

/** Wait until every promise that can be kept is kept. */
function settled() {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = resolve;
    port2.postMessage("");
  });
}

/** Wait until `holds()`, of what the browser itself does: its database, its locks. */
async function until(holds) {
  while (!(await holds())) await settled();
}

function hears(target, ...types) {
  const heard = [];
  for (const type of types) target.addEventListener(type, ({ detail }) => heard.push([type, structuredClone(detail)]));
  return heard;
}
