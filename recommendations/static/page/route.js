// Navigation: the URL always says what is shown.

import { read, write } from "./address.js";

let listener = () => {};
let place = null;

/** Call `show(shown, { keep, back })` now and whenever something else is to be shown. */
export function onRoute(show) {
  listener = show;
  listener(read(), {});
}

/** Show a view with filters. `replace` leaves no step to go back to; `keep` keeps the old list until the new is there. */
export function go(shown, { replace = false, keep = false } = {}) {
  move(write(shown), { replace, keep });
}

/** Show what an address of this page says. */
export function move(address, { replace = false, keep = false } = {}) {
  remember();
  const step = { within: true };
  if (replace) history.replaceState({ ...history.state }, "", address);
  else history.pushState(step, "", address);
  listener(read(), { keep });
}

/** Go back to the list, where it was; say whether there is one to go back to. */
export function back() {
  if (!history.state?.within) return false;
  history.back();
  return true;
}

function remember() {
  if (!read().event) place = window.scrollY;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-route]");
  const other = event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (!link || other) return;
  event.preventDefault();
  move(link.pathname + link.search);
});
window.addEventListener("popstate", () => listener(read(), { back: true, top: place }));
history.scrollRestoration = "manual";
