// What cards and the event's own page have in common: kind, status, the save button.

import { categories } from "./categories.js";
import { newKey } from "./api.js";
import { notify } from "./notice.js";
import { announce } from "./live.js";
import { saves } from "./saves.js";

const TYPES = { EVENT: "Event", GIG: "Gig" };
const STATUSES = { CANCELLED: "Cancelled", COMPLETED: "Over", IN_PROGRESS: "In progress" };

/** Draw the category, the type and a status that keeps people from going. */
export function drawKind(part, event, now = new Date()) {
  part("category").textContent = event.category ? categories.title(event.category) : "";
  part("category").dataset.category = event.category ?? "";
  part("type").textContent = TYPES[event.type] ?? event.type;
  const started = event.status === "OPEN" && new Date(event.startAt) <= now;
  part("status").textContent = STATUSES[event.status] ?? (started ? "Has begun" : "");
}

/** Show on a button whether the event is saved. */
export function drawSaved(button, event) {
  const saved = saves.has(event.id);
  button.setAttribute("aria-pressed", String(saved));
  button.querySelector("span").textContent = saved ? "Saved" : "Save";
}

/** Make a button save the event and, pressed again, remove it from the saved. */
export function bindSave(button, event) {
  const put = async (saved, key) => {
    try {
      await saves.set(event.id, saved, key);
      announce(saved ? `Saved: ${event.title}` : `No longer saved: ${event.title}`);
    } catch (error) {
      notify(`“${event.title}” could not be ${saved ? "saved" : "un-saved"}. ${error.message}`, () => put(saved, key));
    }
  };
  button.addEventListener("click", () => put(!saves.has(event.id), newKey()));
}
