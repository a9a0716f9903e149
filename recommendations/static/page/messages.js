// Messages: what a screen reader says, and the bar that reports what failed until it is answered.

import { SignedOut } from "./api.js";

const live = document.getElementById("live");
const bar = document.getElementById("notice");
let before = null;

/** Say something, politely; the same words twice are said twice. */
export function announce(text) {
  live.textContent = "";
  requestAnimationFrame(() => {
    live.textContent = text;
  });
}

/** Show what failed and why, with a button that tries again, or a link to sign in, and put the focus there. */
export function notify(text, error, retry) {
  const words = Object.assign(document.createElement("p"), { textContent: `${text} ${error.message}` });
  const buttons = Object.assign(document.createElement("p"), { className: "row" });
  if (error instanceof SignedOut) buttons.append(signIn());
  else buttons.append(button("Try again", retry));
  buttons.append(button("Close", () => {}));
  bar.replaceChildren(words, buttons);
  bar.hidden = false;
  // By keyboard the buttons are behind the whole list. While the user types, the focus stays.
  before = document.activeElement;
  if (!before?.matches("input:not([type=checkbox])")) buttons.firstElementChild.focus();
}

function signIn() {
  const next = encodeURIComponent(location.pathname + location.search);
  return Object.assign(document.createElement("a"), { className: "button", textContent: "Sign in", href: `/sign-in?next=${next}` });
}

function button(text, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", textContent: text });
  made.addEventListener("click", () => {
    if (bar.contains(document.activeElement)) before?.focus();
    bar.hidden = true;
    bar.replaceChildren();
    act();
  });
  return made;
}
