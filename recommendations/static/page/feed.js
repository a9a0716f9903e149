// The list of events: its pages, one after the other, and its states while there are none.

import { VIEWS } from "./address.js";
import { cardOf, refreshCards } from "./card.js";
import { emptiness } from "./emptiness.js";
import { announce } from "./live.js";
import { piece } from "./piece.js";
import { pagesOf } from "./sources.js";
import { panel, titleOf } from "./state.js";

const SKELETONS = 5;
const section = document.getElementById("feed");
const list = document.getElementById("cards");
const state = document.getElementById("state");
const more = document.getElementById("more");
const button = more.querySelector("button");
const loaded = [];
let run = null;

/** Load the first page of a view. With `keep`, the old list stays until then. */
export function start(shown, { keep = false } = {}) {
  run?.abort.abort();
  run = { shown, next: pagesOf(shown), abort: new AbortController(), more: true, busy: false, failed: false, first: true };
  document.getElementById("feed-title").textContent = shown.q ? `“${shown.q}”` : VIEWS[shown.view].title;
  document.getElementById("feed-lead").textContent = VIEWS[shown.view].lead;
  state.replaceChildren();
  more.hidden = true;
  if (!keep || !list.querySelector(".card:not(.skeleton)")) {
    list.replaceChildren(...Array.from({ length: SKELETONS }, () => piece("skeleton")));
  }
  return load(run);
}

/** Load the first page of the same view. */
export const startAgain = () => start(run.shown, { keep: true });

/** Try again what failed, if anything did. */
export function retry() {
  if (run?.failed) load(run);
}

/** Call `listener()` whenever a page has been loaded. */
export const onLoaded = (listener) => loaded.push(listener);

/** Draw the times, distances and saves of all cards again. */
export const refresh = () => refreshCards(list);

/** Hide the card of an event, or show it again. */
export function setGone(eventId, gone) {
  const item = itemOf(eventId);
  if (item) item.hidden = gone;
}

/** Put the focus on the card of an event; say whether there is one. */
export function focusCard(eventId) {
  const link = itemOf(eventId)?.querySelector("[data-title]");
  link?.focus({ preventScroll: true });
  return Boolean(link);
}

const itemOf = (eventId) => list.querySelector(`li[data-id="${eventId}"]`);

async function load(mine, { focus = false } = {}) {
  if (mine.busy || !mine.more) return;
  mine.busy = true;
  mine.failed = false;
  section.ariaBusy = "true";
  button.textContent = "Loading…";
  try {
    let page = await mine.next(mine.abort.signal);
    // A page of what is saved may have nothing that the filters leave.
    while (!page.items.length && page.more) page = await mine.next(mine.abort.signal);
    if (mine === run) show(mine, page, focus);
  } catch (error) {
    if (mine === run && error.name !== "AbortError") fail(mine, error);
  } finally {
    mine.busy = false;
    if (mine === run) section.ariaBusy = "false";
  }
}

function show(mine, page, focus) {
  const items = page.items.map(cardOf);
  if (mine.first) list.replaceChildren(...items);
  else list.append(...items);
  state.replaceChildren();
  mine.more = page.more;
  more.hidden = !page.more;
  button.textContent = "Show more";
  if (!list.children.length) state.replaceChildren(emptiness(mine.shown));
  else {
    announce(`${items.length} ${mine.first ? "" : "more "}event${items.length === 1 ? "" : "s"}${page.more ? "" : ", and that is everything"}.`);
    if (!page.more) state.replaceChildren(Object.assign(document.createElement("p"), { className: "end", textContent: "That is everything." }));
  }
  if (focus) items[0]?.querySelector("[data-title]").focus();
  mine.first = false;
  // Seen again, so that the observer notices a page that did not fill the window.
  observer.unobserve(more);
  observer.observe(more);
  for (const listener of loaded) listener();
}

function fail(mine, error) {
  mine.failed = true;
  more.hidden = true;
  if (mine.first) list.replaceChildren();
  const again = ["Try again", () => load(mine, { focus: true })];
  // A cursor that is refused is of no more use: only the beginning is.
  const afresh = ["Start from the top", () => start(mine.shown)];
  state.replaceChildren(panel(titleOf(error), error.message, error.status === 400 && !mine.first ? afresh : again));
}

const observer = new IntersectionObserver(
  (entries) => {
    if (entries.some((entry) => entry.isIntersecting) && !more.hidden && !run.failed) load(run);
  },
  { rootMargin: "800px" },
);
button.addEventListener("click", () => load(run, { focus: true }));
