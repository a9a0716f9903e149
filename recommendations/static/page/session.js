// The end of a session: the user signs in again in a dialog, so that nothing typed is lost.

import { csrfToken } from "./csrf.js";

/** The session has ended, and the user did not sign in again. */
export class SessionEnded extends Error {
  constructor() {
    super("Your session has ended. Sign in to go on.");
  }
}

const dialog = document.getElementById("session");
const form = dialog.querySelector("form");
const wrong = form.querySelector(".wrong");
const WRONG = {
  403: "Username or password is wrong, or the account is not active.",
  429: "Too many attempts. Try again in a minute.",
  503: "Marquee is busy. Try again in a few seconds.",
};
let asking = null;
let owner = null;

/** Set whose page this is; if another user signs in, the page is loaded again. */
export function belongsTo(me) {
  owner = me;
}

/** Return when there is a session again, asking for a password if need be; SessionEnded if the user would not. */
export function signedInAgain() {
  asking ??= signIn().finally(() => {
    asking = null;
  });
  return asking;
}

async function signIn() {
  // Somebody may have signed in elsewhere, or only the CSRF cookie is gone, which this page sets.
  if ((await fetch("/", { redirect: "manual" })).ok) return;
  await fetch("/sign-in", { redirect: "manual" });
  form.elements.username.value ||= owner?.username ?? "";
  form.elements.password.value = wrong.textContent = "";
  dialog.showModal();
  (form.elements.username.value ? form.elements.password : form.elements.username).focus();
  await new Promise((done, failed) => {
    dialog.onclose = () => failed(new SessionEnded());
    form.onsubmit = (event) => {
      event.preventDefault();
      attempt().then((signedIn) => signedIn && done(), () => say("Marquee cannot be reached at the moment."));
    };
  }).finally(() => {
    dialog.onclose = form.onsubmit = null;
    dialog.close();
  });
  await stayTheSame();
}

async function attempt() {
  if (!form.reportValidity()) return false;
  const fields = new URLSearchParams(new FormData(form));
  const headers = { "X-CSRFToken": csrfToken() };
  const answer = await fetch("/sign-in", { method: "POST", body: fields, headers, redirect: "manual" });
  if (answer.type === "opaqueredirect") return true;
  say(WRONG[answer.status] ?? `The server answered with status ${answer.status}.`);
  return false;
}

/** Load the page again if another user has signed in. */
async function stayTheSame() {
  const me = await (await fetch("/users/me")).json();
  if (owner && me.id !== owner.id) location.reload();
}

function say(text) {
  wrong.textContent = text;
  form.elements.password.focus();
}

dialog.querySelector("[data-close]").addEventListener("click", () => dialog.close());
