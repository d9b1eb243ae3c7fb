/**
 * Sends the demo's story to a server, through its own front doors: clicks by `GET /:slug`, conversions by signed
 * webhooks. Click ids, event ids and payments are the story's, so sending it again changes nothing.
 */

import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { findDemoLink } from "./cast.ts";
import { createCast } from "./create-cast.ts";
import { type DemoApi, followLink, openApi, postSigned, signEvent } from "./demo-api.ts";
import { DemoError } from "./demo-error.ts";
import type { DemoMemory } from "./demo-file.ts";
import { countStory, type Figures, readFigures } from "./figures.ts";
import type { Person, Post, Visit } from "./person.ts";
import { programIdOf } from "./program-of-token.ts";
import { planStory } from "./story.ts";

/** People who are sent at the same time. */
const CONCURRENCY = 20;
const POST_TRIES = 5;
const POST_AGAIN_MS = 500;
const CATCH_UP_TIMEOUT_MS = 45_000;
const POLL_MS = 250;

/** What the seeding works with. */
export interface Seeding {
  /** A server that runs `test/demo/worker.ts`. */
  server: { origin: string; adminToken: string };
  memory: DemoMemory;
  /** Keeps the memory; called as soon as there is something in it that cannot be asked for again. */
  keep: (memory: DemoMemory) => void;
}

/** Seeds the demo and waits until every figure is there. Returns the memory, marked as seeded, and the figures. */
export async function seedDemo({ server, memory, keep }: Seeding): Promise<{ memory: DemoMemory; figures: Figures }> {
  const api = openApi(server.origin, server.adminToken);
  const story = planStory(memory.anchor);
  const cast = await createCast(api, memory, story.begins_at, keep);
  const { endpoints } = cast;
  const program_ids: Record<string, number> = {};
  const people = story.people.values();
  const send = async () => {
    for (const person of people) await sendPerson(person, { origin: api.origin, endpoints, program_ids });
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, send));
  const figures = await waitForFigures(api, countStory(story));
  const seeded = { ...cast, program_ids, seeded: true };
  keep(seeded);
  return { memory: seeded, figures };
}

/** Where a story is sent, and what its tokens tell on the way. */
interface Sending extends Pick<DemoMemory, "endpoints" | "program_ids"> {
  origin: string;
}

/** Does what one person does, in its order, with the cookies and the token that their browser has by then. */
async function sendPerson(person: Person, sending: Sending): Promise<void> {
  const cookies = new Map<string, string>();
  let token: string | null = null;
  for (const step of person.steps) {
    if (step.do === "post") {
      await sendPost(step, token, sending);
      continue;
    }
    token = (await sendVisit(sending.origin, step, cookies)) ?? token;
    const programId = token === null ? null : programIdOf(token);
    if (programId !== null) sending.program_ids[findDemoLink(step.link).program] = programId;
  }
}

async function sendVisit(origin: string, visit: Visit, cookies: Map<string, string>): Promise<string | null> {
  const landed = await followLink(`${origin}/${visit.link}${visit.query}`, {
    method: visit.method,
    headers: {
      ...visit.headers,
      ...(cookies.size > 0 && { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
      "x-demo-now": String(visit.at),
      "x-demo-random": visit.random,
      "x-demo-country": visit.country,
    },
  });
  const expected = visit.verdict === "prefetch" ? 503 : 302;
  if (landed.status !== expected) {
    throw new Error(`GET /${visit.link} answered ${landed.status} where the story has ${expected}`);
  }
  const [name, value] = landed.cookie?.split("=") ?? [];
  if (name !== undefined && value !== undefined) cookies.set(name, value);
  return landed.token;
}

async function sendPost(post: Post, token: string | null, { origin, endpoints }: Sending): Promise<void> {
  const endpoint = endpoints[post.program];
  if (endpoint === undefined) throw new Error(`no endpoint is known for ${post.program}`);
  const click = post.click === "forged" ? breakSignature(token ?? "") : post.click === "last" ? token : null;
  const { type, fields } = post;
  const event = { type, occurred_at: new Date(post.at).toISOString(), ...fields, ...(click !== null && { click }) };
  const send = () => postSigned(signEvent(origin, endpoint, post.id, event));
  let { status, json, receipt } = await send();
  // As a checkout does: on a busy machine the local runtime loses a connection now and then.
  for (let tries = 1; status >= 500 && tries < POST_TRIES; tries += 1) {
    await sleep(POST_AGAIN_MS * tries);
    ({ status, json, receipt } = await send());
  }
  if (receipt !== null) return;
  const restart = "An earlier seeding was another story: delete .wrangler/state and run `npm run dev` again.";
  if (status === 409) throw new DemoError(`${post.id} was refused: ${json.detail}\n${restart}`);
  throw new Error(`${post.id} was answered ${status}: ${JSON.stringify(json)}`);
}

/** The same token with one character of its signature changed. */
function breakSignature(token: string): string {
  const place = token.length - 12;
  return `${token.slice(0, place)}${token[place] === "A" ? "B" : "A"}${token.slice(place + 1)}`;
}

/** The local queue lives in memory: a server that stopped before it is empty would lose clicks. */
async function waitForFigures(api: DemoApi, expected: Figures): Promise<Figures> {
  const deadline = Date.now() + CATCH_UP_TIMEOUT_MS;
  for (;;) {
    const found = await readFigures(api);
    if (isDeepStrictEqual(found, expected)) return found;
    if (Date.now() > deadline) throw new DemoError(describeDifferences(found, expected));
    await sleep(POLL_MS);
  }
}

function describeDifferences(found: Figures, expected: Figures): string {
  const differences = (["links", "accounts", "programs"] as const).flatMap((part) =>
    Object.entries(expected[part]).flatMap(([name, figures]) => {
      const other = found[part][name];
      return isDeepStrictEqual(other, figures)
        ? []
        : [`  ${name}: ${JSON.stringify(other)}, the story has ${JSON.stringify(figures)}`];
    }),
  );
  return [
    "The demo's figures are not those of its story:",
    ...differences,
    "Was something else clicked or posted into this database? Delete .wrangler/state to start over.",
  ].join("\n");
}
