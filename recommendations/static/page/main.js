// What every page does: names the time zone, and lets buttons and lists answer without a new page.

import "./actions.js";
import { documentOf } from "./api.js";
import "./more.js";
import "./offline.js";

if (document.querySelector("[data-share]")) import("./share.js");
// Without a line there are no suggestions, and the search is a form as before.
const suggest = () => import("./suggestions.js").catch(() => {});
document.querySelector(".search input")?.addEventListener("focus", suggest, { once: true });

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const isNamed = document.cookie.split("; ").includes(`zone=${zone}`);
document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
// Drawn before the server knew the zone: once more, with the visitor's times.
if (!isNamed && document.querySelector("main time")) {
  const page = await documentOf(location.href).catch(() => null);
  if (page) document.querySelector("main").replaceChildren(...page.querySelector("main").children);
}
// After that, for its button is in there.
if (document.getElementById("near-me")) import("./near.js");

for (const { dataset } of document.querySelectorAll("[data-viewed]")) {
  const { record } = await import("./api.js");
  // A view that could not be recorded is not reported.
  record(Number(dataset.viewed), "VIEW").catch(() => {});
}
