/**
 * Stories that take months or years: the real Worker with a clock that each request sets, so that clicks, webhooks and what an
 * admin asks happen at times of their own. Objects' alarms go by the real clock, which no figure depends on.
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

/** A time as a story writes it, such as `2026-01-03` (which is at ten, UTC) or `2026-01-03T09:00:00Z`, in ms. */
export function timeOf(at: string): number {
  return Date.parse(at.includes("T") ? at : `${at}T10:00:00Z`);
}

async function sendAt(at: number, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set(CLOCK, String(at));
  const request = new Request(new URL(path, ORIGIN), { redirect: "manual", ...init, headers });
  const ctx = createExecutionContext();
  const response = await worker.fetch?.(request as Request<unknown, IncomingRequestCfProperties>, env, ctx);
  if (response === undefined) throw new Error("the Worker has no door");
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

/** Who takes part: the names of affiliates, each with the name of whoever brought it in. */
export type Cast = Record<string, { sponsor?: string }>;

/** A program of a preset as a merchant sets it up at a time, with its affiliates, a link each, and an endpoint. */
export async function startProgramme(at: string, preset: string, cast: Cast, source = "standard") {
  unique += 1;
  const start = timeOf(at);
  const nameOf = (name: string) => `${name}-${unique}`;
  const program = `dated-${preset}-${unique}`;
  await adminAt(start, "POST", "/v1/programs", {
    slug: program,
    name: program,
    currency: "USD",
    preset,
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
  const endpoint = await adminAt(start, "POST", `/v1/programs/${program}/endpoints`, { source });
  return new Programme(program, nameOf, endpoint);
}

/** What of a ledger a story looks at. */
export type Line = [kind: string, amount: number];

/** A program of a story. Affiliates are called by their names in it. */
export class Programme {
  readonly slug: string;
  readonly endpoint: { id: string; url: string; secret: string };
  readonly #nameOf: (name: string) => string;
  #events = 0;

  constructor(slug: string, nameOf: (name: string) => string, endpoint: Programme["endpoint"]) {
    this.slug = slug;
    this.endpoint = endpoint;
    this.#nameOf = nameOf;
  }

  /** A person's click on an affiliate's link; the token that the landing page gets. */
  async click(affiliate: string, at: string): Promise<string> {
    const response = await sendAt(timeOf(at), `/${this.#nameOf(affiliate)}`, { headers: { "User-Agent": BROWSER } });
    expect(response.status).toBe(302);
    return new URL(response.headers.get("location") ?? "").searchParams.get("lc_click") ?? "";
  }

  /** A request to the program's endpoint, some seconds after its event. Returns the credited affiliate by its name in the story. */
  async receive(at: number, { headers, body }: { headers: Record<string, string>; body: string }) {
    const response = await sendAt(at + 20_000, this.endpoint.url, { method: "POST", headers, body });
    // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
    const json = (await response.json()) as any;
    expect([response.status, json.status], JSON.stringify(json)).toEqual([200, "recorded"]);
    return { ...json, attributed_to: json.attributed_to?.replace(/-\d+$/, "") ?? null };
  }

  /** A generic event, signed as its checkout signs it. */
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

  /** The affiliate's ledger by the API, oldest first, once it has so many entries. */
  async entries(affiliate: string, count: number) {
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}/entries?limit=200`;
    return eventually(async () => {
      const { data } = await adminAt(Date.now(), "GET", path);
      expect(data.map(({ kind, amount }: { kind: string; amount: number }) => `${kind} ${amount}`)).toHaveLength(count);
      return data.toReversed();
    });
  }

  /** The ledger must come to these lines; when each clears, by day. */
  async expectLedger(affiliate: string, lines: readonly Line[]): Promise<string[]> {
    const entries = await this.entries(affiliate, lines.length);
    expect(entries.map(({ kind, amount }: { kind: string; amount: number }) => [kind, amount])).toEqual(lines);
    return entries.map(({ clears_at }: { clears_at: string }) => clears_at.slice(0, 10));
  }

  /** Earned, reserve, due and paid in the program's currency at a time, by the API. */
  async balances(affiliate: string, at: string): Promise<[number, number, number, number]> {
    const when = new Date(timeOf(at) + MINUTE).toISOString();
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}?at=${when}`;
    const { earned, reserve, due, paid } = (await adminAt(Date.now(), "GET", path)).balances;
    return [earned, reserve, due, paid];
  }

  /** Everything that the gates ask of an affiliate. */
  async makePayable(affiliate: string, at: string): Promise<void> {
    const path = `/v1/affiliates/${this.#nameOf(affiliate)}`;
    await adminAt(timeOf(at), "PUT", `${path}/payee`, { method: "paypal", email: `${affiliate}@pay.example` });
    await adminAt(timeOf(at), "PUT", `${path}/tax-form`, { form: "w9" });
  }

  /** Drafts, approves and pays the run of a day's month on that day; what it has paid. */
  async pay(at: string) {
    const runs = `/v1/programs/${this.slug}/payouts/runs`;
    const { id } = await adminAt(timeOf(at), "POST", runs, { month: at.slice(0, 7) });
    await adminAt(timeOf(at), "POST", `${runs}/${id}/approve`);
    const run = await adminAt(timeOf(at), "POST", `${runs}/${id}/pay`);
    expect(run.status).toBe("paid");
    return run.paid;
  }

  /** A statement of an affiliate by its number, once it is what is expected. */
  async statementThat(affiliate: string, number: number, expected: Record<string, unknown>): Promise<void> {
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}/statements/${number}`;
    await eventually(async () => expect(await adminAt(Date.now(), "GET", path)).toMatchObject(expected));
  }

  /** The name of the tier at a time, by the API. */
  async tier(affiliate: string, at: string): Promise<string> {
    const when = new Date(timeOf(at)).toISOString();
    const path = `/v1/programs/${this.slug}/affiliates/${this.#nameOf(affiliate)}?at=${when}`;
    return (await adminAt(Date.now(), "GET", path)).tier.name;
  }
}
