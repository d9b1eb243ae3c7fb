/**
 * Stories that take months or years: the real Worker with a clock that each request sets, so that clicks, webhooks and admin
 * requests have their own times. Objects' alarms use the real clock, and no figure depends on them.
 */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Webhook } from "standardwebhooks";
import { expect } from "vitest";
import { createWorker } from "../../src/worker.ts";
import { BROWSER, eventually, ORIGIN } from "./story.ts";

const CLOCK = "x-story-now";
const MINUTE = 60_000;

const worker = createWorker({
  now: (request) => Number(request.headers.get(CLOCK)),
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
});

/** A story's time in ms, from text such as `2026-01-03` (10:00 UTC) or `2026-01-03T09:00:00Z`. */
export function timeOf(at: string): number {
  return Date.parse(at.includes("T") ? at : `${at}T10:00:00Z`);
}

async function sendAt(at: number, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set(CLOCK, String(at));
  const request = new Request(new URL(path, ORIGIN), { redirect: "manual", ...init, headers });
  const ctx = createExecutionContext();
  const response = await worker.fetch?.(request as Request<unknown, IncomingRequestCfProperties>, env, ctx);
  if (response === undefined) throw new Error("the Worker has no fetch handler");
  await waitOnExecutionContext(ctx);
  return response;
}

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
async function adminAt(at: number, method: string, path: string, body?: unknown): Promise<any> {
  const key = method === "POST" ? { "Idempotency-Key": crypto.randomUUID() } : {};
  const response = await sendAt(at, path, {
    method,
    headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}`, ...key },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const json = await response.json();
  expect(response.status, `${method} ${path}: ${JSON.stringify(json)}`).toBeLessThan(300);
  return json;
}

let unique = 0;

/** The story's affiliates by name, each with an optional sponsor. */
export type Cast = Record<string, { sponsor?: string }>;

/** Terms that replace the preset's, and the endpoint's secret where the provider creates it. */
export interface StoryOptions {
  terms?: Record<string, unknown>;
  secret?: string;
}

/** Sets up a program from a preset at a time, with affiliates, a link for each, and an endpoint. */
export async function startProgram(
  at: string,
  preset: string,
  cast: Cast,
  source = "standard",
  { terms, secret }: StoryOptions = {},
) {
  unique += 1;
  const start = timeOf(at);
  const nameOf = (name: string) => `${name}-${unique}`;
  const program = `dated-${preset}-${unique}`;
  await adminAt(start, "POST", "/v1/programs", {
    slug: program,
    name: program,
    currency: "USD",
    preset,
    ...(terms !== undefined && { terms }),
    destination_hosts: ["shop.example"],
  });
  for (const [name, { sponsor }] of Object.entries(cast)) {
    const username = nameOf(name);
    await adminAt(start, "POST", "/v1/affiliates", {
      username,
      name,
      email: `${username}@example.com`,
      ...(sponsor !== undefined && { sponsor: nameOf(sponsor) }),
    });
    await adminAt(start, "POST", `/v1/programs/${program}/enrollments`, { affiliate: username });
    await adminAt(start, "POST", "/v1/links", {
      program,
      affiliate: username,
      slug: username,
      destination: "https://shop.example/",
    });
  }
  const endpoint = await adminAt(start, "POST", `/v1/programs/${program}/endpoints`, {
    source,
    ...(secret !== undefined && { secret }),
  });
  return new Program(program, nameOf, secret === undefined ? endpoint : { ...endpoint, secret });
}

/** The part of a ledger entry that stories check. */
export type Line = [kind: string, amount: number];

/** A program of a story. Methods take affiliates by their names in the story. */
export class Program {
  readonly slug: string;
  readonly endpoint: { id: string; url: string; secret: string };
  readonly #nameOf: (name: string) => string;
  #events = 0;

  constructor(slug: string, nameOf: (name: string) => string, endpoint: Program["endpoint"]) {
    this.slug = slug;
    this.endpoint = endpoint;
    this.#nameOf = nameOf;
  }

  /** Clicks an affiliate's link as a visitor; returns the landing page's token. */
  async click(affiliate: string, at: string): Promise<string> {
    const response = await sendAt(timeOf(at), `/${this.#nameOf(affiliate)}`, { headers: { "User-Agent": BROWSER } });
    expect(response.status).toBe(302);
    return new URL(response.headers.get("location") ?? "").searchParams.get("lc_click") ?? "";
  }

  /** Sends a request to the program's endpoint, some seconds after its event. Returns the credited affiliate's name in the story. */
  async receive(at: number, { headers, body }: { headers: Record<string, string>; body: string }, query = "") {
    const url = query === "" ? this.endpoint.url : `${this.endpoint.url}?${query}`;
    const response = await sendAt(at + 20_000, url, { method: "POST", headers, body });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
    const json = (await response.json()) as any;
    expect([response.status, json.status], JSON.stringify(json)).toEqual([200, "recorded"]);
    return { ...json, attributed_to: json.attributed_to?.replace(/-\d+$/, "") ?? null };
  }

  /** Sends a generic event, signed as by its checkout. */
  async post(at: string, event: Record<string, unknown>) {
    this.#events += 1;
    const id = `msg_${this.#events}`;
    const sent = new Date(timeOf(at) + 20_000);
    const body = JSON.stringify({ occurred_at: new Date(timeOf(at)).toISOString(), ...event });
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(sent.getTime() / 1_000)),
      "webhook-signature": new Webhook(this.endpoint.secret).sign(id, sent, body),
    };
    return this.receive(timeOf(at), { headers, body });
  }

  /** The affiliate's ledger from the API, oldest first, once it has this many entries. */
  async entries(affiliate: string, count: number) {
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}/entries?limit=200`;
    return eventually(async () => {
      const { data } = await adminAt(Date.now(), "GET", path);
      expect(data.map(({ kind, amount }: { kind: string; amount: number }) => `${kind} ${amount}`)).toHaveLength(count);
      return data.toReversed();
    });
  }

  /** Expects these lines in the ledger; returns the day on which each clears. */
  async expectLedger(affiliate: string, lines: readonly Line[]): Promise<string[]> {
    const entries = await this.entries(affiliate, lines.length);
    expect(entries.map(({ kind, amount }: { kind: string; amount: number }) => [kind, amount])).toEqual(lines);
    return entries.map(({ clears_at }: { clears_at: string }) => clears_at.slice(0, 10));
  }

  /** Earned, reserve, due and paid in the program's currency at a time, from the API. */
  async balances(affiliate: string, at: string): Promise<[number, number, number, number]> {
    const when = new Date(timeOf(at) + MINUTE).toISOString();
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}?at=${when}`;
    const { earned, reserve, due, paid } = (await adminAt(Date.now(), "GET", path)).balances;
    return [earned, reserve, due, paid];
  }

  /** Calls the API at a time, with a path below the program's. Returns the answer, which must be a success. */
  async call(at: string, method: string, path: string, body?: unknown) {
    return adminAt(timeOf(at), method, `/v1/programs/${this.slug}${path}`, body);
  }

  /** An affiliate's username, by its name in the story. */
  usernameOf(affiliate: string): string {
    return this.#nameOf(affiliate);
  }

  async createCoupon(at: string, affiliate: string, code: string): Promise<void> {
    const coupon = { program: this.slug, affiliate: this.#nameOf(affiliate), code };
    await adminAt(timeOf(at), "POST", "/v1/coupons", coupon);
  }

  async deleteCoupon(at: string, code: string): Promise<void> {
    await adminAt(timeOf(at), "DELETE", `/v1/coupons/${code}?program=${this.slug}`);
  }

  /** Gives an affiliate everything that the gates require. */
  async makePayable(affiliate: string, at: string): Promise<void> {
    const path = `/v1/affiliates/${this.#nameOf(affiliate)}`;
    await adminAt(timeOf(at), "PUT", `${path}/payee`, { method: "paypal", email: `${affiliate}@pay.example` });
    await adminAt(timeOf(at), "PUT", `${path}/tax-form`, { form: "w9" });
  }

  /** Drafts, approves and pays a month's run on the given day; returns the amount paid. */
  async pay(at: string) {
    const runs = `/v1/programs/${this.slug}/payouts/runs`;
    const { id } = await adminAt(timeOf(at), "POST", runs, { month: at.slice(0, 7) });
    await adminAt(timeOf(at), "POST", `${runs}/${id}/approve`);
    const run = await adminAt(timeOf(at), "POST", `${runs}/${id}/pay`);
    expect(run.status).toBe("paid");
    return run.paid;
  }

  /** Waits until an affiliate's statement with this number matches. */
  async statementThat(affiliate: string, number: number, expected: Record<string, unknown>): Promise<void> {
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}/statements/${number}`;
    await eventually(async () => expect(await adminAt(Date.now(), "GET", path)).toMatchObject(expected));
  }

  /** The name of the tier at a time, from the API. */
  async tier(affiliate: string, at: string): Promise<string> {
    const when = new Date(timeOf(at)).toISOString();
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}?at=${when}`;
    return (await adminAt(Date.now(), "GET", path)).tier.name;
  }
}
