// “Show more” without a new page: the next page's events follow those that are there.

import { documentOf } from "./api.js";
import { announce, notify } from "./messages.js";

document.addEventListener("click", (click) => {
  const link = click.target.closest?.("#more a");
  const other = click.button !== 0 || click.metaKey || click.ctrlKey || click.shiftKey || click.altKey;
  if (!link || other) return;
  click.preventDefault();
  more(link);
});

async function more(link) {
  if (link.ariaBusy === "true") return;
  link.ariaBusy = "true";
  link.textContent = "Loading…";
  try {
    const page = await documentOf(link.href);
    const items = [...page.querySelectorAll("#cards > *")];
    const list = document.getElementById("cards");
    // A day that goes on has its heading already.
    const days = list.querySelectorAll(".day");
    if (items[0]?.matches(".day") && items[0].textContent === days[days.length - 1]?.textContent) items.shift();
    list.append(...items);
    const following = page.getElementById("more");
    link.closest("#more").replaceWith(following ?? "");
    const added = items.filter((item) => item.dataset.id);
    added[0]?.querySelector("a").focus({ preventScroll: true });
    announce(`${added.length} more events${following?.querySelector("a") ? "" : ", and that is everything"}.`);
  } catch (error) {
    link.ariaBusy = "false";
    link.textContent = "Show more";
    notify("No more could be loaded.", error, () => more(link));
  }
}
