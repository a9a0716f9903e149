// Requests to the API: the endpoints that every client has, with the session's cookie.

import { signedInAgain } from "./session.js";
import { csrfToken } from "./csrf.js";

/** The API's refusal: a problem document (RFC 9457). `message` is its detail, `errors` what is wrong by field. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? `The server answered with status ${status}.`);
    this.status = status;
    this.errors = body?.errors ?? {};
  }
}

/** No answer came: the server is gone, or this machine is offline. */
export class Unreachable extends Error {
  constructor() {
    super(navigator.onLine ? "Marquee cannot be reached at the moment." : "You are offline.");
  }
}

// How often, and after how many milliseconds, a reading is tried again that the server was too busy for.
const PATIENCE = 2;
const PAUSE = 1000;

/** Return the JSON of an answer, null for none; Problem, Unreachable or SessionEnded if there is nothing to return. */
export async function request(method, path, { body, signal, key, keepalive, again = true } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (key) headers["Idempotency-Key"] = key;
  const options = { method, headers, signal, keepalive, body: body && JSON.stringify(body) };
  let answer = await answered(path, options);
  for (let tries = 0; method === "GET" && answer.status === 503 && tries < PATIENCE; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
    answer = await answered(path, options);
  }
  if (again && (answer.status === 401 || answer.status === 403)) {
    await signedInAgain();
    return request(method, path, { body, signal, key, keepalive, again: false });
  }
  const text = await answer.text();
  const parsed = text ? parse(text) : null;
  if (!answer.ok) throw new Problem(answer.status, parsed);
  return parsed;
}

async function answered(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : new Unreachable();
  }
}

/** Return what a proxy's error page is not: JSON, else null. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Return a new Idempotency-Key, under which a request that is sent twice is done once. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Record that the user did something with an event. */
export function record(eventId, action, options = {}) {
  return request("POST", "/interactions", { body: { eventId, action }, ...options });
}
