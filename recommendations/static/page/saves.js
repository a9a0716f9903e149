// The events that the user has saved, newest first, and saving itself.

import { record, request } from "./api.js";

let ids = new Set();
const listeners = [];

export const saves = {
  /** Read all of them from the server. */
  async load() {
    const found = new Set();
    for (let next = "/interactions?action=SAVE&limit=100"; next; ) {
      const page = await request("GET", next);
      for (const { eventId } of page.results) found.add(eventId);
      next = page.next && pathOf(page.next);
    }
    ids = found;
    notifyListeners();
  },

  has: (eventId) => ids.has(eventId),
  all: () => [...ids],

  /** Save an event, or not any more; the page shows it at once, and takes it back if the server refuses. */
  async set(eventId, saved, key) {
    const before = ids;
    ids = saved ? new Set([eventId, ...before]) : new Set([...before].filter((id) => id !== eventId));
    notifyListeners(eventId);
    try {
      await (saved ? record(eventId, "SAVE", { key }) : request("DELETE", `/interactions/saves/${eventId}`));
    } catch (error) {
      ids = before;
      notifyListeners(eventId);
      throw error;
    }
  },

  /** Call `listener(eventId)` after each change, without an id when it may be any. */
  onChange(listener) {
    listeners.push(listener);
  },
};

/** Return an address without its host: a page asks nobody but where it came from. */
export function pathOf(address) {
  const { pathname, search } = new URL(address, location.href);
  return pathname + search;
}

function notifyListeners(eventId) {
  for (const listener of listeners) listener(eventId);
}
