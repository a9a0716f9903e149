// The pages of events of each view, from the API.

import { VIEWS } from "./address.js";
import { request } from "./api.js";
import { pathOf, saves } from "./saves.js";

const PAGE = 20;
const IDS = 100;

/** Return a function that gives the next page, `{ items: [{ event, reasons, moreDates }], more }`; asked again after a failure, it gives the same. */
export function pagesOf(shown) {
  return shown.view === "saved" ? savedPages(shown) : listedPages(shown);
}

function listedPages({ view, type, category, q }) {
  const asked = new URLSearchParams({ limit: PAGE });
  if (type) asked.set("type", type);
  if (category) asked.set("category", category);
  if (view === "search") {
    asked.set("q", q);
    asked.set("startsAfter", new Date().toISOString());
  }
  let next = `${VIEWS[view].path}?${asked}`;
  return async (signal) => {
    const page = await request("GET", next, { signal });
    next = page.next && pathOf(page.next);
    return { items: page.results.map((row) => (row.event ? row : { event: row, reasons: [] })), more: Boolean(next) };
  };
}

function savedPages({ type, category }) {
  let from = 0;
  let all = null;
  return async (signal) => {
    if (!all) {
      await saves.load();
      all = saves.all();
    }
    const ids = all.slice(from, from + IDS);
    if (!ids.length) return { items: [], more: false };
    const asked = new URLSearchParams({ ids: ids.join(","), limit: IDS });
    if (type) asked.set("type", type);
    if (category) asked.set("category", category);
    const found = new Map((await request("GET", `/events?${asked}`, { signal })).results.map((event) => [event.id, event]));
    from += IDS;
    const kept = ids.filter((id) => found.has(id)).map((id) => ({ event: found.get(id), reasons: [] }));
    return { items: kept, more: from < all.length };
  };
}
