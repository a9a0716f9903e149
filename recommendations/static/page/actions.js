// The buttons of an event, without a new page: save, not for me, undo, and the link to its own site.

import { SignedOut, newKey, record, request } from "./api.js";
import { announce, notify } from "./messages.js";
import { keep, keptSaves, onRefused } from "./offline.js";

document.addEventListener("click", (click) => {
  const link = click.target.closest?.("[data-clicked]");
  if (link) record(Number(link.dataset.clicked), "CLICK", { keepalive: true }).catch(() => {});
});

document.addEventListener("submit", (submit) => {
  const button = submit.submitter;
  const owner = button?.closest("[data-event]");
  if (!owner || !button.matches(".save, .dismiss") || !document.querySelector("#offline[data-user]")) return;
  submit.preventDefault();
  if (button.matches(".save")) save(button, owner, button.ariaPressed !== "true");
  else dismiss(owner);
});

/** Save an event or not any more: shown at once, kept while there is no line, taken back if the server refuses. */
async function save(button, owner, saved) {
  const id = Number(owner.dataset.event);
  const { title } = owner.dataset;
  draw(id, saved);
  try {
    await keep(id, saved);
    announce(saved ? `Saved: ${title}` : `No longer saved: ${title}`);
  } catch (error) {
    // Kept, and sent after signing in.
    if (!(error instanceof SignedOut)) draw(id, !saved);
    notify(`“${title}” could not be ${saved ? "saved" : "un-saved"}.`, error, () => save(button, owner, saved));
  }
}

/** Show on every button of an event whether it is saved. */
function draw(id, saved) {
  for (const button of document.querySelectorAll(`[data-event="${id}"] .save`)) {
    button.ariaPressed = String(saved);
    button.formAction = `/event/${id}/${saved ? "unsave" : "save"}`;
    const text = saved ? "Saved" : "Save";
    button.querySelector("span").textContent = text;
    button.ariaLabel = `${text}: ${button.closest("[data-event]").dataset.title}`;
  }
}

/** Dismiss an event: a row with an undo stands in its place, without a time limit. */
async function dismiss(owner, key = newKey()) {
  const { event: id, title } = owner.dataset;
  const row = document.createElement("div");
  const undo = Object.assign(document.createElement("button"), { type: "button", textContent: "Undo" });
  undo.ariaLabel = `Undo: show “${title}” again`;
  row.className = "undo";
  row.append(Object.assign(document.createElement("p"), { textContent: `“${title}” will not be shown again.` }), undo);
  owner.replaceWith(row);
  undo.focus();
  announce(`Not for you: ${title}. Undo is there, where it stood.`);

  const back = () => {
    const focused = row.contains(document.activeElement);
    row.replaceWith(owner);
    if (focused) owner.querySelector(".dismiss").focus();
  };
  const done = record(Number(id), "DISMISS", { key }).then(
    () => true,
    (error) => {
      back();
      notify(`“${title}” could not be dismissed.`, error, () => dismiss(owner, key));
      return false;
    },
  );
  undo.addEventListener("click", async () => {
    if (undo.ariaBusy === "true" || !(await done)) return;
    undo.ariaBusy = "true";
    try {
      await request("DELETE", `/interactions/dismissals/${id}`);
      back();
      announce(`Shown again: ${title}`);
    } catch (error) {
      notify(`“${title}” could not be brought back.`, error, () => undo.click());
    } finally {
      undo.ariaBusy = "false";
    }
  });
}

for (const [id, saved] of keptSaves()) draw(id, saved);
onRefused((id, saved, error) => {
  draw(id, !saved);
  notify(`An event could not be ${saved ? "saved" : "un-saved"}.`, error, () => keep(id, saved));
});
