// A page without a conversation hears how its member's inbox stands: over one connection for all tabs of the browser.

import { takeInbox } from "../../notifications/js/inbox.js";
import { Connection } from "./net/connection.js";
import { sharedConnection } from "./net/shared.js";

const { who } = document.body.dataset;

const connection = new Connection({
  shared: sharedConnection(),
  hello: () => ({ type: "hello", v: 1, channels: false }),
  onframe: (frame) => {
    if (frame.type === "ready" && frame.me.id !== who) connection.stop(); // somebody else has signed in since
    else if (frame.type === "inbox") takeInbox(frame);
  },
  onstate: (state) => {
    if (!["connecting", "live", "waiting", "replaced"].includes(state)) connection.stop();
  },
});
document.addEventListener("visibilitychange", () => {
  if (connection.state === "replaced" && document.visibilityState === "visible") connection.start();
});
connection.start();
