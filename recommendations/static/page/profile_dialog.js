// The profile dialog: display name and location.

import { readCalendar } from "./calendar_address.js";
import { announce } from "./live.js";
import { profile } from "./profile.js";

const dialog = document.getElementById("profile");
const form = dialog.querySelector("form");
const opener = document.getElementById("open-profile");
const said = document.getElementById("locate-said");
// A thousandth of a degree is some hundred metres: enough for a distance, and not a doorstep.
const DECIMALS = 3;
const REFUSED = {
  1: "Your browser does not allow it. Type the degrees below, or allow it in the browser's settings.",
  2: "Your device does not know where it is. Type the degrees below.",
  3: "Your device took too long. Try again, or type the degrees below.",
};

/** Show on the button whose profile it is. */
export function drawOpener() {
  opener.textContent = profile.me?.displayName || profile.me?.username || "Profile";
  opener.setAttribute("aria-label", `Profile of ${opener.textContent}`);
}

opener.addEventListener("click", () => {
  form.elements.displayName.value = profile.me?.displayName ?? "";
  form.elements.latitude.value = profile.me?.latitude ?? "";
  form.elements.longitude.value = profile.me?.longitude ?? "";
  said.textContent = "";
  showErrors({});
  dialog.showModal();
  readCalendar();
});

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const latitude = degrees(form.elements.latitude.value);
  const longitude = degrees(form.elements.longitude.value);
  const wrong = {};
  if (Number.isNaN(latitude)) wrong.latitude = ["Write degrees as a number, like 51.507."];
  if (Number.isNaN(longitude)) wrong.longitude = ["Write degrees as a number, like -0.128."];
  if (showErrors(wrong)) return;
  try {
    await profile.change({ displayName: form.elements.displayName.value.trim(), latitude, longitude });
    dialog.close();
    announce("Profile stored.");
  } catch (error) {
    showErrors(Object.keys(error.errors ?? {}).length ? error.errors : { "": [error.message] });
  }
});

document.getElementById("locate").addEventListener("click", () => {
  said.textContent = "Looking …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.latitude.value = coords.latitude.toFixed(DECIMALS);
      form.elements.longitude.value = coords.longitude.toFixed(DECIMALS);
      said.textContent = "Found, to about a hundred metres. Save to keep it.";
    },
    (error) => {
      said.textContent = REFUSED[error.code];
    },
    { timeout: 10_000, maximumAge: 600_000 },
  );
});

for (const button of dialog.querySelectorAll("[data-close]")) button.addEventListener("click", () => dialog.close());

/** Return the number in a text, null for an empty one, NaN for no number. */
function degrees(text) {
  const plain = text.trim().replace(",", ".").replace("−", "-");
  return plain === "" ? null : /^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain) ? Number(plain) : NaN;
}

/** Show the errors beside their fields, put the focus on the first, and return whether there is any. */
function showErrors(errors) {
  let first = null;
  for (const place of form.querySelectorAll("[data-wrong]")) {
    const name = place.dataset.wrong;
    place.textContent = (errors[name] ?? []).join(" ");
    const input = name ? form.elements[name] : null;
    input?.setAttribute("aria-invalid", String(Boolean(errors[name])));
    if (errors[name]) first ??= input;
  }
  first?.focus();
  return Object.keys(errors).length > 0;
}
