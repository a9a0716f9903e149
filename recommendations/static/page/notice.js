// This file holds the bar that tells what did not work; it stays until it is answered.

const bar = document.getElementById("notice");
let before = null;

/** Tell what failed and why, with a button that tries again, and put the focus there; `retry` may be left out. */
export function notify(text, retry) {
  const words = document.createElement("p");
  words.textContent = text;
  const buttons = document.createElement("p");
  buttons.className = "row";
  if (retry) buttons.append(button("Try again", retry));
  buttons.append(button("Close", () => {}));
  bar.replaceChildren(words, buttons);
  bar.hidden = false;
  // The way to the buttons by keyboard would be past the whole list; whoever is typing is left alone.
  before = document.activeElement;
  if (!before?.matches("input:not([type=checkbox])")) buttons.firstElementChild.focus();
}

/** Take the bar away, and the focus back to where it was. */
export function silence() {
  if (bar.contains(document.activeElement)) before?.focus();
  bar.hidden = true;
  bar.replaceChildren();
}

function button(text, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.addEventListener("click", () => {
    silence();
    act();
  });
  return made;
}
