// The page of one event.

import { record, request } from "./api.js";
import { dismiss } from "./dismissal.js";
import { bindSave, drawKind, drawSaved } from "./facts.js";
import { setGone } from "./feed.js";
import { parts, piece } from "./piece.js";
import { profile } from "./profile.js";
import { back, go } from "./route.js";
import { panel, titleOf } from "./state.js";
import { distance, whenInFull, zone } from "./words.js";

const article = document.getElementById("event");
let refresh = () => {};
let abort = new AbortController();

/** Show an event and record that it was looked at. */
export async function open(id) {
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  refresh = () => {};
  article.replaceChildren(piece("skeleton").firstElementChild);
  article.ariaBusy = "true";
  try {
    const event = await request("GET", `/events/${id}`, { signal });
    show(event);
    // A view that could not be recorded is not reported.
    record(event.id, "VIEW").catch(() => {});
  } catch (error) {
    if (error.name !== "AbortError") fail(id, error);
  } finally {
    if (!signal.aborted) article.ariaBusy = "false";
  }
}

/** Draw again what depends on the time, the profile or the saves. */
export const refreshEvent = () => refresh();

function show(event) {
  const page = piece("event");
  article.replaceChildren(page);
  const part = parts(article);
  document.title = `${event.title} · Marquee`;
  part("title").textContent = event.title;
  part("when").dateTime = event.startAt;
  part("zone").textContent = `Your time, ${zone()}`;
  part("if-where").hidden = !event.locationName;
  part("where").textContent = event.locationName;
  part("if-organiser").hidden = !event.organiser;
  part("organiser").textContent = event.organiser?.name ?? "";
  part("description").append(...paragraphs(event.description));
  part("tags").hidden = event.tags.length === 0;
  part("tags").append(...event.tags.map((tag) => Object.assign(document.createElement("li"), { textContent: tag })));
  leadOut(part("url"), event);
  part("back").addEventListener("click", leave);
  bindSave(part("save"), event);
  const actions = article.querySelector(".actions");
  part("dismiss").addEventListener("click", () => dismiss(actions, event, (gone) => setGone(event.id, gone)));
  refresh = () => {
    const now = new Date();
    drawKind(part, event, now);
    if (part("save")) drawSaved(part("save"), event);
    part("when").textContent = whenInFull(new Date(event.startAt), event.endAt && new Date(event.endAt), now);
    part("distance").textContent = distance(profile.me, event);
  };
  refresh();
  part("title").focus({ preventScroll: true });
}

/** Link to the event's own site, if it has one that a browser can open safely, and record the click. */
function leadOut(link, event) {
  link.hidden = !/^https?:\/\//i.test(event.url ?? "");
  if (link.hidden) return;
  link.href = event.url;
  link.addEventListener("click", () => record(event.id, "CLICK", { keepalive: true }).catch(() => {}));
}

function paragraphs(text) {
  const blocks = text.split(/\n\s*\n/).filter((block) => block.trim());
  return blocks.map((block) => Object.assign(document.createElement("p"), { textContent: block.trim() }));
}

function leave(click) {
  click.preventDefault();
  if (!back()) go({ view: "recommended", type: "", category: "", q: "" });
}

function fail(id, error) {
  const home = ["Back to the events", () => back() || go({ view: "recommended", type: "", category: "", q: "" })];
  const shown =
    error.status === 404
      ? panel("There is no such event", "It may have been taken down.", home)
      : panel(titleOf(error), error.message, ["Try again", () => open(id)], home);
  document.title = `${error.status === 404 ? "No such event" : titleOf(error)} · Marquee`;
  article.replaceChildren(shown);
}
