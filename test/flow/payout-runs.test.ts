/** The commands of payout runs: idempotency, approval by two keys, drafts by the cron, steps, crashes, and the check. */
import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { accountKeyOf } from "../../src/commissions/ledger.ts";
import type { Statement } from "../../src/payouts/statements/statement.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import type { Payout } from "../../src/programs/terms.ts";
import { command, makePayable, PAYING, payMonth, storyWithSales } from "../support/payout-story.ts";
import { runCron, runMinute } from "../support/run-cron.ts";
import { admin, eventually, postEvent, sale, send, setUp } from "../support/story.ts";

const ORDER = { month: "2026-03", program_currency: "USD", payout: kartra.payout as Payout, drafted_at: Date.now() };

/** The account object itself, as a run's steps call it. */
async function accountOf(program: string, username: string) {
  const ids = "SELECT (SELECT id FROM programs WHERE slug = ?) AS program_id, id AS affiliate_id FROM affiliates";
  const key = await env.DB.prepare(`${ids} WHERE username = ?`)
    .bind(program, username)
    .first<{ program_id: number; affiliate_id: number }>();
  if (key === null) throw new Error(`there is no ${username}`);
  return { key, object: env.ACCOUNTS.getByName(accountKeyOf(key)) };
}

describe("a command", () => {
  test("is applied once for its key, and refused if the key has another use", async () => {
    const { a, runs } = await storyWithSales("kartra", ["2026-01-03"]);
    await makePayable(a.username);
    const first = await command(runs, { month: "2026-03" }, { key: "create-1" });
    const again = await command(runs, { month: "2026-03" }, { key: "create-1" });
    expect([first.status, again.status, again.json.id]).toEqual([201, 200, first.json.id]);
    expect((await command(runs, { month: "2026-04" }, { key: "create-1" })).json.code).toBe("idempotency_key_reused");
    expect((await command(runs, { month: "2026-04" })).json.code).toBe("run_under_way");
    const run = `${runs}/${first.json.id}`;
    expect((await command(`${run}/pay`)).json.code).toBe("run_not_approved");
    await command(`${run}/approve`, undefined, { key: "approve-1" });
    expect((await command(`${run}/approve`, undefined, { key: "approve-1" })).status).toBe(200);
    expect((await command(`${run}/approve`)).json.code).toBe("run_not_draft");
    const both = await Promise.all([
      command(`${run}/pay`, undefined, { key: "pay-1" }),
      command(`${run}/pay`, undefined, { key: "pay-1" }),
      command(`${run}/pay`),
    ]);
    expect(both.map(({ status }) => status).filter((status) => status === 200).length).toBeGreaterThan(0);
    // Whichever of them came first.
    expect((await admin("GET", run)).json).toMatchObject({
      status: "paid",
      paid: { USD: { payments: 1, amount: 8_000 } },
    });
    expect((await command(`${run}/cancel`)).json.code).toBe("run_not_cancellable");
    expect((await send(run, { method: "POST", headers: { Authorization: "Bearer x" } })).status).toBe(401);
  });

  test("requires a key, a month that has begun, and terms with a payout schedule", async () => {
    const { runs } = await storyWithSales("kartra", []);
    expect(await admin("POST", runs, { month: "2026-03" })).toMatchObject({ status: 400 });
    expect((await command(runs, { month: "2099-01" })).json).toMatchObject({ code: "invalid_month", status: 422 });
    expect((await command(runs, { month: "2026-13" })).json).toMatchObject({ code: "invalid_month", status: 422 });
    const other = await setUp({ preset: "convertkit", affiliates: 1 });
    const unpaid = await command(`/v1/programs/${other.program}/payouts/runs`, {});
    expect(unpaid.json.code).toBe("no_payout_terms");
  });

  test("that cancels a run leaves all entries to the next run", async () => {
    const { a, runs, program } = await storyWithSales("kartra", ["2026-01-03"]);
    await makePayable(a.username);
    const { json: run } = await command(runs, { month: "2026-03" });
    expect((await command(`${runs}/${run.id}/cancel`)).json.status).toBe("cancelled");
    // A late step of the draft, from an invocation that does not know that the run ended.
    const account = await accountOf(program, a.username);
    const late = await account.object.draftStatements(account.key, { ...ORDER, run: run.id }, []);
    expect(late).toMatchObject({ status: "drafted", statements: [{ status: "cancelled" }] });
    expect((await payMonth(runs, "2026-03")).paid.USD).toMatchObject({ amount: 8_000 });
    const { json: check } = await admin("GET", `${runs}/${run.id}/reconciliation`);
    expect(check).toMatchObject({ statements: [{ status: "cancelled" }], files: null, differences: [] });
  });

  test("that arrives late at an account without entries in the run creates no statement", async () => {
    const { a, runs, program } = await storyWithSales("kartra", ["2026-01-17"]);
    await makePayable(a.username);
    const run = await payMonth(runs, "2026-03");
    expect(run.drafted).toEqual({});
    const account = await accountOf(program, a.username);
    const order = { ...ORDER, run: run.id, month: "2026-04" };
    expect(await account.object.draftStatements(account.key, order, [])).toEqual({ status: "drafted", statements: [] });
    expect((await payMonth(runs, "2026-04")).paid.USD).toMatchObject({ amount: 8_000 });
  });
});

test("the cron drafts a month's run once in its window, and continues unfinished runs", async () => {
  const { a, runs } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const list = async () => (await admin("GET", runs)).json.data;
  await runCron(Date.parse("2026-03-14T23:07:00Z"));
  expect(await list()).toEqual([]);
  await runCron(Date.parse("2026-03-15T00:07:00Z"));
  await runCron(Date.parse("2026-03-15T01:07:00Z"));
  expect(await list()).toMatchObject([{ month: "2026-03", status: "drafting", created_by: "cron" }]);
  await eventually(async () => {
    await runMinute(Date.parse("2026-03-15T01:08:00Z"));
    expect(await list()).toMatchObject([{ status: "draft", drafted: { USD: { payments: 1, amount: 8_000 } } }]);
  });
});

test("a run whose objects crash midway pays each affiliate once", async () => {
  const { program, endpoint, affiliates, runs, a } = await (async () => {
    const story = await setUp({ preset: "kartra", affiliates: 3 });
    return { ...story, runs: `/v1/programs/${story.program}/payouts/runs` };
  })();
  for (const [n, { username }] of affiliates.entries()) {
    await makePayable(username);
    const subscription = { id: `sub_${n}`, interval: "year" };
    const customer = { id: `cus_${n}` };
    const referral = { type: "referral", affiliate: username, binding: true, customer, subscription };
    await postEvent(endpoint, { ...referral, occurred_at: "2026-01-03T08:00:00Z" });
    await postEvent(endpoint, sale({ customer, subscription, occurred_at: "2026-01-03T09:00:00Z", amount: 40_000 }));
  }
  const paidOf = async (username: string) =>
    (await admin("GET", `/v1/programs/${program}/affiliates/${username}`)).json.balances;
  await eventually(async () => {
    for (const { username } of affiliates) expect((await paidOf(username)).earned).toBe(8_000);
  });
  const { json: run } = await command(runs, { month: "2026-03" });
  await command(`${runs}/${run.id}/approve`);
  // Half-way: one account has paid, and nobody has heard of it.
  await (await accountOf(program, a.username)).object.payStatements(run.id, Date.now(), PAYING);
  await abortAllDurableObjects();
  expect((await command(`${runs}/${run.id}/pay`)).json.paid.USD).toMatchObject({ payments: 3, amount: 24_000 });
  await eventually(async () => {
    for (const { username } of affiliates) expect(await paidOf(username)).toMatchObject({ paid: 8_000, due: 0 });
  });
  const reconciled = await admin("GET", `${runs}/${run.id}/reconciliation`);
  expect(reconciled.json.differences).toEqual([]);
});

test("statements can be dropped and rebuilt from the objects, with equal rows", async () => {
  const { a, runs, program } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const run = await payMonth(runs, "2026-03");
  const rows = async () =>
    (await env.DB.prepare("SELECT * FROM statements WHERE run_id = ?").bind(run.id).all()).results;
  const before = await eventually(async () => {
    const found = await rows();
    expect(found).toMatchObject([{ status: "paid" }]);
    return found;
  });
  let cursor: string | null = null;
  let drop = true;
  do {
    const { json } = await admin("POST", `/v1/programs/${program}/rebuilds`, { drop, cursor });
    [cursor, drop] = [json.next, false];
  } while (cursor !== null);
  await eventually(async () => expect(await rows()).toEqual(before));
});

test("the check finds a statement that differs between the object and D1", async () => {
  const { a, runs, program } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const run = await payMonth(runs, "2026-03");
  const check = async () => (await admin("GET", `/v1/programs/${program}/payouts/reconciliation`)).json.data;
  await eventually(async () => expect(await check()).toEqual([]));
  const account = await env.DB.prepare(
    "SELECT program_id || ':' || affiliate_id AS name FROM statements WHERE run_id = ?",
  )
    .bind(run.id)
    .first<string>("name");
  await runInDurableObject(env.ACCOUNTS.getByName(account ?? ""), (_, { storage }) => {
    const [row] = storage.sql.exec<{ statement: string }>("SELECT statement FROM statements").toArray();
    const forged: Statement = { ...JSON.parse(row?.statement ?? ""), payable: 9_000 };
    storage.sql.exec("UPDATE statements SET statement = ?", JSON.stringify(forged));
  });
  expect(await check()).toEqual([
    {
      affiliate: a.username,
      differences: [
        "statement 1: it pays 9000 of 8000",
        "statement 1: the ledger has no payment of 9000",
        "USD: the ledger has 0 left, statements and the rest -1000",
        "statement 1 is shown otherwise",
      ],
    },
  ]);
});
