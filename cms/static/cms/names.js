// Says to who listens which field they are in: Wagtail names neither its texts nor a field that is a block by itself.

const FIELDS = ":is(.public-DraftEditor-content, [data-streamfield-child] input[type=text]):not([aria-label])";

/**
 * The words above the field; the items of a list have none of their own, and take the list's.
 * @param {Element} field
 */
const nameOf = (field) => {
  for (let part = field.parentElement; part; part = part.parentElement) {
    const words = part.querySelector(part.matches("section") ? ".c-sf-block__type" : ":scope > .w-field__label");
    const name = words?.firstChild?.textContent?.trim();
    if (name) return name;
  }
};

const nameAll = () => {
  for (const field of document.querySelectorAll(FIELDS)) {
    if (field instanceof HTMLInputElement && field.labels?.length) continue;
    const name = nameOf(field);
    if (name) field.setAttribute("aria-label", name);
  }
};

const form = document.querySelector("form[data-edit-form]");
if (form) {
  nameAll();
  new MutationObserver(nameAll).observe(form, { childList: true, subtree: true });
}
