// No line: the notice that says so, and the saves that are kept meanwhile and sent afterwards.

import { Problem, record, request } from "./api.js";

const KEY = "saves";
const notice = document.getElementById("offline");
let listener = () => {};
let sending = Promise.resolve();

/** Return the saves that were not sent yet: pairs of an event's id and whether it is to be saved. */
export function keptSaves() {
  return Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}")).map(([id, saved]) => [Number(id), saved]);
}

/** Save an event or not any more; without a line, later. Problem if the server refuses. */
export async function keep(id, saved) {
  store(id, saved);
  await send(id, saved);
}

/** Call `listener(id, saved, error)` after a save that was kept has been sent. */
export function onSent(act) {
  listener = act;
}

async function send(id, saved) {
  try {
    await (saved ? record(id, "SAVE") : request("DELETE", `/interactions/saves/${id}`));
    store(id, null, saved);
  } catch (error) {
    // Kept: it is sent once there is a line, or somebody is signed in.
    if (!(error instanceof Problem) || error.status >= 500 || error.status === 429) return draw();
    store(id, null, saved);
    throw error;
  }
  draw();
}

/** Keep a save; with null forget it, unless another choice came meanwhile. */
function store(id, saved, sent) {
  const kept = Object.fromEntries(keptSaves());
  if (saved !== null) kept[id] = saved;
  else if (kept[id] === sent) delete kept[id];
  localStorage.setItem(KEY, JSON.stringify(kept));
}

function sendAll() {
  sending = sending.then(async () => {
    for (const [id, saved] of keptSaves()) await send(id, saved).then(() => listener(id, saved), (error) => listener(id, saved, error));
  });
}

function draw() {
  if (!notice) return;
  const number = keptSaves().length;
  notice.hidden = navigator.onLine && number === 0;
  const waiting = number ? ` ${number} ${number === 1 ? "save is" : "saves are"} sent when you are back online.` : " What is shown may be out of date.";
  notice.textContent = `You are offline.${waiting}`;
}

addEventListener("offline", draw);
addEventListener("online", () => {
  draw();
  sendAll();
});
draw();
if (navigator.onLine && keptSaves().length) sendAll();
