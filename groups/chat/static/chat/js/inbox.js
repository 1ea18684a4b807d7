// A page without a conversation hears how its member's inbox stands: over one connection for all tabs of the browser.

import { Tabs } from "../../notifications/js/tabs.js";
import { Connection } from "./net/connection.js";

const { tabs: name, who } = document.body.dataset;

const tabs = new Tabs({
  name,
  onlead: () => connection.start(),
  onquit: () => connection.stop(),
});
const connection = new Connection({
  hello: () => ({ type: "hello", v: 1, channels: false }),
  onframe: (frame) => {
    if (frame.type === "ready" && frame.me.id !== who) tabs.end(); // somebody else has signed in since
    else if (frame.type === "inbox") tabs.tell(frame);
  },
  onstate: (state) => {
    if (!["connecting", "live", "waiting"].includes(state)) tabs.end(state === "replaced");
  },
});
tabs.enter();
