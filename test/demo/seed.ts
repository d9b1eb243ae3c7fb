/**
 * Seeds the demo through Lastclick's public interfaces: programs by the API, clicks by `GET /:slug`, conversions by signed
 * webhooks. Click ids, event ids and payments are those of the scenario, so seeding again changes nothing.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Setup } from "./create-programs.ts";
import type { Endpoints } from "./demo-api.ts";
import { DemoError } from "./demo-error.ts";
import type { DemoState } from "./demo-state.ts";
import type { Person } from "./person.ts";
import { programIdOf } from "./program-of-token.ts";
import { LINKS } from "./programs.ts";
import { planScenario } from "./scenario.ts";
import type { PeopleRequest, PeopleResponse, SeedProblem } from "./seed-worker.ts";
import { countTotals, type Totals } from "./totals.ts";

/** Visitors cost little: many are sent in one call, all at the same time. */
const VISITORS_PER_CALL = 200;
/** Customers cost the Worker much more: with too many at a time a busy machine exceeds its time limits. */
const CUSTOMERS_PER_CALL = 12;
const ATTEMPTS = 5;
const RETRY_MS = 500;
const TOTALS_TIMEOUT_MS = 60_000;
const POLL_MS = 250;

/** Options of {@link seedDemo}. */
export interface Seeding {
  /** A server that runs `test/demo/seed-worker.ts`. */
  origin: string;
  state: DemoState;
  /** Saves the state. Called as soon as the state has data that can't be requested again. */
  save: (state: DemoState) => void;
  /** Called with the current stage and its progress. */
  onProgress?: (stage: string, progress?: { done: number; total: number }) => void;
}

/** Seeds the demo and waits until every total is correct. Returns the state, marked as seeded, and the totals. */
export async function seedDemo(seeding: Seeding): Promise<{ state: DemoState; totals: Totals }> {
  const { origin, state, save, onProgress = () => {} } = seeding;
  const scenario = planScenario(state.anchor);
  onProgress("Creating programs, affiliates and links");
  const setup: Setup = { at: scenario.begins_at, shop_origin: state.shop_origin, endpoints: state.endpoints };
  const created = { ...state, endpoints: await call<Endpoints>(origin, "programs", setup) };
  save(created);
  const program_ids = await sendPeople(scenario.people, created.endpoints, seeding);
  onProgress("Waiting until every report is up to date");
  const totals = await waitForTotals(origin, countTotals(scenario));
  onProgress("Drafting a payout run");
  await call<null>(origin, "console");
  const seeded = { ...created, program_ids, seeded: true };
  save(seeded);
  return { state: seeded, totals };
}

/** Performs all people's steps. Returns the program numbers in their tokens. */
async function sendPeople(everybody: readonly Person[], endpoints: Endpoints, { origin, onProgress }: Seeding) {
  const program_ids: Record<string, number> = {};
  const total = countSteps(everybody);
  let done = 0;
  for (const { people, concurrency } of divide(everybody)) {
    onProgress?.("Sending four weeks of clicks and sales", { done, total });
    const request: PeopleRequest = { people, concurrency, endpoints };
    const tokens = await call<PeopleResponse>(origin, "people", request);
    for (const [link, token] of Object.entries(tokens)) {
      const id = programIdOf(token);
      // Nobody posts sales of the other program by hand.
      const program = LINKS.find(({ slug }) => slug === link)?.program;
      if (id !== null && program !== undefined) program_ids[program] = id;
    }
    done += countSteps(people);
  }
  return program_ids;
}

/**
 * Divides people into calls, visitors first. Within a group the latest come first: a link loaded at a later time
 * counts as fresh, so that each link is loaded once instead of for each visit.
 */
function divide(everybody: readonly Person[]): { people: Person[]; concurrency: number }[] {
  const latestFirst = everybody.toSorted((a, b) => startOf(b) - startOf(a));
  const isCustomer = ({ steps }: Person) => steps.some((step) => step.do === "post");
  const groups = [
    { people: latestFirst.filter((person) => !isCustomer(person)), concurrency: VISITORS_PER_CALL },
    { people: latestFirst.filter(isCustomer), concurrency: CUSTOMERS_PER_CALL },
  ];
  return groups.flatMap(({ people, concurrency }) =>
    Array.from({ length: Math.ceil(people.length / concurrency) }, (_, n) => ({
      people: people.slice(n * concurrency, (n + 1) * concurrency),
      concurrency,
    })),
  );
}

const startOf = ({ steps }: Person) => steps[0]?.at ?? 0;

const countSteps = (people: readonly Person[]) => people.reduce((sum, { steps }) => sum + steps.length, 0);

/**
 * Calls the seed Worker. On a busy machine the dev server loses a connection now and then: sending the same call again
 * changes nothing.
 */
async function call<T>(origin: string, name: "programs" | "people" | "totals" | "console", body?: unknown): Promise<T> {
  const send = () => fetch(`${origin}/demo/${name}`, { method: "POST", body: JSON.stringify(body ?? null) });
  let response = await send();
  for (let attempt = 1; response.status >= 500 && attempt < ATTEMPTS; attempt += 1) {
    await sleep(RETRY_MS * attempt);
    response = await send();
  }
  if (response.ok) return (await response.json()) as T;
  const text = await response.text();
  if (response.status === 422) throw new DemoError((JSON.parse(text) as SeedProblem).message);
  throw new Error(`POST /demo/${name} answered ${response.status}: ${text}`);
}

/** Clicks wait in the local queue's memory, so a server that stops before they are stored would lose them. */
async function waitForTotals(origin: string, expected: Totals): Promise<Totals> {
  const deadline = Date.now() + TOTALS_TIMEOUT_MS;
  for (;;) {
    const found = await call<Totals>(origin, "totals");
    if (isDeepStrictEqual(found, expected)) return found;
    if (Date.now() > deadline) throw new DemoError(describeDifferences(found, expected));
    await sleep(POLL_MS);
  }
}

function describeDifferences(found: Totals, expected: Totals): string {
  const differences = (["links", "accounts", "programs"] as const).flatMap((part) =>
    Object.entries(expected[part]).flatMap(([name, totals]) => {
      const other = found[part][name];
      return isDeepStrictEqual(other, totals)
        ? []
        : [`  ${name}: found ${JSON.stringify(other)}, expected ${JSON.stringify(totals)}`];
    }),
  );
  return [
    "The demo's totals are wrong. This happens if other clicks or sales were sent while it was seeded.",
    ...differences,
  ].join("\n");
}
