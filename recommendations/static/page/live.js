// This file holds what is said to those who do not see the page change.

const region = document.getElementById("live");

/** Say something, politely; the same words twice are said twice. */
export function announce(text) {
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
