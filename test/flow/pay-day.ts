/** A program on its pay day: affiliates with something due, and the commands of a run. */
import { env } from "cloudflare:workers";
import { expect } from "vitest";
import { admin, click, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

/** Commissions clear at once and are paid in the month in which they cleared, to any affiliate with a payout method. */
const TERMS = {
  cookie_days: 30,
  model: "last_click",
  binds_to: "customer",
  hold_days: 0,
  rates: [{ rate_bps: 4_000 }],
  payout: {
    basis: "cleared",
    lag_months: 0,
    first_day: 1,
    last_day: 31,
    gates: ["payment_details"],
    methods: ["paypal", "bank"],
  },
};

/** A program with affiliates of whom each has 40 % of a sale due. */
export async function setUpPayDay(affiliates = 2, payout: Record<string, unknown> = {}) {
  const terms = { ...TERMS, payout: { ...TERMS.payout, ...payout } };
  const story = await setUp({ affiliates, program: { preset: undefined, terms } });
  for (const [index, { slug }] of story.affiliates.entries()) {
    const { token } = await click(slug);
    const { json } = await postEvent(story.endpoint, sale({ click: token, amount: 10_000 * (index + 1) }));
    await eventually(async () => {
      const { json: found } = await admin("GET", `/v1/conversions/${json.conversion}`);
      expect(found.entries).toHaveLength(1);
    });
  }
  return { ...story, runs: `/v1/programs/${story.program}/payouts/runs` };
}

/** A command with a key of its own, or the one that is given; text and bytes are sent as they are. */
export async function command(path: string, body: unknown = {}, key: string | null = crypto.randomUUID()) {
  const response = await send(path, {
    method: "POST",
    headers: {
      Authorization: `Bearer ${env.ADMIN_TOKEN}`,
      ...(key !== null && { "Idempotency-Key": key }),
    },
    body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
  // biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
  return { status: response.status, json: (await response.json()) as any };
}

/** The id of a drafted and approved run. */
export async function approveRun(runs: string): Promise<string> {
  const { status, json } = await command(runs);
  expect([status, json.status], JSON.stringify(json)).toEqual([201, "draft"]);
  const approved = await command(`${runs}/${json.id}/approve`);
  expect(approved.json.status, JSON.stringify(approved.json)).toBe("approved");
  return json.id;
}

/** A downloaded file. */
export async function download(path: string) {
  const response = await send(path, { headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` } });
  return { status: response.status, type: response.headers.get("content-type"), text: await response.text() };
}

/** The files of a run, once all of its statements have arrived. */
export function filesOf(run: string) {
  return eventually(async () => {
    const { status, json } = await admin("GET", `${run}/files`);
    expect(status, JSON.stringify(json)).toBe(200);
    return json;
  });
}

/** A run's statements by affiliate, once they match the expectation. */
export function statementsThat(run: string, expected: Record<string, unknown>) {
  return eventually(async () => {
    const { json } = await admin("GET", `${run}/statements`);
    // biome-ignore lint/suspicious/noExplicitAny: as above.
    const byAffiliate = Object.fromEntries(json.data.map((one: any) => [one.affiliate, one]));
    expect(byAffiliate).toMatchObject(expected);
    return byAffiliate;
  });
}
