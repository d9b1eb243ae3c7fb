/**
 * Each call of the API that changes something adds its entry to the audit log, and none when it is refused. What it creates is
 * created once for an `Idempotency-Key`. Calls come from the router, so that a new one without a case fails here.
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { accessOf } from "../../src/api/layout/permit.ts";
import { apiRoutes } from "../../src/api/routes.ts";
import { command, makePayable, storyWithSales } from "../support/payout-story.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";
import { listAudited } from "../support/users.ts";
import { CASES } from "./cases.ts";
import { P } from "./payout-cases.ts";

/** Names in paths and bodies: `$program` … */
const names: Record<string, string> = {};
const fill = (text: string) => text.replaceAll(/\$(\w+)/g, (_, name: string) => names[name] ?? `no-${name}`);

const routes = Map.groupBy(
  apiRoutes({ now: () => 0, links: { forget: async () => {} } }).routes.filter(
    ({ method }) => !["ALL", "GET"].includes(method),
  ),
  ({ method, path }) => `${method} ${path}`,
);

/** What the calls need: a program that pays, two affiliates with statements of March, a sale, and a dead click. */
async function prepare(): Promise<void> {
  const { program, a, b, endpoint } = await setUp({ preset: "kartra", program: { terms: { hold_days: 0 } } });
  names.program = program;
  Object.assign(names, { a: a.username, b: b.username, link: a.slug });
  for (const { username } of [a, b]) await makePayable(username);
  for (const { username } of [a, b]) {
    const customer = { id: `cus_${username}` };
    const referral = { type: "referral", affiliate: username, binding: true, customer };
    await postEvent(endpoint, { ...referral, occurred_at: "2026-01-03T08:00:00Z" });
    await postEvent(endpoint, sale({ customer, occurred_at: "2026-01-03T09:00:00Z", amount: 40_000 }));
    const path = `/v1/programs/${program}/affiliates/${username}/entries`;
    await eventually(async () => expect((await admin("GET", path)).json.data).toHaveLength(1));
  }
  const { token } = await click(a.slug);
  const { json } = await postEvent(endpoint, sale({ click: token, customer: { id: "cus_audited" } }));
  names.conversion = json.conversion;
  await conversionThat(json.conversion, { attributed_to: a.username });
  names.delivery = (await admin("GET", `/v1/programs/${program}/deliveries`)).json.data[0].id;
}

/** Puts an application in review. */
async function apply(name: string): Promise<void> {
  const id = `apl_0${name}`;
  names[name] = id;
  await env.DB.prepare(
    `INSERT INTO applications (id, program_id, status, name, email, username, answers, group_slug, created_at, confirmed_at)
     SELECT ?1, id, 'in_review', 'Zoe', ?1 || '@example.com', lower(?2), '[]', 'default', 1, 1 FROM programs WHERE slug = ?3`,
  )
    .bind(id, name.replaceAll("_", "-"), names.program)
    .run();
}

async function parkClicks(): Promise<void> {
  names.dead_clicks = crypto.randomUUID().replaceAll("-", "").repeat(2);
  await env.DB.prepare("INSERT INTO dead_clicks (id, received_at, clicks, error, body) VALUES (?, ?, 0, 'e', '[]')")
    .bind(names.dead_clicks, Date.now())
    .run();
}

/** Sets up what some cases need just before they are called. */
const BEFORE: Record<string, () => Promise<void>> = {
  // A payment without details is left unpaid.
  "POST /programs/:program/payouts/runs/:run/pay": async () => {
    await admin("DELETE", fill("/v1/affiliates/$b/payee"));
  },
  "POST /programs/:program/endpoints/:endpoint/test-sale": async () => {
    names.tested = (await admin("POST", fill(`${P}/endpoints`), { source: "standard", test: true })).json.id;
  },
  "POST /programs/:program/payouts/runs/:run/statements/:statement/remind": async () => {
    const { runs } = await storyWithSales("kartra", ["2026-01-03"]);
    names.blocked_run = `${runs}/${(await command(runs, { month: "2026-03" })).json.id}`;
    await eventually(async () => {
      const { json } = await admin("GET", `${names.blocked_run}/statements`);
      expect(json).toMatchObject({ complete: true });
      names.blocked = json.data[0].id;
    });
  },
  "POST /programs/:program/applications/:application/approve": () => apply("application"),
  "POST /programs/:program/applications/:application/reject": () => apply("other_application"),
  "POST /dead-clicks/replay": parkClicks,
  "POST /dead-clicks/:id/replay": parkClicks,
  "POST /programs/:program/payouts/runs/:run/results": async () => {
    const { json } = await admin("GET", fill(`${P}/payouts/runs/$run/statements`));
    const idOf = (name: string) =>
      json.data.find(({ affiliate }: { affiliate: string }) => affiliate === names[name])?.id ?? "";
    Object.assign(names, { paid: idOf("a"), unpaid: idOf("b") });
  },
  "POST /programs/:program/payouts/runs/:run/cancel": async () => {
    names.next_run = (await command(fill(`${P}/payouts/runs`), { month: "2026-04" })).json.id;
  },
};

async function call(method: string, path: string, body: unknown, key: string) {
  const text = body && fill(typeof body === "string" ? body : JSON.stringify(body));
  const response = await send(fill(path), {
    method,
    headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}`, "Idempotency-Key": key },
    ...(text !== undefined && { body: String(text) }),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const keyOf = (route: string) => route.replaceAll(" ", "-");

/** Entries that calls have added, without those of the set-up. */
const countAudited = async () => (await listAudited()).length;

/** The log once it has this many entries, or after two seconds: objects send theirs a moment later. */
async function waitFor(count: number) {
  for (let attempt = 0; attempt < 40 && (await countAudited()) < count; attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return listAudited();
}

test("each call has a case", () => {
  expect([...routes.keys()].sort()).toEqual(Object.keys(CASES).sort());
});

test("each call adds its entries once, and none when it is refused or repeated", async () => {
  await prepare();
  // What reads, though it is a POST, adds nothing.
  for (const [route, { audits }] of Object.entries(CASES)) {
    const { permission } = accessOf(routes.get(route) ?? []);
    if (permission === "read") expect.soft([route, audits]).toEqual([route, []]);
  }
  for (const [route, one] of Object.entries(CASES)) {
    const { path, body, audits, refused, keep, repeats_differ = false, repeats_find_nothing = false } = one;
    const [method = ""] = route.split(" ");
    await BEFORE[route]?.();
    const before = await countAudited();
    const first = await call(method, path, body, `once-${keyOf(route)}`);
    expect.soft([route, first.status < 300], JSON.stringify(first.json)).toEqual([route, true]);
    for (const [name, read] of Object.entries(keep ?? {})) names[name] = String(read(first.json));
    const added = await waitFor(before + audits.length);
    expect.soft([route, added.slice(before).map(({ action }) => action)]).toEqual([route, audits]);
    if (method === "POST" && audits.length > 0) {
      const again = await call(method, path, body, `once-${keyOf(route)}`);
      expect.soft([route, again.status < 300], JSON.stringify(again.json)).toEqual([route, !repeats_find_nothing]);
      if (!repeats_differ && !repeats_find_nothing) expect.soft([route, again.json]).toEqual([route, first.json]);
    }
    if (refused !== undefined) {
      const refusal = await call(method, refused.path ?? path, refused.body ?? body, `refused-${keyOf(route)}`);
      expect.soft([route, refusal.status >= 400], JSON.stringify(refusal.json)).toEqual([route, true]);
    }
    expect.soft([route, await countAudited()]).toEqual([route, before + audits.length]);
  }
});

test("the log has no secrets, no full payment details, and no erased names", async () => {
  const { results } = await env.DB.prepare("SELECT * FROM audit_entries").all();
  const text = JSON.stringify(results);
  expect(text).not.toMatch(/whsec_|lca_|token=|private@example|nova\.private|nova@example\.com|"Nova"/);
  expect(text).toContain("a•••@pay.example");
});

test("each download of a payment file is in the log", async () => {
  const run = fill(`${P}/payouts/runs/$run`);
  const [file] = (await admin("GET", `${run}/files`)).json.data;
  const headers = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
  for (const _ of [1, 2]) expect((await send(`${run}/files/${file.name}`, { headers })).status).toBe(200);
  const entries = await listAudited("action = 'payout_run.file_downloaded'");
  expect(entries).toMatchObject([1, 2].map(() => ({ subject: names.run, actor: "first" })));
});
