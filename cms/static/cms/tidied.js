// The HTML of a clipboard, written anew from what a text of the library can hold: headings, lists, links, bold and italics.

const UNSEEN = "script, style, meta, link, title, template, noscript, base";
const COUNTERS = "img[width='1'], img[height='1']"; // what counts the readers of a web page
const IMAGES = "picture, img, svg, canvas";
const EMBEDDED = "iframe, video, audio, object, embed, input, select, textarea, button, math";
const COMMENTS = "del, .MsoCommentReference, .msocomoff, [style*='mso-comment-reference'], [style*='mso-element:comment']";
const HIDDEN = "[hidden], [style*='mso-hide:all'], [style*='display:none'], [style*='display: none']";
const HEADINGS = "h1, h2, h3, h4, h5, h6";
const PARTS = `p, div, ul, ol, li, table, blockquote, pre, section, article, header, footer, main, aside, figure, figcaption, dl, dt, dd, ${HEADINGS}`;
const KNOWN = "p, ul, ol, li, h2, h3";
const LINK = /^(https?|mailto):/i; // the editor keeps no others of a paste, but those within a page
// Not Word's own mso-bidi-font-weight, which is of Arabic and Hebrew, and which it writes as normal beside what is bold.
const BOLD = /(?<![-\w])font-weight:\s*(bold|[6-9]00)/i;
const LIGHT = /(?<![-\w])font-weight:\s*(normal|[1-5]00)/i;
const ITALIC = /(?<![-\w])font-style:\s*(italic|oblique)/i;
const LEVEL = /mso-list:\s*\w+\s+level(\d)/i;
const MARK = "[style*='mso-list:Ignore' i], [style*='mso-list: Ignore' i]";
const NUMBER = /^\W*(\d{1,3}|[a-z]|[ivxlc]+)[.)]/i; // how Word numbers; its bullets are letters of a font of signs

/** @param {Element} element */
const styleOf = (element) => element.getAttribute("style") ?? "";

/** @param {Element} element */
const saysNothing = (element) => !element.textContent?.trim();

/** @param {Element} element */
const unwrap = (element) => element.replaceWith(...element.childNodes);

/**
 * @param {Element} element
 * @param {string} name
 */
const rename = (element, name) => {
  const renamed = element.ownerDocument.createElement(name);
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
  return renamed;
};

/**
 * @param {ParentNode} root
 * @param {string} selector
 */
const remove = (root, selector) => {
  const found = root.querySelectorAll(selector);
  for (const element of found) element.remove();
  return found.length > 0;
};

/**
 * Keep the words of `element` as one line of text, with the links and the emphasis in it.
 * @param {Element} element
 */
const flatten = (element) => {
  for (const part of element.querySelectorAll(`br, ${PARTS}`)) {
    part.before(" ");
    part.after(" ");
    unwrap(part);
  }
  element.normalize();
  if (element.firstChild instanceof Text) element.firstChild.data = element.firstChild.data.trimStart();
  if (element.lastChild instanceof Text) element.lastChild.data = element.lastChild.data.trimEnd();
};

/** @param {Element} body */
const removeComments = (body) => {
  const walker = body.ownerDocument.createTreeWalker(body, NodeFilter.SHOW_COMMENT);
  /** @type {Comment[]} */
  const found = [];
  while (walker.nextNode()) found.push(/** @type {Comment} */ (walker.currentNode));
  for (const comment of found) comment.remove();
};

/**
 * @param {Element} element
 * @param {string} name
 */
const emphasize = (element, name) => {
  const around = element.ownerDocument.createElement(name);
  around.append(...element.childNodes);
  element.append(around);
};

/** @param {Element} body */
const tidyEmphasis = (body) => {
  for (const element of body.querySelectorAll("span, font, b, strong, i, em")) {
    const style = styleOf(element);
    if (!saysNothing(element) && !element.closest(HEADINGS)) {
      if (element.matches("b, strong") ? !LIGHT.test(style) : BOLD.test(style)) emphasize(element, "b");
      if (element.matches("i, em") || ITALIC.test(style)) emphasize(element, "i");
    }
    unwrap(element);
  }
};

/**
 * The list of `level` below those that are open, begun before `item` where there is none.
 * @param {HTMLElement[]} open by level
 * @param {Element} item
 * @param {number} level
 * @param {string} name
 */
const listFor = (open, item, level, name) => {
  open.length = Math.min(open.length, level);
  if (open.length === level && open.at(-1)?.localName !== name) open.pop();
  while (open.length < level) {
    const list = item.ownerDocument.createElement(name);
    const above = open.at(-1);
    if (above) (above.lastElementChild ?? above).append(list);
    else item.before(list);
    open.push(list);
  }
  return open[level - 1];
};

/**
 * Word writes a list as paragraphs, each with its sign, and says in their style which list and level it is.
 * @param {Element} body
 */
const tidyWordsLists = (body) => {
  /** @type {HTMLElement[]} */
  let open = [];
  for (const item of body.querySelectorAll("[style*='mso-list']")) {
    const level = Number(LEVEL.exec(styleOf(item))?.[1]);
    if (!level) continue;
    const mark = item.querySelector(MARK);
    const name = NUMBER.test(mark?.textContent ?? "") ? "ol" : "ul";
    mark?.remove();
    if (item.matches(HEADINGS)) continue; // its number is its list
    if (item.previousElementSibling !== open[0]) open = [];
    listFor(open, item, level, name).append(rename(item, "li"));
  }
};

/** @param {Element} body */
const tidyLists = (body) => {
  for (const list of body.querySelectorAll(":is(ul, ol) > :is(ul, ol)")) list.previousElementSibling?.append(list); // as Google writes them
  for (const part of body.querySelectorAll(`li > :is(${PARTS}):not(ul, ol)`)) {
    if (!part.querySelector("ul, ol")) flatten(part);
    if (part.previousSibling) part.before(" ");
    unwrap(part);
  }
};

/**
 * Turn one row into an item of a list, each cell with the name of its column where there is one.
 * @param {HTMLElement} list
 * @param {Element[]} row
 * @param {string[]} names
 */
const addRow = (list, row, names) => {
  const item = list.ownerDocument.createElement("li");
  for (const [number, cell] of row.entries()) {
    flatten(cell);
    if (saysNothing(cell)) continue;
    item.append(item.hasChildNodes() ? "; " : "", names[number] ? `${names[number]}: ` : "", ...cell.childNodes);
  }
  list.append(item);
};

/**
 * A table of one column lays out a page, and leaves what it holds; any other becomes a list of its rows.
 * @param {Element} body
 */
const tidyTables = (body) => {
  let told = false;
  for (const table of [...body.querySelectorAll("table")].reverse()) {
    for (const caption of table.querySelectorAll("caption")) table.before(rename(caption, "p"));
    const rows = [...table.querySelectorAll("tr")].map((row) => [...row.children]);
    if (rows.every((cells) => cells.filter((cell) => !saysNothing(cell)).length < 2)) {
      for (const cell of rows.flat()) table.before(rename(cell, "div"));
      table.remove();
      continue;
    }
    const names = rows.length > 1 && rows[0].every((cell) => cell.matches("th")) ? rows[0].map((cell) => cell.textContent?.trim() ?? "") : [];
    const list = body.ownerDocument.createElement("ul");
    for (const row of rows.slice(names.length ? 1 : 0)) addRow(list, row, names);
    table.replaceWith(list);
    told = true;
  }
  return told;
};

/** @param {Element} body */
const tidyLinks = (body) => {
  let lost = false;
  for (const link of body.querySelectorAll("a")) {
    const address = link.getAttribute("href");
    if (address && LINK.test(address)) continue;
    lost ||= Boolean(address);
    unwrap(link);
  }
  return lost;
};

/**
 * The first level of what was copied is our second, as the title of the page is the first; whatever is deeper is our third.
 * @param {Element} body
 */
const tidyHeadings = (body) => {
  const found = [...body.querySelectorAll(HEADINGS)].filter((heading) => !saysNothing(heading));
  const levels = [...new Set(found.map((heading) => heading.localName))].sort();
  for (const heading of found) {
    flatten(heading);
    rename(heading, heading.localName === levels[0] ? "h2" : "h3");
  }
  return levels.length > 2;
};

/**
 * Leave what the editor knows: other parts are paragraphs, other elements their words, and no attribute but an address.
 * @param {Element} body
 */
const tidyRest = (body) => {
  for (const element of body.querySelectorAll("*")) {
    for (const name of element.getAttributeNames()) if (name !== "href") element.removeAttribute(name);
    if (element.localName.includes(":")) unwrap(element);
    else if (element.matches(`a, ${PARTS}`) && saysNothing(element)) element.remove();
    else if (element.matches(PARTS) && !element.matches(KNOWN)) {
      if (element.querySelector(PARTS)) unwrap(element);
      else rename(element, "p");
    }
  }
  remove(body, ":scope > br");
};

/**
 * Tidy the HTML of a clipboard, and say what was lost or changed of it.
 * @param {string} html
 * @param {boolean} withHeadings whether there can be headings where it goes
 */
export const tidied = (html, withHeadings) => {
  const { body, head } = new DOMParser().parseFromString(html, "text/html"); // nothing runs or loads in there
  const generator = head.querySelector("meta[name=generator i]")?.getAttribute("content") ?? "";
  removeComments(body);
  remove(body, `${UNSEEN}, ${COUNTERS}`);
  const images = remove(body, IMAGES);
  const embedded = remove(body, EMBEDDED);
  const hidden = remove(body, `${COMMENTS}, ${HIDDEN}`);
  for (const title of body.querySelectorAll(/^(Libre|Open)Office/.test(generator) ? "p.title" : ".MsoTitle")) rename(title, "h1");
  tidyWordsLists(body);
  tidyEmphasis(body);
  const links = tidyLinks(body);
  const tables = tidyTables(body);
  tidyLists(body);
  const levels = withHeadings && tidyHeadings(body);
  const headings = !withHeadings && body.querySelector(HEADINGS) !== null;
  if (headings) for (const heading of body.querySelectorAll(HEADINGS)) rename(heading, "p");
  tidyRest(body);
  const changes = { images, embedded, hidden, links, tables, levels, headings };
  return { html: body.innerHTML, changed: Object.entries(changes).flatMap(([what, is]) => (is ? [what] : [])) };
};
