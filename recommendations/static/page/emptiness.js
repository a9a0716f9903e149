// This file holds what a list says that has nothing in it, and the way on from there.

import { go } from "./route.js";
import { panel } from "./state.js";

/** Return the panel for a view that has no event. */
export function emptiness(shown) {
  const everything = ["Clear filters", () => go({ ...shown, type: "", category: "" })];
  const filtered = Boolean(shown.type || shown.category);
  if (shown.view === "search") {
    const words = `Nothing upcoming has all the words of “${shown.q}”${filtered ? " within these filters" : ""}.`;
    const clear = ["Clear the search", () => go({ view: "recommended", type: "", category: "", q: "" })];
    return filtered ? panel("Nothing found", words, everything, clear) : panel("Nothing found", words, clear);
  }
  if (filtered) return panel("Nothing here", "No event fits these filters.", everything);
  if (shown.view === "saved") {
    const look = ["Look around", () => go({ ...shown, view: "recommended" })];
    return panel("Nothing saved yet", "What you save waits for you here.", look);
  }
  return panel("Nothing ahead", "No event is open and upcoming that you have not put aside. Come back later.");
}
