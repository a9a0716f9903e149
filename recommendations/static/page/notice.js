// This file holds the bar that tells what did not work; it stays until it is answered.

const bar = document.getElementById("notice");

/** Tell what failed and why, with a button that tries again; `retry` may be left out. */
export function notify(text, retry) {
  const words = document.createElement("p");
  words.textContent = text;
  const buttons = document.createElement("p");
  buttons.className = "row";
  if (retry) buttons.append(button("Try again", retry));
  buttons.append(button("Close", () => {}));
  bar.replaceChildren(words, buttons);
  bar.hidden = false;
}

/** Take the bar away. */
export function silence() {
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
