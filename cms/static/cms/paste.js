// A paste into a text of the editor is tidied before the editor has it, and the line below the text says what changed on the way.

import { tidied } from "./tidied.js";

/** @type {Record<string, string>} */
const WORDS = JSON.parse(document.getElementById("paste-words")?.textContent ?? "{}");
const FIELD = ".public-DraftEditor-content";
const EDITOR = "[data-draftail-editor-wrapper]";
const OWN = "data-draftjs-conductor-fragment"; // copied within the editor: it is whole already

/**
 * The line below a text. A screen reader has to know it before it says something.
 * @param {Element} field
 */
const lineBelow = (field) => {
  const editor = field.closest(EDITOR);
  const there = editor?.nextElementSibling;
  if (there instanceof HTMLElement && there.matches(".pasted")) return there;
  const line = document.createElement("p");
  line.className = "pasted";
  line.setAttribute("role", "status");
  editor?.after(line);
  return line;
};

/** @typedef {Element & { draftailEditor: { props: { blockTypes: { type: string }[] } } }} Input What a text is sent in. */

/** @param {Element} field */
const takesHeadings = (field) => {
  const input = field.closest(EDITOR)?.parentElement?.querySelector(":scope > input[type=hidden]");
  return /** @type {Input} */ (input).draftailEditor.props.blockTypes.some(({ type }) => type === "header-two");
};

/** @type {WeakSet<Event>} */
const tidy = new WeakSet();

/** @param {ClipboardEvent} event */
const paste = (event) => {
  const field = event.target instanceof Element && event.target.closest(FIELD);
  if (!field || !event.clipboardData || tidy.has(event)) return;
  const html = event.clipboardData.getData("text/html");
  if (html.includes(OWN)) return;
  const isImage = !html && [...event.clipboardData.files].some((file) => file.type.startsWith("image/"));
  const found = html ? tidied(html, takesHeadings(field)) : { html, changed: isImage ? ["images"] : [] };
  lineBelow(field).textContent = found.changed.map((what) => WORDS[what]).join(" ");
  if (!html) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/html", found.html);
  clipboardData.setData("text/plain", event.clipboardData.getData("text/plain"));
  const again = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  tidy.add(again);
  event.target?.dispatchEvent(again);
};

document.addEventListener("paste", paste, { capture: true });
document.addEventListener("focusin", ({ target }) => {
  const field = target instanceof Element && target.closest(FIELD);
  if (field) lineBelow(field);
});
