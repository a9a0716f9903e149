// The profile: the address of the own calendar, and the place that the browser knows.

import { request } from "./api.js";
import "./place.js";

const PATH = "/users/me/calendar";
const by = (id) => document.getElementById(id);
const [said, field, address, copy, make, revoke] =
  ["calendar-said", "calendar-shown", "calendar-address", "calendar-copy", "calendar-make", "calendar-revoke"].map(by);

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
  field.hidden = copy.hidden = url === null;
  revoke.hidden = createdAt === null;
  make.textContent = createdAt === null ? "Get an address" : "Get a new address";
  if (createdAt !== null && url === null) {
    const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "full" }).format(new Date(createdAt));
    said.textContent = `You got an address on ${day}. A new one replaces it.`;
  }
}

async function trying(act) {
  try {
    await act();
  } catch (error) {
    said.textContent = error.message;
  }
}

by("calendar").hidden = false;
trying(async () => draw(await request("GET", PATH)));
