// The choice of interests: each change is stored at once, and the feed is loaded again.

import { categories } from "./categories.js";
import { announce } from "./live.js";
import { notify } from "./notice.js";
import { profile } from "./profile.js";

const box = document.getElementById("interest-chips");
const count = document.getElementById("interest-count");
let storing = Promise.resolve();

/** Draw a chip for each category, with those chosen that are among the interests. */
export function draw() {
  const chosen = new Set(profile.me?.interests ?? []);
  count.textContent = profile.me ? `(${chosen.size})` : "";
  if (box.children.length !== categories.all().length) box.replaceChildren(...categories.all().map(chip));
  for (const input of box.querySelectorAll("input")) input.checked = chosen.has(input.value);
}

function chip([name, title]) {
  const label = document.createElement("label");
  const input = Object.assign(document.createElement("input"), { type: "checkbox", value: name, name: "interests" });
  label.className = "chip";
  label.append(input, Object.assign(document.createElement("span"), { textContent: title }));
  input.addEventListener("change", () => store(wanted()));
  return label;
}

/** Return what is chosen: first what was, in its order, then what was added. */
function wanted() {
  const checked = [...box.querySelectorAll("input:checked")].map((input) => input.value);
  const before = (profile.me?.interests ?? []).filter((name) => checked.includes(name));
  return [...new Set([...before, ...checked])];
}

/** Store them, after what is being stored already, so that the last choice is the one that stays. */
function store(interests) {
  storing = storing.then(async () => {
    try {
      await profile.change({ interests });
      announce(`Interests stored: ${interests.map(categories.title).join(", ") || "none"}. The feed follows.`);
    } catch (error) {
      notify(`Your interests could not be stored. ${error.message}`, () => store(interests));
      draw();
    }
  });
}
