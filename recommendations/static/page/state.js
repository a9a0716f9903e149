// The panel in place of a list: nothing there, or an error.

import { Problem, Unreachable } from "./api.js";
import { announce } from "./live.js";
import { piece } from "./piece.js";
import { SessionEnded } from "./session.js";

/** Return a panel with a title, a sentence and buttons, [label, act] each; it is said aloud too. */
export function panel(title, text, ...buttons) {
  const made = piece("state");
  made.querySelector("h2").textContent = title;
  made.querySelector("p").textContent = text;
  made.querySelector(".row").append(
    ...buttons.map(([label, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: label });
      button.addEventListener("click", act);
      return button;
    }),
  );
  announce(`${title}. ${text}`);
  return made;
}

/** Return the title of an error: what kind of trouble it is. A fault of the page itself goes to the console too. */
export function titleOf(error) {
  if (error instanceof SessionEnded) return "You are signed out";
  if (error instanceof Unreachable) return navigator.onLine ? "No answer" : "You are offline";
  if (error instanceof Problem) return error.status >= 500 ? "The server has a problem" : "This was refused";
  console.error(error);
  return "Something went wrong on this page";
}
