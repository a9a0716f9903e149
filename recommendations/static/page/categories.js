// The categories, as the API lists them.

import { request } from "./api.js";

const titles = new Map();

export const categories = {
  /** Read it from the server. */
  async load() {
    const { results } = await request("GET", "/categories");
    for (const { name, title } of results) titles.set(name, title);
  },

  /** Return [name, title] of every category. */
  all: () => [...titles],

  /** Return how people read a category. */
  title: (name) => titles.get(name) ?? name,
};
