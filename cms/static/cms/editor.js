// What Wagtail's autosave leaves undone: it says that it is paused until the next change, also where there is no reason for it anymore.

const AGAIN = 15_000; // milliseconds
const UNREACHED = ["network_error", "server_error"]; // nothing is wrong with what was typed

let isOff = false;
/** @type {number | undefined} */
let waiting;

const stop = () => {
  clearTimeout(waiting);
  waiting = undefined;
};

// Wagtail saves when its own watch over the form says that there are edits.
const again = () => {
  stop();
  const edits = new CustomEvent("w-unsaved:add", { bubbles: true, cancelable: true, detail: { type: "edits" } });
  document.querySelector("form[data-edit-form]")?.dispatchEvent(edits);
};

document.addEventListener("w-autosave:save", stop);

document.addEventListener("w-autosave:error", (event) => {
  stop();
  if (event instanceof CustomEvent && UNREACHED.includes(event.detail.type)) waiting = setTimeout(again, AGAIN);
});

window.addEventListener("online", () => {
  if (waiting) again();
});

document.addEventListener("w-autosave:deactivated", () => {
  isOff = true; // somebody else has saved meanwhile: only a reload helps
  stop();
});

// What could not be saved was taken back: there is nothing to save.
document.addEventListener("w-unsaved:clear", () => {
  stop();
  const said = document.getElementById("w-autosave-indicator");
  if (isOff || said?.dataset.wAutosaveStateValue !== "paused") return;
  said.dataset.wAutosaveStateValue = "idle";
  said.dataset.wTooltipContentValue = "";
});
