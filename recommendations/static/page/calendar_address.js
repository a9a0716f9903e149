// This file holds the part of the profile's dialog that gives the address of the feed as a calendar, and revokes it.

import { request } from "./api.js";
import { day } from "./words.js";

const PATH = "/users/me/calendar";
const said = document.getElementById("calendar-said");
const told = document.getElementById("calendar-told");
const address = document.getElementById("calendar-address");
const copy = document.getElementById("calendar-copy");
const make = document.getElementById("calendar-make");
const revoke = document.getElementById("calendar-revoke");

/** Find out whether there is an address, and show it so; which one it is, is told only when it is made. */
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
    said.textContent = "Revoked: the address opens nothing any more.";
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
  told.hidden = copy.hidden = url === null;
  revoke.hidden = createdAt === null;
  make.textContent = createdAt === null ? "Get an address" : "Get a new address";
  if (createdAt !== null && url === null) {
    said.textContent = `There is an address since ${day(new Date(createdAt))}. A new one revokes it.`;
  }
}

async function trying(act) {
  try {
    await act();
  } catch (error) {
    said.textContent = error.message;
  }
}
