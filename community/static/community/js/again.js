// The help page, where it stands in for a page that could not be loaded: load that one as soon as there is a connection again.

const SETTLES_MS = 1_000; // what is asked for in the very moment often fails

if (document.querySelector("[data-elsewhere]:not([hidden])")) {
  addEventListener("online", () => setTimeout(() => location.reload(), SETTLES_MS));
}
