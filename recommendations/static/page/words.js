// Times, distances and reasons in words, in the viewer's time zone.

const LANGUAGE = "en-GB";
const form = (options) => new Intl.DateTimeFormat(LANGUAGE, options);
const TIME = form({ hour: "2-digit", minute: "2-digit", hour12: false });
const WEEKDAY = form({ weekday: "long" });
const SHORT_WEEKDAY = form({ weekday: "short" });
const DAY = form({ day: "numeric", month: "short" });
const MONTH = form({ month: "short" });
const FULL = form({ weekday: "long", day: "numeric", month: "long", year: "numeric" });
const NEAR_DAYS = 6;
const REASONS = 3;
const EARTH_KM = 6371.0088;

/** Return a day as one writes it in full: "Friday 25 December 2026". */
export function day(moment) {
  return FULL.format(moment);
}

/** Return when something starts, as one says it: "Tomorrow 19:00", "Friday 19:00", "Fri 25 Dec, 19:00". */
export function when(start, now = new Date()) {
  const days = daysBetween(now, start);
  const time = TIME.format(start);
  if (days === 0) return `Today ${time}`;
  if (days === 1) return `Tomorrow ${time}`;
  if (days === -1) return `Yesterday ${time}`;
  if (days > 1 && days <= NEAR_DAYS) return `${WEEKDAY.format(start)} ${time}`;
  const year = start.getFullYear() === now.getFullYear() ? "" : ` ${start.getFullYear()}`;
  return `${SHORT_WEEKDAY.format(start)} ${DAY.format(start)}${year}, ${time}`;
}

/** Return when something is, in full: "Tomorrow, Friday 25 December 2026, 19:00 to 21:30". */
export function whenInFull(start, end, now = new Date()) {
  const near = { "-1": "Yesterday, ", 0: "Today, ", 1: "Tomorrow, " }[daysBetween(now, start)] ?? "";
  const from = `${near}${FULL.format(start)}, ${TIME.format(start)}`;
  if (!end) return from;
  return daysBetween(start, end) === 0 ? `${from} to ${TIME.format(end)}` : `${from} to ${FULL.format(end)}, ${TIME.format(end)}`;
}

/** Return the name of the viewer's zone: "Europe/Lisbon". */
export function zone() {
  return TIME.resolvedOptions().timeZone;
}

/** Return a day as a leaf of a calendar has it. */
export function leaf(start) {
  return { weekday: SHORT_WEEKDAY.format(start), day: String(start.getDate()), month: MONTH.format(start) };
}

/** Return the reasons that a card shows: three at most, none twice, neither the score nor the start, which it shows anyway. */
export function shownReasons(reasons) {
  const byText = new Map(reasons.map((reason) => [reason.text, reason]));
  return [...byText.values()].filter(({ signal }) => signal !== "score" && signal !== "start").slice(0, REASONS);
}

/** Return how many dates of a series follow: "and 5 more dates", "" if none does. */
export function furtherDates(number) {
  return number > 0 ? `and ${number.toLocaleString(LANGUAGE)} more date${number === 1 ? "" : "s"}` : "";
}

/** Return how far an event is from a home, "" if either is nowhere. */
export function distance(home, event) {
  if (home?.latitude == null || event.latitude == null) return "";
  const km = haversine(home, event);
  if (km < 0.95) return `${Math.max(50, Math.round(km * 20) * 50)} m away`;
  return `${km < 10 ? km.toFixed(1) : Math.round(km).toLocaleString(LANGUAGE)} km away`;
}

/** Return the length of the great circle between two places, in km. */
function haversine(here, there) {
  const radians = (degrees) => (degrees * Math.PI) / 180;
  const half = (a, b) => Math.sin(radians(b - a) / 2) ** 2;
  const across = Math.cos(radians(here.latitude)) * Math.cos(radians(there.latitude));
  const chord = half(here.latitude, there.latitude) + across * half(here.longitude, there.longitude);
  return 2 * EARTH_KM * Math.asin(Math.sqrt(Math.min(1, chord)));
}

/** Return how many midnights lie between two moments, in the viewer's zone. */
function daysBetween(from, to) {
  const midnight = (moment) => Date.UTC(moment.getFullYear(), moment.getMonth(), moment.getDate());
  return Math.round((midnight(to) - midnight(from)) / 86_400_000);
}
