// A card: an event in a list, with its reasons and its buttons.

import { dismiss } from "./dismissal.js";
import { bindSave, drawKind, drawSaved } from "./facts.js";
import { parts, piece } from "./piece.js";
import { profile } from "./profile.js";
import { distance, furtherDates, leaf, shownReasons, when } from "./words.js";

const refreshers = new WeakMap();

/** Return a list item with the card of an event. */
export function cardOf({ event, reasons, moreDates }) {
  const item = piece("card");
  const part = parts(item);
  const start = new Date(event.startAt);
  item.dataset.id = event.id;

  const title = part("title");
  title.id = `title-${event.id}`;
  title.textContent = event.title;
  title.href = `/event/${event.id}`;
  for (const [name, text] of Object.entries(leaf(start))) part(name).textContent = text;
  part("when").dateTime = event.startAt;
  part("more-dates").textContent = furtherDates(moreDates);
  part("where").textContent = event.locationName;
  for (const button of [part("save"), part("dismiss")]) button.setAttribute("aria-describedby", title.id);
  const list = item.querySelector(".reasons");
  const shown = shownReasons(reasons);
  list.hidden = shown.length === 0;
  list.append(
    ...shown.map(({ signal, text }) =>
      Object.assign(document.createElement("li"), { className: signal, textContent: text }),
    ),
  );

  bindSave(part("save"), event);
  part("dismiss").addEventListener("click", () => dismiss(item.querySelector(".card"), event));
  const refresh = () => {
    const now = new Date();
    drawKind(part, event, now);
    drawSaved(part("save"), event);
    part("when").textContent = when(start, now);
    part("distance").textContent = distance(profile.me, event);
  };
  refresh();
  refreshers.set(item, refresh);
  return item;
}

/** Draw again on every card what depends on the time, the profile or the saves; a dismissed one has nothing. */
export function refreshCards(list) {
  for (const item of list.children) if (item.querySelector(".card")) refreshers.get(item)?.();
}
