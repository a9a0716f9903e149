// “Near me”: the address of what is around the place where the browser is.

import { announce } from "./messages.js";

const REFUSED = {
  1: "Your browser does not allow it.",
  2: "Your browser does not know where you are.",
  3: "Your browser did not find out in time. Try again.",
};
// Three decimals of a degree are about a hundred metres.
const DECIMALS = 3;
const button = document.getElementById("near-me");

if (button) button.hidden = !navigator.geolocation;
button?.addEventListener("click", () => {
  const text = button.firstElementChild;
  text.textContent = "Looking …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const place = `${coords.latitude.toFixed(DECIMALS)},${coords.longitude.toFixed(DECIMALS)}`;
      location.assign(`${button.dataset.address}&near=${place}`);
    },
    (error) => {
      text.textContent = REFUSED[error.code];
      announce(REFUSED[error.code]);
    },
    { timeout: 10_000, maximumAge: 600_000 },
  );
});
