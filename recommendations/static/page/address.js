// The URL of the page: the view, the filters, the search text or the event that it stands for.

export const VIEWS = {
  recommended: { title: "Recommended", lead: "Chosen for you, by your interests and by what others like.", path: "/recommendations" },
  popular: { title: "Popular", lead: "What most people have looked at, saved or joined.", path: "/recommendations/popular" },
  upcoming: { title: "Upcoming", lead: "What starts next.", path: "/recommendations/upcoming" },
  saved: { title: "Saved", lead: "What you saved, the latest first." },
  search: { title: "Search", lead: "Upcoming events with all of these words, the next first.", path: "/events" },
};
const TYPES = ["EVENT", "GIG"];

/** Return what an address shows; what it does not know in there is left out. */
export function read(url = location) {
  const given = new URLSearchParams(url.search);
  const event = url.pathname.match(/^\/event\/(\d{1,19})$/)?.[1] ?? null;
  const q = (given.get("q") ?? "").trim();
  const named = given.get("view");
  const view = q ? "search" : named !== "search" && Object.hasOwn(VIEWS, named ?? "") ? named : "recommended";
  const type = TYPES.includes(given.get("type")) ? given.get("type") : "";
  return { event, view, type, category: given.get("category") ?? "", q };
}

/** Return the address that shows a view with these filters. */
export function write({ view, type, category, q }) {
  const kept = new URLSearchParams();
  if (view !== "recommended" && view !== "search") kept.set("view", view);
  for (const [name, value] of Object.entries({ type, category, q })) if (value) kept.set(name, value);
  return kept.size ? `/?${kept}` : "/";
}
