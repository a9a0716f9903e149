// The message of a list without events, with a button that leads on.

import { go } from "./route.js";
import { panel } from "./state.js";

/** Return the panel for a view without events. */
export function emptiness(shown) {
  const everything = ["Clear filters", () => go({ ...shown, type: "", category: "" })];
  const filtered = Boolean(shown.type || shown.category);
  if (shown.view === "search") {
    const words = `No upcoming event has all the words of “${shown.q}”${filtered ? " within these filters" : ""}.`;
    const clear = ["Clear the search", () => go({ view: "recommended", type: "", category: "", q: "" })];
    return filtered ? panel("Nothing found", words, everything, clear) : panel("Nothing found", words, clear);
  }
  if (filtered) return panel("Nothing here", "No event fits these filters.", everything);
  if (shown.view === "saved") {
    const look = ["Look around", () => go({ ...shown, view: "recommended" })];
    return panel("Nothing saved yet", "Events that you save are listed here.", look);
  }
  return panel("Nothing ahead", "There are no upcoming events, or you have dismissed them all. Come back later.");
}
