/** A database that lacks the newest migrations: what it says, and that nothing is lost until they are applied. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { MIGRATIONS } from "../../src/db/migrations.ts";
import { signIn } from "../portal/session.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, click, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const MINUTE = 60_000;
const NOT_MIGRATED = { status: 503, json: { status: 503, code: "database_not_migrated" } };

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.spyOn(console, "warn").mockImplementation(() => {});
});

/** Undoes what `without` hid. */
const hidden: (() => Promise<unknown>)[] = [];

/** Hides tables (`name`) and columns (`table.name`), as if their migrations had not been applied yet. */
async function without(...objects: string[]): Promise<void> {
  for (const object of objects) {
    const [table = "", column] = object.split(".");
    const [hide, show] =
      column === undefined
        ? [`ALTER TABLE ${table} RENAME TO later_${table}`, `ALTER TABLE later_${table} RENAME TO ${table}`]
        : [
            `ALTER TABLE ${table} RENAME COLUMN ${column} TO later_${column}`,
            `ALTER TABLE ${table} RENAME COLUMN later_${column} TO ${column}`,
          ];
    await env.DB.prepare(hide).run();
    hidden.push(() => env.DB.prepare(show).run());
  }
}

async function migrate(): Promise<void> {
  for (const show of hidden.splice(0).toReversed()) await show();
}

afterEach(async () => {
  await migrate();
  vi.restoreAllMocks();
});

// biome-ignore lint/suspicious/noExplicitAny: a test reads fields of answers whose shape it asserts.
async function readHealth(): Promise<{ status: number; json: any }> {
  const response = await send("/healthz");
  return { status: response.status, json: await response.json() };
}

describe("the health check", () => {
  const ok = { status: 200, json: { status: "ok", checks: { settings: "ok", database: "ok", migrations: "ok" } } };
  const record = (names: readonly string[]) =>
    env.DB.batch([
      env.DB.prepare("DROP TABLE IF EXISTS d1_migrations"),
      env.DB.prepare("CREATE TABLE d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE)"),
      ...names.map((name) => env.DB.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name)),
    ]);
  const names = MIGRATIONS.map(({ name }) => name);

  afterEach(async () => {
    await env.DB.exec("DROP TABLE IF EXISTS d1_migrations");
  });

  test("is ok with all migrations, whether wrangler's record of them is there or not", async () => {
    expect(await readHealth()).toEqual(ok);
    await record(names);
    expect(await readHealth()).toEqual(ok);
    await record([...names, "9999_of_a_later_release.sql"]);
    expect(await readHealth()).toEqual(ok);
  });

  test("names the migrations that wrangler hasn't applied, and how to apply them", async () => {
    await record(names.slice(0, -2));
    const [first, second] = names.slice(-2).map((name) => name.replace(".sql", ""));
    const { status, json } = await readHealth();
    expect([status, json.status, json.checks.database]).toEqual([503, "failing", "ok"]);
    expect(json.checks.migrations).toEqual({
      status: "failing",
      detail: `2 migrations of this release are missing: ${first}, ${second}. What needs them fails or waits.`,
      fix: expect.stringContaining("npm run deploy"),
    });
  });

  test("names them without wrangler's record, by their tables and columns", async () => {
    await without("credited_clicks", "endpoints.sealed_api_key");
    const { status, json } = await readHealth();
    expect(status).toBe(503);
    expect(json.checks.migrations.detail).toContain(
      "2 migrations of this release are missing: 0016_credited_clicks, 0036_endpoint_api_keys.",
    );
  });

  test("finds a table that is gone though wrangler has recorded its migration", async () => {
    await record(names);
    await without("payees");
    expect((await readHealth()).json.checks.migrations.detail).toContain("0015_payees");
  });
});

describe("a sale", () => {
  test("is acknowledged where only its projections can't be stored, and is projected after the migration", async () => {
    const { a, endpoint, program } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    await without("conversions", "ledger_entries.tier_at", "credited_clicks");
    const event = sale({ click: token });
    const { status, json } = await postEvent(endpoint, event, { id: "evt_1" });
    expect([status, json.status, json.attributed_to]).toEqual([200, "recorded", a.username]);
    expect(await admin("GET", `/v1/conversions/${json.conversion}`)).toMatchObject(NOT_MIGRATED);
    await runMinute(Date.now() + 20 * MINUTE);
    await migrate();
    await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ kind: "commission" }] });
    expect((await postEvent(endpoint, event, { id: "evt_1" })).json.status).toBe("duplicate");
    const { json: list } = await admin("GET", `/v1/conversions?program=${program}`);
    expect(list.data).toHaveLength(1);
  });

  test.each([
    ["endpoints.sealed_api_key"],
    ["webhook_events"],
    ["known_names.origin"],
    ["click_customers"],
    ["deliveries.attempts"],
  ])("without %s is refused with 503, and is recorded once when it is sent again", async (object) => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    await without(object);
    const refused = await postEvent(endpoint, event, { id: "evt_2" });
    expect(refused).toMatchObject(NOT_MIGRATED);
    expect(refused.json.detail).toContain("npm run deploy");
    await migrate();
    const { status, json } = await postEvent(endpoint, event, { id: "evt_2" });
    expect([status, json.status]).toEqual([200, "recorded"]);
    await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ kind: "commission" }] });
  });

  test.each([["program_terms.terms"], ["enrolment_statuses"], ["affiliate_marks"]])(
    "without %s, which its object needs, is kept and recorded once after the migration",
    async (object) => {
      const { a, endpoint, program } = await setUp({ affiliates: 1 });
      const event = sale({ click: (await click(a.slug)).token });
      await without(object);
      const { status, json } = await postEvent(endpoint, event);
      expect([status, json.status]).toEqual([202, "spooled"]);
      await runMinute(Date.now() + MINUTE);
      await migrate();
      await runMinute(Date.now() + 10 * MINUTE);
      const list = await eventually(async () => {
        const { json: found } = await admin("GET", `/v1/conversions?program=${program}`);
        expect(found.data).toHaveLength(1);
        return found.data;
      });
      await conversionThat(list[0].id, { attributed_to: a.username, entries: [{ kind: "commission" }] });
    },
  );

  test("posts its commission after the migration where its account needs a missing table", async () => {
    const { a, endpoint } = await setUp({ affiliates: 1 });
    const { token } = await click(a.slug);
    await without("own_rates");
    const { status, json } = await postEvent(endpoint, sale({ click: token }));
    expect([status, json.status]).toEqual([200, "recorded"]);
    await migrate();
    await conversionThat(json.conversion, { attributed_to: a.username, entries: [{ kind: "commission" }] });
  });
});

describe("what needs a missing table or column", () => {
  test("is 503 with the reason in the API, also behind an object", async () => {
    const { a, endpoint, program } = await setUp({ affiliates: 1 });
    const { json: made } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
    await conversionThat(made.conversion, { attributed_to: a.username });
    await without("creatives", "deliveries.detail", "enrolment_statuses");
    const headers = { Authorization: `Bearer ${env.ADMIN_TOKEN}` };
    const response = await send(`/v1/programs/${program}/creatives`, { headers });
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"]);
    expect(await response.json()).toMatchObject(NOT_MIGRATED.json);
    expect(await admin("GET", `/v1/programs/${program}/deliveries`)).toMatchObject(NOT_MIGRATED);
    const settled = await admin("POST", `/v1/conversions/${made.conversion}/settlement`, {});
    expect(settled).toMatchObject(NOT_MIGRATED);
    expect((await admin("GET", "/v1/programs")).status).toBe(200);
  });

  test("is a page that says so in the portal", async () => {
    const { a } = await setUp({ affiliates: 1 });
    const { cookie } = await signIn(a.username);
    await without("notified_affiliates.zone", "payees.masked");
    const response = await send("/app/account", { headers: { Cookie: cookie } });
    expect([response.status, response.headers.get("Retry-After")]).toEqual([503, "60"]);
    expect(await response.text()).toContain("The portal is being updated");
  });
});

test("a warm link redirects, an unknown one gets 503, and clicks are stored after the migration", async () => {
  const { a } = await setUp({ affiliates: 2 });
  const other = await setUp({ affiliates: 1 });
  await click(a.slug);
  await eventually(async () => expect((await countsOf(a.slug)).clicks).toBe(1));
  await without("programs.home_url", "click_days", "visitor_keys", "link_texts");
  const { status, token } = await click(a.slug, { headers: { "CF-Connecting-IP": "203.0.113.7" } });
  expect([status, token.length > 0]).toEqual([302, true]);
  expect((await click(other.a.slug)).status).toBe(503);
  await new Promise((resolve) => setTimeout(resolve, 500));
  await migrate();
  expect((await click(other.a.slug)).status).toBe(302);
  await vi.waitFor(async () => expect((await countsOf(a.slug)).clicks).toBe(2), { timeout: 20_000, interval: 200 });
});

async function countsOf(slug: string) {
  return (await admin("GET", `/v1/links/${slug}`)).json;
}
