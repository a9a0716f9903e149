// The part of the profile dialog that makes, shows and revokes the URL of the user's calendar.

import { request } from "./api.js";
import { day } from "./words.js";

const PATH = "/users/me/calendar";
const said = document.getElementById("calendar-said");
const addressField = document.getElementById("calendar-shown");
const address = document.getElementById("calendar-address");
const copy = document.getElementById("calendar-copy");
const make = document.getElementById("calendar-make");
const revoke = document.getElementById("calendar-revoke");

/** Show whether there is an address. The address itself is known only when it is made. */
export function readCalendar() {
  said.textContent = "";
  return trying(async () => draw(await request("GET", PATH)));
}

make.addEventListener("click", () =>
  trying(async () => {
    draw(await request("POST", PATH));
    said.textContent = "Give this address to your calendar (“subscribe”, “from URL”). It is shown only now.";
    address.focus();
    address.select();
  }),
);

revoke.addEventListener("click", () =>
  trying(async () => {
    await request("DELETE", PATH);
    draw({ url: null, createdAt: null });
    said.textContent = "Revoked: the address no longer works.";
    make.focus();
  }),
);

copy.addEventListener("click", async () => {
  address.select();
  try {
    await navigator.clipboard.writeText(address.value);
    said.textContent = "Copied.";
  } catch {
    said.textContent = "Your browser does not allow it. The address is selected: copy it with the keyboard.";
  }
});

function draw({ url, createdAt }) {
  address.value = url ?? "";
  addressField.hidden = copy.hidden = url === null;
  revoke.hidden = createdAt === null;
  make.textContent = createdAt === null ? "Get an address" : "Get a new address";
  if (createdAt !== null && url === null) {
    said.textContent = `You got an address on ${day(new Date(createdAt))}. A new one replaces it.`;
  }
}

async function trying(act) {
  try {
    await act();
  } catch (error) {
    said.textContent = error.message;
  }
}
