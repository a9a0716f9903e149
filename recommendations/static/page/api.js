// Requests: to the API with the session's cookie, and for further pages.

/** The API's refusal: a problem document (RFC 9457). `message` is its detail. */
export class Problem extends Error {
  constructor(status, body) {
    super(body?.detail ?? `The server answered with status ${status}.`);
    this.status = status;
  }
}

/** No answer came: the server is gone, or this machine is offline. */
export class Unreachable extends Error {
  constructor() {
    super(navigator.onLine ? "Marquee cannot be reached at the moment." : "You are offline.");
  }
}

/** The session has ended. */
export class SignedOut extends Error {
  constructor() {
    super("Your session has ended. Sign in to go on.");
  }
}

/** Return the JSON of an answer, null for none; Problem, Unreachable or SignedOut if there is nothing to return. */
export async function request(method, path, { body, key, keepalive } = {}) {
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  if (key) headers["Idempotency-Key"] = key;
  let answer;
  try {
    answer = await fetch(path, { method, headers, keepalive, body: body && JSON.stringify(body) });
  } catch {
    throw new Unreachable();
  }
  const parsed = parse(await answer.text());
  if (answer.status === 401) throw new SignedOut();
  if (!answer.ok) throw new Problem(answer.status, parsed);
  return parsed;
}

/** Record that the user did something with an event. */
export function record(eventId, action, options = {}) {
  return request("POST", "/interactions", { body: { eventId, action }, ...options });
}

/** Return a new Idempotency-Key, under which a request that is sent twice is done once. */
export function newKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Return a page of this site as a document, whose elements can be moved into this one.
 *
 * By XMLHttpRequest: the policy forbids scripts to make markup from text, and this needs no text.
 */
export function documentOf(address) {
  return new Promise((resolve, reject) => {
    const asked = new XMLHttpRequest();
    asked.responseType = "document";
    asked.open("GET", address);
    asked.onload = () => {
      if (asked.status >= 400 || !asked.response) reject(new Problem(asked.status));
      else if (new URL(asked.responseURL).pathname === "/sign-in") reject(new SignedOut());
      else resolve(asked.response);
    };
    asked.onerror = () => reject(new Unreachable());
    asked.send();
  });
}

/** Return Django's CSRF token, as its cookie has it. */
function csrfToken() {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]*)/)?.[1] ?? "";
}

/** Return the JSON of a text; null for none, and for a proxy's error page. */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
