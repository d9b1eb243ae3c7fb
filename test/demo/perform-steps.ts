/** Performs the steps of the demo's people as requests: a visit is `GET /:slug`, an event is a signed webhook. */
import { type Endpoints, followLink, postSigned, type Send, signEvent } from "./demo-api.ts";
import { DemoError } from "./demo-error.ts";
import type { Person, Post, Visit } from "./person.ts";

const POST_ATTEMPTS = 5;
const POST_RETRY_MS = 500;
/** Counted from a click token's end: a character of its signature. */
const SIGNATURE_PLACE = 12;

/** The destination of the requests. */
export interface Target {
  origin: string;
  send: Send;
  endpoints: Endpoints;
}

/**
 * Performs one person's steps in order, with the cookies and the click token that their browser has at that point. Returns
 * the last token of each link they clicked. Throws if a response is not the one that the scenario expects.
 */
export async function performSteps(person: Person, target: Target): Promise<Map<string, string>> {
  const cookies = new Map<string, string>();
  const tokens = new Map<string, string>();
  let token: string | null = null;
  for (const step of person.steps) {
    if (step.do === "post") {
      await post(step, token, target);
      continue;
    }
    token = (await visit(step, cookies, target)) ?? token;
    if (token !== null) tokens.set(step.link, token);
  }
  return tokens;
}

async function visit(visit: Visit, cookies: Map<string, string>, { origin, send }: Target): Promise<string | null> {
  const headers = {
    ...visit.headers,
    ...(cookies.size > 0 && { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") }),
    "x-demo-now": String(visit.at),
    "x-demo-random": visit.random,
    "x-demo-country": visit.country,
  };
  const url = `${origin}/${visit.link}${visit.query}`;
  const { status, cookie, token } = await followLink(url, { method: visit.method, headers }, send);
  const expected = visit.verdict === "prefetch" ? 503 : 302;
  if (status !== expected) throw new Error(`GET /${visit.link} answered ${status} instead of ${expected}.`);
  const [name, value] = cookie?.split("=") ?? [];
  if (name !== undefined && value !== undefined) cookies.set(name, value);
  return token;
}

async function post(post: Post, token: string | null, { origin, send, endpoints }: Target): Promise<void> {
  const endpoint = endpoints[post.program];
  if (endpoint === undefined) throw new Error(`The demo has no webhook endpoint for ${post.program}.`);
  const click = post.click === "forged" ? breakSignature(token ?? "") : post.click === "last" ? token : null;
  const { type, fields } = post;
  const event = { type, occurred_at: new Date(post.at).toISOString(), ...fields, ...(click !== null && { click }) };
  // On a busy machine a response can take too long. A checkout would also send the event again.
  for (let attempt = 1; ; attempt += 1) {
    const { status, json, receipt } = await postSigned(signEvent(origin, endpoint, post.id, event), send);
    if (receipt !== null) return;
    if (status === 409) {
      throw new DemoError(`The database has event ${post.id} with other content, from another version of the demo.`);
    }
    if (status < 500 || attempt === POST_ATTEMPTS) {
      throw new Error(`Event ${post.id} was answered ${status}: ${JSON.stringify(json)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, POST_RETRY_MS * attempt));
  }
}

/** The same token with one character of its signature changed. */
function breakSignature(token: string): string {
  const place = token.length - SIGNATURE_PLACE;
  return `${token.slice(0, place)}${token[place] === "A" ? "B" : "A"}${token.slice(place + 1)}`;
}
