// Dismissing an event: a row with an undo button takes its place at once, without a time limit.

import { newKey, record, request } from "./api.js";
import { announce } from "./live.js";
import { notify } from "./notice.js";
import { piece } from "./piece.js";

/** Dismiss an event: a row with an undo stands where `node` stood. `onGone(gone)` is called then and when it is undone. */
export function dismiss(node, event, onGone = () => {}, key = newKey()) {
  const row = piece("undo");
  const undo = row.querySelector("button");
  row.querySelector("p").textContent = `“${event.title}” will not be shown again.`;
  node.replaceWith(row);
  undo.setAttribute("aria-label", `Undo: show “${event.title}” again`);
  undo.focus();
  announce(`Not for you: ${event.title}. Undo is there, where it stood.`);
  onGone(true);

  const back = () => {
    const focused = row.contains(document.activeElement);
    row.replaceWith(node);
    if (focused) node.querySelector("[data-dismiss]").focus();
    onGone(false);
  };
  const done = record(event.id, "DISMISS", { key }).then(
    () => true,
    (error) => {
      back();
      notify(`“${event.title}” could not be dismissed. ${error.message}`, () => dismiss(node, event, onGone, key));
      return false;
    },
  );
  undo.addEventListener("click", async () => {
    if (undo.ariaBusy === "true" || !(await done)) return;
    undo.ariaBusy = "true";
    try {
      await request("DELETE", `/interactions/dismissals/${event.id}`);
      back();
      announce(`Shown again: ${event.title}`);
    } catch (error) {
      notify(`“${event.title}” could not be brought back. ${error.message}`, () => undo.click());
    } finally {
      undo.ariaBusy = "false";
    }
  });
}
