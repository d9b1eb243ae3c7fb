/** A program's enrollments: filters, and figures that are those of the affiliate's own page. */
import { expect, test } from "vitest";
import { addFigures, type EnrollmentFilter, listEnrollments } from "../../src/insights/enrollment-queries.ts";
import type { SortedPage } from "../../src/lib/paging.ts";
import { explain } from "../support/explain.ts";
import { storyWithSales } from "../support/payout-story.ts";
import { admin, click, eventually, postEvent, sale, setUp } from "../support/story.ts";

async function list(program: string, query = "", segment = "enrollments") {
  const { status, json } = await admin("GET", `/v1/programs/${program}/${segment}?${query}`);
  expect(status, JSON.stringify(json)).toBe(200);
  return json.data as Record<string, unknown>[];
}

test("each enrollment has its affiliate, group, tier, clicks, sales, balances and last activity", async () => {
  const { program, a, endpoint } = await storyWithSales("kartra", ["2026-01-05", "2026-01-06"]);
  await admin("POST", "/v1/affiliates", {
    username: `idle-${a.username}`,
    name: "Idle",
    email: `i-${a.username}@x.example`,
  });
  await admin("POST", `/v1/programs/${program}/enrollments`, { affiliate: `idle-${a.username}`, status: "pending" });
  const [idle, busy] = await list(program);
  expect(idle).toEqual({
    ...{ may_reapply: true, sponsor: null },
    ...{
      program,
      affiliate: `idle-${a.username}`,
      name: "Idle",
      status: "pending",
      reason: null,
      group: "default",
      tier: "referral",
    },
    ...{ clicks: 0, sales: 0, balances: [{ earned: 0, reserve: 0, due: 0, paid: 0, currency: "USD" }] },
    ...{ last_activity_at: null, created_at: expect.any(String) },
  });
  expect(busy).toMatchObject({
    ...{ affiliate: a.username, name: "Affiliate a", status: "approved", tier: "tier-1", clicks: 0, sales: 2 },
    last_activity_at: "2026-01-06T09:00:00.000Z",
  });
  // A click, and a sale in another currency.
  const { token } = await click(a.slug);
  const event = sale({ click: token, currency: "EUR", subscription: { id: "sub_eur", interval: "year" } });
  await postEvent(endpoint, event);
  const account = `/v1/programs/${program}/affiliates/${a.username}`;
  await eventually(async () => {
    const { json: figures } = await admin("GET", account);
    const one = (await admin("GET", `/v1/programs/${program}/enrollments/${a.username}`)).json;
    const { clicks, tier, balances, last_activity_at } = one;
    expect([clicks, one.sales, tier]).toEqual([1, 3, figures.tier.name]);
    expect([figures.clicks, figures.conversions, figures.balances_by_currency]).toEqual([1, 3, balances]);
    expect(balances.map(({ currency }: { currency: string }) => currency)).toEqual(["USD", "EUR"]);
    expect(last_activity_at).toBe(event.occurred_at);
    const { groups: _, ...row } = one;
    expect((await list(program, `q=${a.username.toUpperCase()}`, "enrolments")).at(-1)).toEqual(row);
  });
});

test("a click is activity by its hour", async () => {
  const { program, a } = await setUp({ affiliates: 1 });
  await click(a.slug);
  await eventually(async () => {
    const [row] = await list(program);
    const hour = `${new Date().toISOString().slice(0, 13)}:00:00.000Z`;
    expect([row?.clicks, row?.last_activity_at]).toEqual([1, hour]);
  });
});

test("enrollments are found by status, group, and a part of the name or username", async () => {
  const { program, a, b } = await setUp({ affiliates: 2 });
  const path = `/v1/programs/${program}/enrollments`;
  await admin("POST", `/v1/programs/${program}/groups`, { slug: "vip", name: "VIP" });
  await admin("PATCH", `${path}/${b.username}`, { status: "suspended", group: "vip" });
  // A scheduled move isn't in force.
  await admin("PATCH", `${path}/${a.username}`, { group: "vip", group_from: "2099-01-01T00:00:00Z" });
  const find = async (query: string) => (await list(program, query)).map(({ affiliate }) => affiliate);
  expect(await find("sort=username")).toEqual([a.username, b.username]);
  expect(await find("sort=-username")).toEqual([b.username, a.username]);
  expect(await find("status=suspended")).toEqual([b.username]);
  expect(await find("status=pending")).toEqual([]);
  expect(await find("group=vip")).toEqual([b.username]);
  expect(await find("group=default")).toEqual([a.username]);
  expect(await find("q=AFFILIATE%20A")).toEqual([a.username]);
  expect(await find(`q=${b.username}&status=suspended&group=vip`)).toEqual([b.username]);
  expect(await find(`q=${b.username}&group=default`)).toEqual([]);
  for (const [query, code] of [
    ["status=open", "invalid_status"],
    ["group=nothing", "group_not_found"],
    ["sort=clicks", "invalid_sort"],
  ]) {
    expect((await admin("GET", `${path}?${query}`)).json.code).toBe(code);
  }
  expect((await admin("GET", "/v1/programs/nowhere/enrollments")).status).toBe(404);
});

test("no query reads more than the program's enrollments and the affiliates' own rows", async () => {
  const page: SortedPage<"created_at" | "username"> = {
    ...{ limit: 50, sort: "created_at", descending: true, after: [1, 1], fingerprint: "" },
  };
  const program = { id: 1, currency: "USD" };
  const plansOf = async (changes: Partial<EnrollmentFilter>, sort = page.sort) => {
    const filter = { status: null, group: null, q: null, ...changes };
    const [plan = []] = await explain((db) => listEnrollments(db, program, filter, { ...page, sort }, 1));
    return plan.filter((step) => !step.includes("SUBQUERY"));
  };
  const byTime = "enrollments_by_time (program_id=? AND (created_at,affiliate_id)<(?,?))";
  const byStatus = "enrollments_by_status (program_id=? AND status=? AND (created_at,affiliate_id)<(?,?))";
  for (const [filter, index] of [
    [{}, byTime],
    [{ q: "a", group: "vip" }, byTime],
    [{ status: "pending", group: "vip" }, byStatus],
  ] satisfies [Partial<EnrollmentFilter>, string][]) {
    const plan = await plansOf(filter);
    expect(plan[0]).toMatch(/^SEARCH enrolments USING (COVERING )?INDEX /);
    expect(plan[0]).toContain(index);
    expect(plan.filter((step) => /SCAN|TEMP B-TREE/.test(step))).toEqual([]);
  }
  expect((await plansOf({}, "username")).filter((step) => step.includes("SCAN"))).toEqual([]);
  const row = {
    affiliate_id: 1,
    affiliate: "a",
    name: "A",
    status: "approved",
    reason: null,
    may_reapply: true,
    group: "default",
    sponsor: null,
    created_at: 1,
  } as const;
  const plans = await explain((db) => addFigures(db, program, [row], 1));
  expect(plans).toHaveLength(3);
  for (const step of plans.flat()) {
    // Only lists of parameters and a day's hours are scanned.
    expect(step).toMatch(
      /^(SEARCH |SCAN [ah] VIRTUAL TABLE|CORRELATED SCALAR SUBQUERY|USE TEMP B-TREE FOR (GROUP|ORDER) BY)/,
    );
  }
  expect(
    plans.flat().filter((step) => /COVERING INDEX (conversions_by_affiliate|ledger_entries_summed)/.test(step)),
  ).toHaveLength(2);
});
