// The bar that reports what failed; it stays until it is answered.

const bar = document.getElementById("notice");
let before = null;

/** Show what failed and why, with a button that tries again if there is `retry`, and put the focus there. */
export function notify(text, retry) {
  const words = document.createElement("p");
  words.textContent = text;
  const buttons = document.createElement("p");
  buttons.className = "row";
  if (retry) buttons.append(button("Try again", retry));
  buttons.append(button("Close", () => {}));
  bar.replaceChildren(words, buttons);
  bar.hidden = false;
  // By keyboard the buttons are behind the whole list. While the user types, the focus stays.
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
