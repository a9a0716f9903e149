// Suggestions while typing in the search: a combobox with a listbox popup, as ARIA 1.2 has it. Without it the form works.

import { request } from "./api.js";

const PAUSE = 120;
const input = document.querySelector(".search input[name=q]");
const form = input?.form;
let waiting, latest = 0, chosen = -1;

if (input) {
  const list = Object.assign(document.createElement("ul"), { id: "suggestions", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  form.append(list);
  // A searchbox can't be a combobox.
  input.type = "text";
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const close = () => show([]);

  /** Show suggestions; none closes the list. */
  function show(suggestions) {
    chosen = -1;
    input.removeAttribute("aria-activedescendant");
    list.replaceChildren(...suggestions.map(({ kind, text }, place) => {
      const option = Object.assign(document.createElement("li"), { id: `suggestion-${place}` });
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      option.dataset.text = text;
      const what = Object.assign(document.createElement("span"), { className: "kind", textContent: kind });
      option.append(text, " ", what);
      return option;
    }));
    list.hidden = suggestions.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
  }

  /** Mark an option as the one that Enter takes; -1 marks none. */
  function choose(place) {
    chosen = place;
    for (const [number, option] of [...list.children].entries()) option.setAttribute("aria-selected", String(number === place));
    const option = list.children[place];
    if (!option) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  async function ask() {
    const mine = ++latest, typed = input.value.trim();
    let suggestions = [];
    if (typed.length > 1) {
      try {
        ({ results: suggestions } = await request("GET", `/events/suggestions?${new URLSearchParams({ q: typed })}`));
      } catch {
        // The search itself works without.
      }
    }
    if (mine === latest) show(suggestions);
  }

  function take(option) {
    input.value = option.dataset.text;
    latest++;
    close();
    form.requestSubmit();
  }

  input.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const last = list.children.length - 1;
    if (event.key === "Escape" && !list.hidden) close();
    else if (event.key === "Enter" && chosen >= 0) take(list.children[chosen]);
    else if (event.key === "ArrowDown" && last >= 0) choose(chosen < last ? chosen + 1 : -1);
    else if (event.key === "ArrowUp" && last >= 0) choose(chosen < 0 ? last : chosen - 1);
    else return;
    event.preventDefault();
  });
  // The press would take the focus, and with it the list, before the click arrives.
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option);
  });
  input.addEventListener("blur", () => {
    clearTimeout(waiting);
    latest++;
    close();
  });
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    latest++;
  });
}
