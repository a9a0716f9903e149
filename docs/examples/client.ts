// A client of Marquee: types from docs/openapi.json by openapi-typescript, requests by openapi-fetch.
// docs/api.md says how to build and run it.

import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths, Readable } from "./marquee.js";

type Problem = components["schemas"]["Problem"];
type Recommendation = Readable<components["schemas"]["Recommendation"]>;

const address = process.env.MARQUEE ?? "http://127.0.0.1:8000";
const api = createClient<paths>({ baseUrl: address });

/** An error as the API words it: `errors` says what is wrong with each field. */
class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super([problem.detail, ...Object.entries(problem.errors ?? {}).map(([name, said]) => `${name}: ${said.join(" ")}`)].join(" "));
  }
}

/** Return the data of an answer, or throw what went wrong. */
async function dataOf<Data>(answer: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await answer;
  if (error !== undefined) throw new ApiError(error as Problem);
  return data as Data;
}

/** Send again, at most five times, what was too often (429) or came while the server was busy (503). */
const patience: Middleware = {
  async onRequest({ request, options }) {
    for (let attempt = 1; ; attempt++) {
      const answer = await options.fetch(request.clone());
      const seconds = Number(answer.headers.get("Retry-After"));
      if (attempt === 5 || ![429, 503].includes(answer.status) || !seconds) return answer;
      await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    }
  },
};

async function signIn(username: string, password: string): Promise<void> {
  const { token } = await dataOf(api.POST("/tokens", { body: { username, password } }));
  api.use({ onRequest: ({ request }) => void request.headers.set("Authorization", `Bearer ${token}`) });
}

/** Yield the whole feed, page by page: no event comes twice, whatever is written meanwhile. */
async function* feed(): AsyncGenerator<Recommendation> {
  let cursor: string | undefined;
  do {
    const page = await dataOf(api.GET("/recommendations", { params: { query: { limit: 50, cursor } } }));
    yield* page.results;
    cursor = page.next ? (new URL(page.next).searchParams.get("cursor") ?? undefined) : undefined;
  } while (cursor);
}

/** Record that the user did something. Sent again under the same key, it is recorded once. */
function record(eventId: number, action: components["schemas"]["InteractionAction"], key = crypto.randomUUID()) {
  return dataOf(api.POST("/interactions", { params: { header: { "Idempotency-Key": key } }, body: { eventId, action } }));
}

await signIn("ana", "demo");
api.use(patience);

const shown: Recommendation[] = [];
for await (const recommendation of feed()) shown.push(recommendation);
console.log(`${shown.length} events, ${new Set(shown.map(({ event }) => event.id)).size} different ones`);

const first = shown[0];
if (!first) throw new Error("The feed is empty.");
console.log(`First: ${first.event.title}, because: ${first.reasons.map(({ text }) => text).join("; ")}`);

const key = crypto.randomUUID();
const once = await record(first.event.id, "DISMISS", key);
const again = await record(first.event.id, "DISMISS", key);
console.log(`Recorded once: ${once.id === again.id}`);
await dataOf(api.DELETE("/interactions/dismissals/{event_id}", { params: { path: { event_id: first.event.id } } }));

// What was done while offline, in one request.
const at = new Date(Date.now() - 60_000).toISOString();
const kept = await dataOf(
  api.POST("/interactions/batch", {
    params: { header: { "Idempotency-Key": crypto.randomUUID() } },
    body: { interactions: [{ eventId: first.event.id, action: "VIEW", createdAt: at }] },
  }),
);
console.log(`Kept while offline: ${kept.results.length}`);

const off = await dataOf(api.PATCH("/users/me", { body: { personalRanking: false } }));
const page = await dataOf(api.GET("/recommendations", { params: { query: { limit: 1 } } }));
console.log(`Personal ranking is ${off.personalRanking ? "on" : "off"}: ${page.ranker} answers`);
await dataOf(api.PATCH("/users/me", { body: { personalRanking: true } }));

try {
  await dataOf(api.GET("/recommendations", { params: { query: { limit: 1000 } } }));
} catch (error) {
  if (!(error instanceof ApiError)) throw error;
  console.log(`${error.problem.status}: ${error.message}`);
}
