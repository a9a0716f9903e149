// The filters, the search box and the links of the views: they show the URL, and change it.

import { read } from "./address.js";
import { categories } from "./categories.js";
import { go } from "./route.js";

const TYPING_MS = 300;
const form = document.getElementById("filters");
const clear = document.getElementById("clear");
const search = document.getElementById("search");
const box = document.getElementById("q");
const links = document.querySelectorAll("#views a");
let typing = 0;

/** Draw the filters and the search text of a view. */
export function drawFilters(shown) {
  const options = categories.all().map(([name, title]) => new Option(title, name));
  form.elements.category.replaceChildren(new Option("Everything", ""), ...options);
  form.elements.category.value = shown.category;
  form.elements.type.value = shown.type;
  clear.hidden = !shown.type && !shown.category;
  if (document.activeElement !== box) box.value = shown.q;
  for (const link of links) {
    if (link.dataset.view === shown.view) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Let the filters and the search box change the URL. */
export function bindFilters() {
  form.addEventListener("change", () => {
    go({ ...read(), type: form.elements.type.value, category: form.elements.category.value }, { keep: true });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  clear.addEventListener("click", () => {
    go({ ...read(), type: "", category: "" }, { keep: true });
    form.elements.type.focus();
  });
  box.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(look, TYPING_MS);
  });
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(typing);
    look();
  });
}

function look() {
  const now = read();
  const q = box.value.trim();
  if (q === now.q && !now.event) return;
  // Further letters are one step with the first.
  const view = q ? "search" : now.view === "search" ? "recommended" : now.view;
  go({ ...now, view, q }, { replace: now.view === "search" && Boolean(q) && !now.event, keep: now.view === "search" });
}
