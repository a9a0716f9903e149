// No line: the notice that says so, and the saves that are kept meanwhile and sent afterwards.

import { Problem, SignedOut, Unreachable, record, request } from "./api.js";

const notice = document.getElementById("offline");
// Nobody's on pages without the notice, and a visitor's, who cannot save.
const user = notice?.dataset.user;
const KEY = `saves of ${user}`;
const RETRY_MS = 15_000;
let listener = () => {};
let sending = Promise.resolve();
let timer = 0;

/** Return the saves that were not sent yet: pairs of an event's id and whether it is to be saved. */
export function keptSaves() {
  return user ? Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}")).map(([id, saved]) => [Number(id), saved]) : [];
}

/** Save an event or not any more; without a line, later. Problem if the server refuses, SignedOut until then. */
export async function keep(id, saved) {
  store(id, saved);
  await send(id, saved);
}

/** Call `listener(id, saved, error)` after a save that was kept has been refused. */
export function onRefused(act) {
  listener = act;
}

async function send(id, saved) {
  try {
    await (saved ? record(id, "SAVE") : request("DELETE", `/interactions/saves/${id}`));
    forget(id, saved);
    draw();
  } catch (error) {
    if (error instanceof SignedOut) throw error;
    if (error instanceof Problem && error.status < 500 && error.status !== 429) {
      forget(id, saved);
      draw();
      throw error;
    }
    draw(error);
    clearTimeout(timer);
    timer = setTimeout(sendAll, RETRY_MS);
  }
}

function store(id, saved) {
  localStorage.setItem(KEY, JSON.stringify({ ...Object.fromEntries(keptSaves()), [id]: saved }));
}

/** Forget a save, unless the user chose otherwise meanwhile. */
function forget(id, saved) {
  const others = keptSaves().filter(([other, now]) => other !== id || now !== saved);
  localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(others)));
}

function sendAll() {
  sending = sending.then(async () => {
    for (const [id, saved] of keptSaves()) await send(id, saved).catch((error) => error instanceof Problem && listener(id, saved, error));
  });
}

function draw(error = new Unreachable()) {
  if (!notice) return;
  const number = keptSaves().length;
  notice.hidden = navigator.onLine && number === 0;
  const waiting = number ? `${number} ${number === 1 ? "save is" : "saves are"} sent when this is over.` : "What is shown may be out of date.";
  notice.textContent = `${error.message} ${waiting}`;
}

addEventListener("offline", () => draw());
addEventListener("online", () => {
  draw();
  sendAll();
});
if (!navigator.onLine) draw();
else sendAll();
