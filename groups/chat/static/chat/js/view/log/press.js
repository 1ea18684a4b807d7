// A long press on a message opens what one can do with it. The button beside it does the same: nothing needs the press.

const LONG_MS = 450;
const STILL_PX = 10;

import { hit } from "../elements.js";

/**
 * `open(item)` opens the menu of a row of `list`, and says whether it has one.
 * @param {{ list: HTMLElement, open: (item: HTMLElement) => boolean, signal: AbortSignal }} given
 */
export function watchPresses({ list, open, signal }) {
  /** @type {{ x: number, y: number } | null} */
  let pressed = null;
  let timer = 0;
  let opened = false; // by the press that is still on

  const end = () => {
    clearTimeout(timer);
    pressed = null;
  };
  /** @param {PointerEvent} event */
  const begin = (event) => {
    end();
    const { pointerType, isPrimary, clientX, clientY } = event;
    const item = hit(event, ".chat-message");
    if (pointerType !== "touch" || !isPrimary || !item || hit(event, ".chat-tools")) return;
    pressed = { x: clientX, y: clientY };
    timer = setTimeout(() => {
      end();
      opened = open(item);
    }, LONG_MS);
  };
  /** @param {PointerEvent} event */
  const move = ({ clientX, clientY }) => {
    if (pressed && Math.hypot(clientX - pressed.x, clientY - pressed.y) > STILL_PX) end();
  };
  // What the finger does when it leaves belongs to the press, not to a link under it or to the sheet that came up.
  /** @param {Event} event */
  const swallow = (event) => {
    if (!opened) return;
    event.preventDefault();
    event.stopPropagation();
    opened = event.type === "contextmenu";
  };

  document.addEventListener("pointerdown", () => (opened = false), { capture: true, signal });
  list.addEventListener("pointerdown", begin, { signal });
  list.addEventListener("pointermove", move, { signal });
  list.addEventListener("pointerup", end, { signal });
  list.addEventListener("pointercancel", end, { signal });
  for (const type of ["click", "contextmenu"]) document.addEventListener(type, swallow, { capture: true, signal });
}
