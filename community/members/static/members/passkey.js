// Passkeys by allauth's scripts. Their buttons show where the browser knows passkeys, and it is said when one could not be used.

import "../mfa/js/webauthn-json.js";
import "../mfa/js/webauthn.js";

const BUTTONS = /** @type {const} */ ({ loginForm: "login", authenticateForm: "authenticate", signupForm: "signup" });
const known = "PublicKeyCredential" in window;

/** @type {NodeListOf<HTMLElement>} */
const notes = document.querySelectorAll("[data-no-passkey]");
/** @type {NodeListOf<HTMLFormElement>} */
const forms = document.querySelectorAll("[data-passkey]");

for (const note of notes) note.hidden = known;
for (const form of forms) {
  const kind = /** @type {keyof typeof BUTTONS} */ (form.dataset.passkey);
  const credential = form.querySelector("[name=credential]")?.id ?? "";
  /** @param {boolean} isSo */
  const sayTrouble = (isSo) => {
    /** @type {HTMLElement | null} */
    const trouble = form.querySelector("[data-passkey-trouble]");
    if (trouble) trouble.hidden = !isSo;
  };
  form.hidden = !known;
  form.querySelector("button")?.addEventListener("click", () => sayTrouble(false));
  window.allauth.webauthn.forms[kind]({ ids: { [BUTTONS[kind]]: "passkey", credential, data: "js_data" } });
  // What they could not do they tell the document; most often the person has stopped it.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    sayTrouble(true);
  });
}
