// Announcements for screen readers.

const region = document.getElementById("live");

/** Say something, politely; the same words twice are said twice. */
export function announce(text) {
  region.textContent = "";
  requestAnimationFrame(() => {
    region.textContent = text;
  });
}
