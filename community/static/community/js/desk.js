// The desk by keys: J and K go through the reports, a number chooses a decision. They work while the focus is in the page's main part
// and not in a field, so that a screen reader's own keys, and words, are left alone.

const main = document.getElementById("main");
const rows = [...main.querySelectorAll("[data-desk] .row-link")];
const choices = [...main.querySelectorAll('input[name="decision"]')];
const STEPS = { j: 1, k: -1 };

function go(step) {
  if (!rows.length) return void main.querySelector(step > 0 ? "a[rel=next]" : "a[rel=prev]")?.click();
  const next = rows.indexOf(document.activeElement) + step;
  rows[Math.min(Math.max(next, 0), rows.length - 1)].focus();
}

main.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea, select, input:not([type=radio])")) return;
  const choice = choices[Number(event.key) - 1];
  if (choice) {
    choice.focus();
    choice.click();
  } else if (event.key.toLowerCase() in STEPS) go(STEPS[event.key.toLowerCase()]);
  else return;
  event.preventDefault();
});

if (document.activeElement === document.body) main.focus({ preventScroll: true });
