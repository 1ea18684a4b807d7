// Passkeys by allauth's scripts. Their buttons show where the browser knows passkeys, and it is said when one could not be used.

import "../../mfa/js/webauthn-json.js";
import "../../mfa/js/webauthn.js";

const BUTTONS = { loginForm: "login", authenticateForm: "authenticate", signupForm: "signup" };
const known = "PublicKeyCredential" in window;

for (const note of document.querySelectorAll("[data-no-passkey]")) note.hidden = known;
for (const form of document.querySelectorAll("[data-passkey]")) {
  const kind = form.dataset.passkey;
  const trouble = form.querySelector("[data-passkey-trouble]");
  form.hidden = !known;
  form.querySelector("button").addEventListener("click", () => (trouble.hidden = true));
  window.allauth.webauthn.forms[kind]({ ids: { [BUTTONS[kind]]: "passkey", credential: form.elements.credential.id, data: "js_data" } });
  // What they could not do they tell the document; most often the person has stopped it.
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    trouble.hidden = false;
  });
}
