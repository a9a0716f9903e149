// The place that the browser knows, for forms that ask for one.

const REFUSED = {
  1: "Your browser does not allow it. Type the place instead.",
  2: "Your browser does not know where you are. Type the place instead.",
  3: "Your browser did not find out in time. Try again, or type the place.",
};
// Three decimals of a degree are about a hundred metres.
const DECIMALS = 3;
const by = (id) => document.getElementById(id);
const [button, said] = ["locate", "locate-said"].map(by);

button.addEventListener("click", () => {
  said.textContent = "Looking …";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      by("id_latitude").value = coords.latitude.toFixed(DECIMALS);
      by("id_longitude").value = coords.longitude.toFixed(DECIMALS);
      // A town that is typed comes before what the browser knows.
      if (by("id_town")) by("id_town").value = "";
      said.textContent = "Found, to about a hundred metres. Save to keep it.";
    },
    (error) => {
      said.textContent = REFUSED[error.code];
    },
    { timeout: 10_000, maximumAge: 600_000 },
  );
});

button.hidden = false;
