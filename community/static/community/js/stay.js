// A session that is not to be remembered ends when nothing is done. Two minutes before, one key keeps it; after it, nothing typed is lost.

import { isCovered } from "./cover.js";

const WARN_S = 120;
const TELL_EVERY_S = 300; // who is busy on a page tells the server so, this often at most

const { left, who } = document.body.dataset;
/** @type {HTMLDialogElement | null} */
const warning = document.querySelector("[data-stay]");
/** @type {HTMLDialogElement | null} */
const last = document.querySelector("[data-last]");
/** @type {HTMLDialogElement | null} */
const over = document.querySelector("[data-over]");

/** @typedef {{ ended?: boolean, left: number | null, last?: boolean, who?: string, token?: string }} Answer */

const url = "/session/";
/** @returns {NodeListOf<HTMLInputElement>} */
const tokens = () => document.querySelectorAll("input[name=csrfmiddlewaretoken]");
const seconds = () => Date.now() / 1_000;

let end = 0;
let told = 0;
let timer = 0;
let isOver = false;
let isTold = false; // that nothing moves the end on any more

/**
 * Ask how long the session lives on, or say with "POST" that somebody is there. Gives null where the server cannot be reached.
 * @returns {Promise<Answer | null>}
 */
async function ask(method = "GET") {
  try {
    const answer = await fetch(url, { method, cache: "no-store", headers: { "X-CSRFToken": tokens()[0]?.value ?? "" } });
    if (answer.status === 401) return { ended: true, left: 0 };
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/**
 * Know the end anew: `left` seconds from now.
 * @param {number} left
 */
function lives(left) {
  end = seconds() + left;
  clearTimeout(timer);
  timer = setTimeout(look, Math.max(1, left - WARN_S) * 1_000);
}

/** The end may be near. Another tab may have moved it, so the server is asked first. */
async function look() {
  const answer = await ask();
  if (answer?.ended) return ended();
  const left = answer ? answer.left : end - seconds();
  if (left === null) return; // it is remembered now
  if (left > WARN_S + 1) return lives(left);
  end = seconds() + left;
  clearTimeout(timer);
  timer = setTimeout(look, (Math.max(left, 0) + 1) * 1_000);
  if (answer?.last) tellLast();
  else warn();
}

function tellLast() {
  if (isTold || isCovered() || isOver) return;
  isTold = true;
  last?.showModal(); // who became staff since the page was opened has none
}

function warn() {
  if (warning && !warning.open && !isCovered() && !isOver) warning.showModal();
}

async function stay() {
  told = seconds();
  const answer = await ask("POST");
  if (answer?.ended) ended();
  else if (answer?.left) lives(answer.left);
}

function busy() {
  const every = Math.min(TELL_EVERY_S, Math.max(1, (end - seconds() - WARN_S) / 2));
  if (!isOver && !isTold && !warning?.open && seconds() - told > every) stay();
}

/** The session is over: hide what the page shows, keep it, and wait until its member has signed in again elsewhere. */
function ended() {
  if (isOver || document.querySelector(".chat-closed")) return; // a conversation says so itself, and its draft is on the server
  isOver = true;
  clearTimeout(timer);
  warning?.close();
  last?.close();
  over?.showModal();
}

async function back() {
  const answer = await ask();
  /** @type {HTMLElement | null | undefined} */
  const note = over?.querySelector("[data-again]");
  if (!answer || answer.ended) {
    if (note) note.textContent = note.dataset.again ?? "";
    return;
  }
  if (answer.who !== who) return location.reload(); // somebody else: what was typed here is not theirs to send
  for (const input of tokens()) input.value = answer.token ?? "";
  isOver = isTold = false;
  over?.close();
  if (answer.left) lives(answer.left);
}

if (left) {
  told = seconds();
  lives(Number(left));
  warning?.addEventListener("close", () => isOver || stay());
  over?.addEventListener("cancel", (event) => event.preventDefault());
  document.addEventListener("uncovered", () => !isOver && end - seconds() < WARN_S && look());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") return;
    if (isOver) back();
    else if (end - seconds() < WARN_S) look();
  });
  window.addEventListener("focus", () => isOver && back());
  for (const kind of ["keydown", "pointerdown", "wheel"]) window.addEventListener(kind, busy, { passive: true });
}
