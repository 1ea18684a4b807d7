// A long press on a message opens what one can do with it. The button beside it does the same: nothing needs the press.

const LONG_MS = 450;
const STILL_PX = 10;

/** `open(item)` opens the menu of a line of `lines`. */
export function watchPresses({ lines, open, signal }) {
  let pressed = null; // {item, x, y}
  let timer = 0;
  let opened = false; // by the press that is still on

  const end = () => {
    clearTimeout(timer);
    pressed = null;
  };
  const begin = ({ pointerType, isPrimary, target, clientX, clientY }) => {
    end();
    const item = target.closest(".talk-message");
    if (pointerType !== "touch" || !isPrimary || !item || target.closest(".talk-tools")) return;
    pressed = { x: clientX, y: clientY };
    timer = setTimeout(() => {
      end();
      opened = open(item);
    }, LONG_MS);
  };
  const move = ({ clientX, clientY }) => pressed && Math.hypot(clientX - pressed.x, clientY - pressed.y) > STILL_PX && end();
  // What the finger does when it leaves belongs to the press, not to a link under it or to the sheet that came up.
  const swallow = (event) => {
    if (!opened) return;
    event.preventDefault();
    event.stopPropagation();
    opened = event.type === "contextmenu";
  };

  document.addEventListener("pointerdown", () => (opened = false), { capture: true, signal });
  lines.addEventListener("pointerdown", begin, { signal });
  lines.addEventListener("pointermove", move, { signal });
  for (const type of ["pointerup", "pointercancel"]) lines.addEventListener(type, end, { signal });
  for (const type of ["click", "contextmenu"]) document.addEventListener(type, swallow, { capture: true, signal });
}
