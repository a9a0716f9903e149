// The user's own profile as the server last sent it, and listeners for its changes.

import { request } from "./api.js";
import { belongsTo } from "./session.js";

const listeners = [];

export const profile = {
  me: null,

  /** Read it from the server. */
  async load() {
    this.set(await request("GET", "/users/me"));
  },

  /** Change what is given; Problem with `errors` by field if the server refuses. */
  async change(fields) {
    this.set(await request("PATCH", "/users/me", { body: fields }));
  },

  /** Call `listener(now, before)` after each change; `before` is null at first. */
  onChange(listener) {
    listeners.push(listener);
  },

  set(me) {
    const before = this.me;
    this.me = me;
    belongsTo(me);
    for (const listener of listeners) listener(me, before);
  },
};
