// The profile: the place that the browser knows, and the address of the own calendar.

import { request } from "./api.js";

const REFUSED = {
  1: "Your browser does not allow it. Type the place instead.",
  2: "Your browser does not know where you are. Type the place instead.",
  3: "Your browser did not find out in time. Try again, or type the place.",
};
// Three decimals of a degree are about a hundred metres.
const DECIMALS = 3;
const PATH = "/users/me/calendar";
const by = (id) => document.getElementById(id);
const [locate, where, said, field, address, copy, make, revoke] =
  ["locate", "locate-said", "calendar-said", "calendar-shown", "calendar-address", "calendar-copy", "calendar-make", "calendar-revoke"].map(by);

locate.addEventListener("click", () => {
  where.textContent = "Looking …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      by("id_latitude").value = coords.latitude.toFixed(DECIMALS);
      by("id_longitude").value = coords.longitude.toFixed(DECIMALS);
      where.textContent = "Found, to about a hundred metres. Save to keep it.";
    },
    (error) => {
      where.textContent = REFUSED[error.code];
    },
    { timeout: 10_000, maximumAge: 600_000 },
  );
});

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

locate.hidden = by("calendar").hidden = false;
trying(async () => draw(await request("GET", PATH)));
