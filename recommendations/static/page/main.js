// The start of the page: loads everything and connects the modules.

import { VIEWS, read } from "./address.js";
import { categories } from "./categories.js";
import { csrfToken } from "./csrf.js";
import * as event from "./event.js";
import * as feed from "./feed.js";
import { bindFilters, drawFilters } from "./filters.js";
import * as interests from "./interests.js";
import { notify } from "./notice.js";
import { profile } from "./profile.js";
import { drawOpener } from "./profile_dialog.js";
import { onRoute } from "./route.js";
import { saves } from "./saves.js";

const section = document.getElementById("feed");
const article = document.getElementById("event");
const offline = document.getElementById("offline");
let listed = null;
let opened = null;
let complete = false;
let completing = null;

function refresh() {
  feed.refresh();
  event.refreshEvent();
}

/** Load what every view needs besides its events; after a failure again when a list could be loaded. */
function complement() {
  completing ??= Promise.all([profile.load(), categories.load(), saves.load()])
    .then(
      () => {
        complete = true;
        drawFilters(read());
        interests.draw();
        refresh();
      },
      (error) => {
        if (section.querySelector("[data-id]")) notify(`Your profile could not be read. ${error.message}`, complement);
      },
    )
    .finally(() => {
      completing = null;
    });
}

function show(shown, { keep = false, back = false, top = 0 }) {
  section.hidden = shown.event !== null;
  article.hidden = shown.event === null;
  if (shown.event !== null) {
    opened = shown.event;
    window.scrollTo(0, 0);
    event.open(shown.event);
    return;
  }
  document.title = `${shown.q ? `“${shown.q}”` : VIEWS[shown.view].title} · Marquee`;
  drawFilters(shown);
  const same = JSON.stringify(shown) === JSON.stringify(listed);
  listed = shown;
  if (same && back) {
    window.scrollTo(0, top);
    feed.focusCard(opened);
    return;
  }
  if (!keep) window.scrollTo(0, 0);
  feed.start(shown, { keep });
}

profile.onChange((now, before) => {
  drawOpener();
  interests.draw();
  refresh();
  const others = before && JSON.stringify(now.interests) !== JSON.stringify(before.interests);
  if (others && listed?.view === "recommended") feed.startAgain();
});
saves.onChange(refresh);
feed.onLoaded(() => {
  if (!complete) complement();
});

document.getElementById("sign-out").addEventListener("submit", ({ target }) => {
  target.elements.csrfmiddlewaretoken.value = csrfToken();
});
window.addEventListener("offline", () => {
  offline.hidden = false;
});
window.addEventListener("online", () => {
  offline.hidden = true;
  feed.retry();
});
document.addEventListener("visibilitychange", () => document.hidden || refresh());

offline.hidden = navigator.onLine;
document.getElementById("interests").open = matchMedia("(min-width: 64rem)").matches;
bindFilters();
complement();
onRoute(show);
