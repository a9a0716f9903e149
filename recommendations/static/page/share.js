// The share button: the device's own dialog, else the address in the clipboard; where there is neither it stays a link.

import { announce, notify } from "./messages.js";

document.addEventListener("click", (click) => {
  const link = click.target.closest?.("[data-share]");
  const other = click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey;
  if (!link || other || !(navigator.share || navigator.clipboard)) return;
  click.preventDefault();
  share(link);
});

async function share(link) {
  try {
    if (navigator.share) {
      await navigator.share({ title: link.dataset.share, url: link.href });
    } else {
      await navigator.clipboard.writeText(link.href);
      link.textContent = "Link copied";
      announce("The link is in the clipboard.");
    }
  } catch (error) {
    // The dialog was closed.
    if (error.name !== "AbortError") notify("The link could not be shared.", error, () => share(link));
  }
}
