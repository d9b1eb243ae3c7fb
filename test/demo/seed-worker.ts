/**
 * The Worker that seeds the demo: the Worker of `src/` with the clock and the random bytes from each request.
 * It sends the demo's requests to itself, thousands in one call, because a call each through the dev server takes most of
 * the time. It only runs while the demo is seeded:
 *
 *     POST /demo/programs  {@link Setup}          creates programs, affiliates and links; answers their endpoints
 *     POST /demo/people    {@link PeopleRequest}  performs the steps of some people; answers {@link PeopleResponse}
 *     POST /demo/console                          disputes a sale and drafts a payout run
 *     POST /demo/totals                           answers {@link Totals}
 */
import type { Env } from "../../src/env.ts";
import { createWorker } from "../../src/worker.ts";
import { prepareConsole } from "./create-beacon.ts";
import { createPrograms, type Setup } from "./create-programs.ts";
import { type Endpoints, openApi, type Send } from "./demo-api.ts";
import { DemoError } from "./demo-error.ts";
import { performSteps } from "./perform-steps.ts";
import type { Person } from "./person.ts";
import { readTotals } from "./totals.ts";

export { Account, Customer } from "../../src/worker.ts";

/** Some people, and how many of them act at the same time. */
export interface PeopleRequest {
  people: Person[];
  concurrency: number;
  endpoints: Endpoints;
}

/** The last click token of each link that they clicked. */
export type PeopleResponse = Record<string, string>;

/** A failed call returns 422 if the person at the terminal can fix it, otherwise 500. */
export interface SeedProblem {
  message: string;
}

const worker = createWorker({
  now: (request) => Number(request.headers.get("x-demo-now") ?? Date.now()),
  random: (bytes, request) => {
    const hex = request.headers.get("x-demo-random");
    return hex === null ? crypto.getRandomValues(new Uint8Array(bytes)) : Uint8Array.fromHex(hex);
  },
});

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const { origin, pathname } = new URL(request.url);
    const send: Send = (url, init) => answer(new Request(url, init), env, ctx);
    const api = openApi(origin, env.ADMIN_TOKEN, send);
    switch (pathname) {
      case "/demo/programs":
        return attempt(async () => createPrograms(api, await request.json<Setup>()));
      case "/demo/people":
        return attempt(async () => performAll(await request.json<PeopleRequest>(), origin, send));
      case "/demo/console":
        return attempt(() => prepareConsole(api));
      case "/demo/totals":
        return attempt(() => readTotals(api));
      default:
        return answer(request, env, ctx);
    }
  },
} satisfies ExportedHandler<Env>;

/** Responds like the Worker of `src/`, for a visitor in the country that the request names. */
async function answer(request: Request, env: Env, ctx: ExecutionContext): Promise<Response> {
  const headers = new Headers(request.headers);
  // All of the demo's visitors use this machine, and its address would make them one visitor.
  headers.delete("cf-connecting-ip");
  const country = request.headers.get("x-demo-country");
  const located = new Request(request, { headers, ...(country !== null && { cf: { country } }) });
  const handle = worker.fetch;
  if (handle === undefined) throw new Error("The Worker has no fetch handler.");
  return handle(located as Parameters<typeof handle>[0], env, ctx);
}

async function performAll(request: PeopleRequest, origin: string, send: Send): Promise<PeopleResponse> {
  const { people, concurrency, endpoints } = request;
  const tokens = new Map<string, string>();
  const waiting = people.values();
  const performWaiting = async () => {
    for (const person of waiting) {
      for (const [link, token] of await performSteps(person, { origin, send, endpoints })) tokens.set(link, token);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, performWaiting));
  return Object.fromEntries(tokens);
}

async function attempt(work: () => Promise<unknown>): Promise<Response> {
  try {
    return Response.json(await work());
  } catch (error) {
    const problem: SeedProblem = { message: error instanceof Error ? error.message : String(error) };
    return Response.json(problem, { status: error instanceof DemoError ? 422 : 500 });
  }
}
