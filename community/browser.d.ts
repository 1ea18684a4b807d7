// What our scripts find in a browser beside what TypeScript knows of it.

interface Window {
  /** Where the browser has Trusted Types; what a policy makes is given to the page as the text that it holds. */
  trustedTypes?: {
    createPolicy(name: string, rules: { createHTML: (html: string) => string; createScriptURL: (url: string) => string }): {
      createHTML(html: string): string;
      createScriptURL(url: string): string;
    };
  };
  /** allauth's scripts, where passkey.js has loaded them. */
  allauth: {
    webauthn: { forms: Record<"loginForm" | "authenticateForm" | "signupForm", (given: { ids: Record<string, string> }) => void> };
  };
}

declare module "*/webauthn.js";
declare module "*/webauthn-json.js";
