/** `GET /v1/status` through the real Worker: each item shows what is wrong in the database. */
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { readChecks, readEndpoints, readSpooled, readUnreplayedClicks } from "../../src/operations/status-queries.ts";
import { openMailbox } from "../notifications/mailbox.ts";
import { breakObject } from "../support/deliveries.ts";
import { runMinute } from "../support/run-cron.ts";
import { admin, conversionThat, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const ITEMS = [
  ...["settings", "migrations", "scheduled_work", "click_queue", "dead_clicks", "click_checks", "spooled_deliveries"],
  ...["silent_endpoints", "refusing_endpoints", "unsent_results", "database_size", "payout_runs", "emails", "alerts"],
];

interface Item {
  name: string;
  status: string;
  since: string | null;
  values: Record<string, unknown>;
  detail: string;
  fix: string | null;
}

async function readStatus(): Promise<{ status: string; items: Item[] }> {
  const { status, json } = await admin("GET", "/v1/status");
  expect(status, JSON.stringify(json)).toBe(200);
  return json;
}

async function readItem(name: string): Promise<Item> {
  const item = (await readStatus()).items.find((one) => one.name === name);
  if (item === undefined) throw new Error(`there is no item ${name}`);
  return item;
}

const run = (sql: string, ...values: unknown[]) =>
  env.DB.prepare(sql)
    .bind(...values)
    .run();

beforeEach(async () => {
  vi.spyOn(console, "error").mockImplementation(() => {});
  await runMinute(Date.now());
});
afterEach(() => {
  vi.restoreAllMocks();
});

test("is ok on a deployment where nothing is wrong", async () => {
  const story = await setUp({ affiliates: 1 });
  const { json } = await postEvent(story.endpoint, sale());
  await conversionThat(json.conversion, { status: "recorded" });
  const { status, items } = await readStatus();
  expect(items.filter((item) => item.status !== "ok")).toEqual([]);
  expect(status).toBe("ok");
  expect(items.map(({ name }) => name)).toEqual(ITEMS);
  for (const item of items) {
    expect(item).toEqual({
      ...{ name: item.name, status: "ok", since: null, fix: null },
      ...{ values: expect.any(Object), detail: expect.stringMatching(/^[A-Z].*\.$/) },
    });
  }
  expect((await readItem("database_size")).values.bytes).toBeGreaterThan(100_000);
  expect((await readItem("click_queue")).values).toMatchObject({ messages: 0, dead_letter_messages: 0 });
});

test("needs a key, and takes no parameters", async () => {
  expect((await send("/v1/status")).status).toBe(401);
  expect((await admin("GET", "/v1/status?only=emails")).json.code).toBe("unknown_parameter");
});

test("shows dead clicks until they are replayed or deleted", async () => {
  const insert =
    "INSERT INTO dead_clicks (id, received_at, clicks, error, body, replayed_at) VALUES (?, ?, ?, 'x', '[]', ?)";
  await run(insert, "d1", Date.now() - HOUR, 4, null);
  await run(insert, "d2", Date.now() - DAY, 3, null);
  await run(insert, "d3", Date.now() - 2 * DAY, 9, 1);
  expect(await readItem("dead_clicks")).toMatchObject({
    ...{ status: "warning", values: { messages: 2, clicks: 7 } },
    fix: expect.stringContaining("/v1/dead-clicks/replay"),
  });
  await run("DELETE FROM dead_clicks");
  expect((await readItem("dead_clicks")).status).toBe("ok");
});

test("shows spooled deliveries, and those that nothing retries", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const repair = await breakObject(program, "cus_broken");
  const { json } = await postEvent(endpoint, sale({ customer: { id: "cus_broken" } }));
  expect(json.status).toBe("spooled");
  expect(await readItem("spooled_deliveries")).toMatchObject({ status: "ok", values: { spooled: 1, late: 0 } });
  await run("UPDATE deliveries SET received_at = ? WHERE status = 'spooled'", Date.now() - 2 * HOUR);
  expect(await readItem("spooled_deliveries")).toMatchObject({
    status: "warning",
    detail: "1 delivery is stored but not recorded yet, the oldest for 2 hours.",
  });
  await run("UPDATE deliveries SET next_at = ? WHERE status = 'spooled'", Date.now() - HOUR);
  expect(await readItem("spooled_deliveries")).toMatchObject({ status: "failing", values: { late: 1 } });
  await repair();
  await runMinute(Date.now() + MINUTE);
  expect(await readItem("spooled_deliveries")).toMatchObject({ status: "ok", values: { spooled: 0, late: 0 } });
});

test("shows endpoints that have gone silent, or refuse everything; not disabled ones or those in test mode", async () => {
  const { program, endpoint } = await setUp({ affiliates: 1 });
  const other = (await admin("POST", `/v1/programs/${program}/endpoints`, { source: "standard" })).json;
  const trial = (await admin("POST", `/v1/programs/${program}/endpoints`, { source: "standard", test: true })).json;
  const deliver = (id: string, ago: number, status: string) =>
    run(
      `INSERT INTO deliveries (id, program_id, endpoint_id, source, received_at, test, status)
       SELECT ?1, program_id, id, source, ?2, 0, ?3 FROM endpoints WHERE id = ?4`,
      `dl_${String(1_000 - ago).padStart(6, "0")}_${id}`,
      Date.now() - ago * HOUR,
      status,
      id,
    );
  for (let n = 0; n < 12; n += 1) {
    await deliver(endpoint.id, 100 + n, "recorded");
    await deliver(trial.id, 100 + n, "recorded");
  }
  for (let n = 0; n < 4; n += 1) await deliver(other.id, 1 + n, "refused");
  expect(await readItem("silent_endpoints")).toMatchObject({
    status: "warning",
    values: { silent: [`${program}: standard (${endpoint.id})`] },
  });
  expect(await readItem("refusing_endpoints")).toMatchObject({
    status: "failing",
    values: { refusing: [`${program}: standard (${other.id})`] },
  });
  for (const { id } of [endpoint, other])
    await admin("PATCH", `/v1/programs/${program}/endpoints/${id}`, { disabled: true });
  expect((await readItem("silent_endpoints")).status).toBe("ok");
  expect((await readItem("refusing_endpoints")).status).toBe("ok");
});

test("shows customers and accounts whose results don't arrive in D1, until they do", async () => {
  const { a, endpoint } = await setUp({ affiliates: 1 });
  await run("ALTER TABLE ledger_entries RENAME TO ledger_entries_away");
  await run("ALTER TABLE conversions RENAME TO conversions_away");
  try {
    const referral = { type: "referral", affiliate: a.username, binding: true };
    const customer = { id: "cus_unsent" };
    await postEvent(endpoint, { ...referral, customer, occurred_at: new Date(Date.now() - HOUR).toISOString() });
    await postEvent(endpoint, sale({ customer }));
    const unrelayed = () => run("UPDATE unrelayed_customers SET since = ?", Date.now() - 12 * MINUTE);
    await unrelayed();
    await eventually(async () => {
      // The minute of the day in which this account is swept.
      const place = await env.DB.prepare(
        `SELECT (affiliate_id * 31 + program_id) % 1440 AS place FROM enrolments e JOIN affiliates a ON a.id = e.affiliate_id
         WHERE a.username = ?`,
      )
        .bind(a.username)
        .first<number>("place");
      const minute = Math.ceil(Date.now() / DAY) * DAY + (place ?? 0) * MINUTE;
      await runMinute(minute);
      expect((await readItem("unsent_results")).values).toMatchObject({ customers: 1, accounts: 1 });
    });
    await run("UPDATE unrelayed_accounts SET since = ?", Date.now() - 2 * HOUR);
    expect(await readItem("unsent_results")).toMatchObject({
      status: "warning",
      detail: "Results of 1 customer and 1 account haven't arrived in D1, the oldest for 2 hours.",
    });
  } finally {
    await run("ALTER TABLE conversions_away RENAME TO conversions");
    await run("ALTER TABLE ledger_entries_away RENAME TO ledger_entries");
  }
  await eventually(async () => {
    await runMinute(Date.now() + 20 * MINUTE);
    expect((await readItem("unsent_results")).values).toMatchObject({ customers: 0, accounts: 0 });
  });
});

test("shows a payout run that doesn't get on", async () => {
  const { program } = await setUp({ affiliates: 1 });
  await run(
    `INSERT INTO payout_runs (id, program_id, month, status, cursor, terms_version, payout, drafted_at, progress, created_by, approvals)
     SELECT 'run_stuck', id, '2026-01', 'paying', 0, 1, '{}', 1, '{"affiliates": 3}', 'x', '[]' FROM programs WHERE slug = ?`,
    program,
  );
  await run(
    `INSERT INTO payout_commands (program_id, key, run_id, command, commanded_by, commanded_at)
     SELECT id, 'k', 'run_stuck', 'pay', 'x', ? FROM programs WHERE slug = ?`,
    Date.now() - 30 * MINUTE,
    program,
  );
  expect(await readItem("payout_runs")).toMatchObject({ status: "ok", values: { working: 1 } });
  await run("UPDATE payout_commands SET commanded_at = ? WHERE run_id = 'run_stuck'", Date.now() - 3 * HOUR);
  expect(await readItem("payout_runs")).toMatchObject({
    status: "failing",
    values: { stuck: [`${program}: run_stuck (paying)`] },
  });
  await run("DELETE FROM payout_runs WHERE id = 'run_stuck'");
});

test("shows emails that are refused again and again, and differences that the nightly check has found", async () => {
  const { a } = await setUp({ affiliates: 1 });
  const refuse = (attempts: number) =>
    run(
      `INSERT INTO notified_affiliates (affiliate_id, due_at, attempts) SELECT id, ?1, ?2 FROM affiliates WHERE username = ?3
       ON CONFLICT DO UPDATE SET attempts = excluded.attempts`,
      Date.now() + DAY,
      attempts,
      a.username,
    );
  await refuse(2);
  expect((await readItem("emails")).status).toBe("ok");
  await refuse(4);
  expect(await readItem("emails")).toMatchObject({ status: "warning", values: { affiliates: 1, most_attempts: 4 } });
  await run("DELETE FROM notified_affiliates");
  const check = (day: number, differences: number, mended: number) =>
    run(
      "INSERT INTO click_checks (checked_at, day, clicks, differences, mended, details) VALUES (?, ?, 9, ?, ?, '[]')",
      Date.now(),
      day,
      differences,
      mended,
    );
  await check(20_000, 0, 0);
  await check(20_001, 2, 0);
  expect(await readItem("click_checks")).toMatchObject({
    status: "failing",
    values: { days: 2, days_with_differences: ["2024-10-05"] },
  });
  await check(20_001, 2, 2);
  expect((await readItem("click_checks")).status).toBe("ok");
});

test("shows how the database grows, and when the cron last ran", async () => {
  const today = Math.floor(Date.now() / DAY);
  const { bytes } = (await readItem("database_size")).values;
  await run("DELETE FROM database_sizes");
  await run("INSERT INTO database_sizes (day, bytes) VALUES (?, ?)", today - 4, Number(bytes) - 4_000_000);
  const { values } = await readItem("database_size");
  expect(values.bytes_a_day).toBeGreaterThanOrEqual(1_000_000);
  expect(values.days_until_full).toBeGreaterThan(1_000);
  await run("DELETE FROM status_checks");
  await runMinute(Date.now() + DAY);
  const { results } = await env.DB.prepare("SELECT day FROM database_sizes ORDER BY day").all();
  expect(results).toEqual([{ day: today - 4 }, { day: today + 1 }]);
  await run("UPDATE status_checks SET checked_at = ?", Date.now() - 30 * MINUTE);
  expect(await readItem("scheduled_work")).toMatchObject({ status: "warning" });
});

test("is shown while the database lacks a migration, with what can't be read", async () => {
  await run("ALTER TABLE unrelayed_accounts RENAME TO unrelayed_accounts_away");
  await run("ALTER TABLE status_items RENAME TO status_items_away");
  try {
    const { status, items } = await readStatus();
    expect(status).toBe("failing");
    const bad = items.filter((item) => item.status !== "ok");
    expect(bad.map(({ name }) => name)).toEqual(["unsent_results"]);
    expect(bad[0]).toMatchObject({ status: "failing", detail: "This couldn't be read." });
  } finally {
    await run("ALTER TABLE unrelayed_accounts_away RENAME TO unrelayed_accounts");
    await run("ALTER TABLE status_items_away RENAME TO status_items");
  }
  await run("ALTER TABLE database_sizes RENAME TO database_sizes_away");
  try {
    const missing = await readItem("migrations");
    expect(missing).toMatchObject({ status: "failing", values: { missing: ["0040_operations.sql"] } });
  } finally {
    await run("ALTER TABLE database_sizes_away RENAME TO database_sizes");
  }
});

test("names invalid settings", async () => {
  const box = openMailbox();
  const changes = { ALERT_WEBHOOK_URL: "http://alerts.example.com", ALERT_EMAIL: "ops@example.com", EMAIL: box.EMAIL };
  await run("DELETE FROM status_checks");
  await runMinute(Date.now() + HOUR, changes);
  expect(box.emails.map(({ subject }) => subject)).toEqual(["Lastclick: failing: settings"]);
  expect(box.emails[0]?.text).toContain("ALERT_WEBHOOK_URL must be an https URL");
});

test("reads no table as a whole", async () => {
  const plans: string[] = [];
  const DB = new Proxy(env.DB, {
    get(target, name) {
      if (name !== "prepare") return Reflect.get(target, name);
      return (sql: string) => {
        plans.push(sql);
        return target.prepare(sql);
      };
    },
  });
  await readSpooled(DB, 1);
  await readUnreplayedClicks(DB);
  await readEndpoints(DB);
  await readChecks(DB);
  const details: string[] = [];
  for (const sql of plans) {
    const bound = sql.includes("?1") ? [1] : [];
    const plan = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...bound)
      .all<{ detail: string }>();
    details.push(...plan.results.map(({ detail }) => detail));
  }
  const ofTables = details.filter((detail) => / (deliveries|dead_clicks|click_checks)\b/.test(detail));
  for (const detail of ofTables)
    expect(detail).toMatch(/USING (COVERING )?INDEX|USING INTEGER PRIMARY KEY|^SCAN click_checks$/);
  expect(ofTables.join("\n")).toMatch(/deliveries_due[\s\S]*dead_clicks_unreplayed[\s\S]*deliveries_by_endpoint/);
});
