/** Lists in pages, and that reading one version of the terms doesn't read the others. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { bodyOf, signIn } from "../portal/session.ts";
import { command, storyWithSales } from "../support/payout-story.ts";
import { admin, setUp } from "../support/story.ts";

/** The ids of a list, read two at a time; also whether it took several pages. */
async function readInPages(path: string): Promise<{ ids: string[]; pages: number }> {
  const ids: string[] = [];
  let pages = 0;
  let cursor: string | null = null;
  do {
    const { status, json } = await admin("GET", `${path}?limit=2${cursor === null ? "" : `&cursor=${cursor}`}`);
    expect(status, JSON.stringify(json)).toBe(200);
    expect(json.data.length).toBeLessThanOrEqual(2);
    ids.push(...json.data.map(({ id }: { id: string }) => id));
    pages += 1;
    cursor = json.next;
  } while (cursor !== null);
  return { ids, pages };
}

async function expectPages(path: string, newestFirst: readonly string[]): Promise<void> {
  const { ids, pages } = await readInPages(path);
  expect(ids.filter((id) => newestFirst.includes(id))).toEqual(newestFirst);
  expect(new Set(ids).size).toBe(ids.length);
  expect(pages).toBeGreaterThan(1);
  for (const [query, code] of [
    ["limit=0", "invalid_limit"],
    ["limit=1e1", "invalid_limit"],
    ["limit=0x5", "invalid_limit"],
    ["limit=%205", "invalid_limit"],
    ["limit=201", "invalid_limit"],
    ["cursor=x", "invalid_cursor"],
  ]) {
    const { status, json } = await admin("GET", `${path}?${query}`);
    expect([status, json.code]).toEqual([422, code]);
  }
}

test("API keys are listed in pages, newest first", async () => {
  const made: string[] = [];
  for (let n = 0; n < 5; n += 1) made.push((await admin("POST", "/v1/keys", { name: `Key ${n}` })).json.id);
  // Keys of the same millisecond are listed in the order of their ids.
  const { results } = await env.DB.prepare("SELECT id FROM admin_keys ORDER BY created_at DESC, id DESC").run();
  const newestFirst = results.map(({ id }) => String(id)).filter((id) => made.includes(id));
  await expectPages("/v1/keys", newestFirst);
});

test("a program's payout runs are listed in pages, newest first", async () => {
  const { runs } = await storyWithSales("kartra", []);
  const made: string[] = [];
  for (const month of ["2026-01", "2026-02", "2026-03"]) {
    const { json } = await command(runs, { month });
    made.unshift(json.id);
    await command(`${runs}/${json.id}/cancel`);
  }
  await expectPages(runs, made);
});

test("a version of the terms is read without the others, by the API and by the portal", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  const path = `/v1/programs/${program}/terms`;
  for (const rate_bps of [1_000, 2_000]) await admin("POST", path, { terms: { rates: [{ rate_bps }] } });
  // Parsing version 1 fails from now on.
  await env.DB.prepare(
    "UPDATE program_terms SET terms = 'unreadable' WHERE version = 1 AND program_id = (SELECT id FROM programs WHERE slug = ?)",
  )
    .bind(program)
    .run();
  const { json: two } = await admin("GET", `${path}/2`);
  expect([two.version, two.in_force, two.terms.rates[0].rate_bps]).toEqual([2, false, 1_000]);
  expect((await admin("GET", `${path}/3`)).json.in_force).toBe(true);
  const { open } = await signIn(a.username);
  expect(bodyOf((await open("/app/program")).html)).toContain("20% of each payment");
  const sales = [{ occurred_at: "2026-03-01T00:00:00Z", amount: 10_000 }];
  expect((await admin("POST", `${path}/preview`, { sales })).json.sales[0].entries[0].amount).toBe(2_000);
  const own = { rates: [{ rate_bps: 3_000 }] };
  expect((await admin("POST", `/v1/programs/${program}/enrollments/${a.username}/rates`, own)).status).toBe(201);
  expect((await admin("POST", path, { terms: { hold_days: 7 } })).json.version).toBe(4);
});
