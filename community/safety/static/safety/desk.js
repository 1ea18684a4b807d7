// The desk by keys: J and K go through the reports, a number chooses a decision. They work while the focus is in the page's main part
// and not in a field, so that a screen reader's own keys, and words, are left alone.

/** @type {NodeListOf<HTMLElement>} */
const rows = document.querySelectorAll("#main [data-desk] .row-link");
/** @type {NodeListOf<HTMLInputElement>} */
const choices = document.querySelectorAll('#main input[name="decision"]');
const main = document.getElementById("main");
/** @type {Record<string, number>} */
const STEPS = { j: 1, k: -1 };

/** @param {number} step */
function go(step) {
  if (!rows.length) {
    /** @type {HTMLElement | null} */
    const link = document.querySelector(step > 0 ? "#main a[rel=next]" : "#main a[rel=prev]");
    return link?.click();
  }
  const next = [...rows].findIndex((row) => row === document.activeElement) + step;
  rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
}

main?.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof Element && event.target.matches("textarea, select, input:not([type=radio])");
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping) return;
  const choice = choices[Number(event.key) - 1];
  if (choice) {
    choice.focus();
    choice.click();
  } else if (event.key.toLowerCase() in STEPS) go(STEPS[event.key.toLowerCase()]);
  else return;
  event.preventDefault();
});

if (document.activeElement === document.body) main?.focus({ preventScroll: true });
