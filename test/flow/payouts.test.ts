/** The amounts and dates of payouts: pay days, blocked payments, refunds in between, and returned payments. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { accountKeyOf } from "../../src/commissions/ledger.ts";
import { bodyOf, signIn } from "../portal/session.ts";
import { command, makePayable, payMonth, refundOf, storyWithSales } from "../support/payout-story.ts";
import { admin, click, eventually, postEvent, sale, setUp } from "../support/story.ts";

describe("pay days of the known programs", () => {
  test("kartra: sales on January 3 and 17 are paid in March and April", async () => {
    const { a, runs, program } = await storyWithSales("kartra", ["2026-01-03", "2026-01-17"]);
    await makePayable(a.username);
    expect((await payMonth(runs, "2026-02")).drafted).toEqual({});
    expect((await payMonth(runs, "2026-03")).paid.USD).toMatchObject({ payments: 1, amount: 8_000 });
    expect((await payMonth(runs, "2026-04")).paid.USD).toMatchObject({ payments: 1, amount: 8_000 });
    expect((await payMonth(runs, "2026-05")).paid).toEqual({});
    await eventually(async () => {
      const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
      expect(json.balances).toMatchObject({ earned: 16_000, paid: 16_000, due: 0, reserve: 0 });
    });
  });

  test("carrot: a sale on January 31 is paid in March, one on February 1 in April", async () => {
    const { a, runs } = await storyWithSales("carrot", ["2026-01-31", "2026-02-01"], { amount: 10_000 });
    await makePayable(a.username);
    expect((await payMonth(runs, "2026-03")).paid.USD).toMatchObject({ payments: 1, amount: 2_500 });
    expect((await payMonth(runs, "2026-04")).paid.USD).toMatchObject({ payments: 1, amount: 2_500 });
  });
});

test("an affiliate sees its next pay day, the amount, and the reasons that block it", async () => {
  const { a, runs, program } = await storyWithSales("kartra", ["2026-01-03"]);
  const next = async () => (await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`)).json.next_payout;
  const blocked = await next();
  const month = new Date().toISOString().slice(0, 7);
  // Its month is long over, so the next window pays it.
  expect(blocked.month >= month).toBe(true);
  expect([blocked.window_from, blocked.window_to]).toEqual([`${blocked.month}-15`, `${blocked.month}-20`]);
  expect(blocked.parts).toMatchObject([
    {
      currency: "USD",
      total: 8_000,
      payable: 0,
      blocked: [{ code: "tax_form_missing" }, { code: "payment_details_missing" }],
    },
  ]);
  await makePayable(a.username);
  expect(await next()).toMatchObject({ is_drafted: false, parts: [{ payable: 8_000, blocked: [] }] });
  const { json: run } = await command(runs, { month: "2026-03" });
  expect(await next()).toMatchObject({ is_drafted: true, month: "2026-03", window_from: "2026-03-15" });
  // The window is over, so no page promises a payment in it.
  const { open } = await signIn(a.username);
  const textOf = async (path: string) => bodyOf((await open(path)).html).replaceAll(/<[^>]+>/g, "");
  expect(await textOf("/app")).toContain(
    "The payout awaits the merchant’s approval. It was scheduled between Mar 15, 2026 and Mar 20, 2026.",
  );
  expect(await textOf(`/app/payouts/1?program=${program}`)).toContain(
    "$80.00 awaits the merchant’s approval. The payout was scheduled between Mar 15, 2026 and Mar 20, 2026.",
  );
  await command(`${runs}/${run.id}/approve`);
  await command(`${runs}/${run.id}/pay`);
  expect(await next()).toBeNull();
});

test("a blocked payment shows the reasons, is carried over, and is paid once nothing blocks it", async () => {
  const { a, runs, statements } = await storyWithSales("kartra", ["2026-01-03"]);
  expect((await payMonth(runs, "2026-03")).blocked).toEqual({ tax_form_missing: 1, payment_details_missing: 1 });
  const first = await eventually(async () => {
    const { json } = await admin("GET", statements);
    expect(json.data).toMatchObject([{ number: 1, status: "carried", total: 8_000, payable: 0, carried: 8_000 }]);
    return json.data[0];
  });
  expect(first.blocked.map(({ text }: { text: string }) => text)).toEqual([
    "The affiliate’s tax form is missing.",
    "The affiliate has no payout method.",
  ]);
  await makePayable(a.username);
  const run = await payMonth(runs, "2026-04");
  expect(run.paid.USD).toMatchObject({ amount: 8_000 });
  const { json } = await admin("GET", `${statements}/2`);
  expect(json).toMatchObject({ opening: 8_000, entries: 0, total: 8_000, payable: 8_000, status: "paid", lines: [] });
  const { json: one } = await admin("GET", `${statements}/1`);
  expect(one.lines).toMatchObject([{ kind: "commission", amount: 8_000, rate_bps: 2_000 }]);
});

test.each([
  ["a part", 20_000, { total: 4_000, payable: 4_000, blocked: [] }, 4_000],
  ["the whole", 40_000, { total: 0, payable: 0, blocked: [{ code: "nothing_due" }] }, 0],
])("%s of a sale that is refunded between draft and approval is not paid", async (_, amount, statement, paid) => {
  const { a, runs, sales, statements, endpoint, program } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const { json: run } = await command(runs, { month: "2026-03" });
  expect(run.drafted.USD).toMatchObject({ payments: 1, amount: 8_000 });
  const refund = refundOf(sales[0]?.event ?? {}, amount, "2026-03-16T10:00:00Z");
  expect((await postEvent(endpoint, refund)).status).toBe(200);
  await eventually(async () => {
    expect((await admin("GET", statements.replace("statements", "entries"))).json.data).toHaveLength(2);
  });
  await command(`${runs}/${run.id}/approve`);
  const { json: files } = await admin("GET", `${runs}/${run.id}/files`);
  expect(files.data.map(({ total }: { total: number }) => total)).toEqual(paid === 0 ? [] : [paid]);
  expect((await command(`${runs}/${run.id}/pay`)).json.paid.USD).toMatchObject({ amount: paid });
  expect((await admin("GET", `${statements}/1`)).json).toMatchObject({ entries: 2, ...statement });
  await eventually(async () => {
    expect((await admin("GET", `${runs}/${run.id}/reconciliation`)).json.differences).toEqual([]);
    expect((await admin("GET", `/v1/programs/${program}/payouts/reconciliation`)).json.data).toEqual([]);
  });
});

test("statements say whether they are complete", async () => {
  const { a, runs } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const { json: run } = await command(runs, { month: "2026-03" });
  const statements = async () => (await admin("GET", `${runs}/${run.id}/statements`)).json;
  await eventually(async () => expect(await statements()).toMatchObject({ complete: true, drafted: 1, available: 1 }));
  const of = (status: string) => env.DB.prepare("UPDATE payout_runs SET status = ? WHERE id = ?").bind(status, run.id);
  await of("drafting").run();
  expect(await statements()).toMatchObject({ complete: false });
  await of("draft").run();
  await env.DB.prepare("DELETE FROM statements WHERE run_id = ?").bind(run.id).run();
  expect(await statements()).toEqual({ data: [], next: null, complete: false, drafted: 1, available: 0 });
});

test("a refund after the approval goes to the next statement; a debt is carried on", async () => {
  const { a, runs, sales, statements, endpoint } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const { json: run } = await command(runs, { month: "2026-03" });
  await command(`${runs}/${run.id}/approve`);
  const refund = refundOf(sales[0]?.event ?? {}, 20_000, "2026-03-16T10:00:00Z");
  expect((await postEvent(endpoint, refund)).status).toBe(200);
  const entries = statements.replace("statements", "entries");
  await eventually(async () => expect((await admin("GET", entries)).json.data).toHaveLength(2));
  expect((await command(`${runs}/${run.id}/pay`)).json.paid.USD).toMatchObject({ amount: 8_000 });
  const next = await payMonth(runs, "2026-04");
  expect(next.drafted.USD).toMatchObject({ payments: 0, amount: 0, carried: -4_000 });
  expect((await admin("GET", `${statements}/2`)).json).toMatchObject({
    total: -4_000,
    blocked: [{ code: "negative" }],
  });
});

test("a returned payment is restored with its reason and paid by the next run", async () => {
  const { a, runs, statements, program } = await storyWithSales("kartra", ["2026-01-03"]);
  await makePayable(a.username);
  const run = await payMonth(runs, "2026-03");
  const id = (
    await eventually(async () => {
      const { json } = await admin("GET", `${runs}/${run.id}/statements`);
      expect(json.data).toHaveLength(1);
      return json;
    })
  ).data[0].id;
  const failed = await command(`${runs}/${run.id}/statements/${id}/fail`, { reason: "Account closed" });
  expect(failed.json).toMatchObject({ status: "returned", reason: "Account closed" });
  const again = await command(`${runs}/${run.id}/statements/${id}/fail`, { reason: "Account closed" });
  expect([again.status, again.json.revision]).toEqual([200, failed.json.revision]);
  const next = await payMonth(runs, "2026-04");
  expect(next.paid.USD).toMatchObject({ amount: 8_000 });
  const { json } = await admin("GET", `${statements}/2`);
  expect(json.lines).toMatchObject([
    { kind: "payout", amount: 8_000, reason: "The payment of statement 1 came back: Account closed" },
  ]);
  // The sale's commission has the returned payment and the one that replaced it.
  const ids = await env.DB.prepare("SELECT program_id, affiliate_id FROM statements WHERE id = ?")
    .bind(id)
    .first<{ program_id: number; affiliate_id: number }>();
  if (ids === null) throw new Error("a statement is not projected");
  const followed = await env.ACCOUNTS.getByName(accountKeyOf(ids)).followEntries([1]);
  expect(followed.map(({ number, status }) => [number, status])).toEqual([
    [1, "returned"],
    [2, "paid"],
  ]);
  const { json: check } = await admin("GET", `/v1/programs/${program}/payouts/reconciliation`);
  expect(check).toEqual({ checked: 1, data: [], next: null });
});

test("a click and its sale are paid, from the link to the statement", async () => {
  const { program, a, endpoint } = await setUp({ preset: "kartra-classic", affiliates: 1 });
  await admin("POST", `/v1/programs/${program}/terms`, {
    terms: {
      hold_days: 0,
      payout: { basis: "cleared", lag_months: 0, first_day: 1, last_day: 31, minimum: 100, gates: [] },
    },
  });
  await makePayable(a.username);
  const { json } = await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
  const entries = `/v1/programs/${program}/affiliates/${a.username}/entries`;
  await eventually(async () => expect((await admin("GET", entries)).json.data).toHaveLength(1));
  const run = await payMonth(`/v1/programs/${program}/payouts/runs`, new Date().toISOString().slice(0, 7));
  expect(run.paid.USD).toMatchObject({ payments: 1, amount: 3_960 });
  const statement = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/statements/1`);
  expect(statement.json.lines).toMatchObject([{ conversion: json.conversion, amount: 3_960 }]);
});

test("each currency has its own minimum; a balance below it is carried over and paid once it reaches it", async () => {
  const { program, a, endpoint } = await setUp({ preset: "kartra-classic", affiliates: 1 });
  await makePayable(a.username);
  const minimums = [{ currency: "EUR", amount: 5_000 }];
  const payout = { basis: "cleared", lag_months: 0, first_day: 1, last_day: 31, gates: [] };
  const terms = { hold_days: 0, payout: { ...payout, minimums } };
  expect((await admin("POST", `/v1/programs/${program}/terms`, { terms })).status).toBe(201);
  const own = { ...payout, minimums: [{ currency: "USD", amount: 5_000 }] };
  const refused = await admin("POST", `/v1/programs/${program}/terms`, { terms: { payout: own } });
  expect([refused.status, refused.json.field]).toEqual([422, "terms.payout.minimums.0.currency"]);
  const entries = `/v1/programs/${program}/affiliates/${a.username}/entries`;
  const sell = async (currency: string, number: number) => {
    const { token } = await click(a.slug);
    expect((await postEvent(endpoint, sale({ click: token, currency }))).status).toBe(200);
    await eventually(async () => expect((await admin("GET", entries)).json.data).toHaveLength(number));
  };
  const runs = `/v1/programs/${program}/payouts/runs`;
  const month = new Date().toISOString().slice(0, 7);
  await sell("EUR", 1);
  await sell("GBP", 2);
  await sell("USD", 3);
  const first = await payMonth(runs, month);
  expect(first.paid).toMatchObject({ GBP: { payments: 1, amount: 3_960 }, USD: { payments: 1, amount: 3_960 } });
  expect(first.drafted.EUR).toMatchObject({ payments: 0, amount: 0, carried: 3_960 });
  const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/statements`);
  const carried = json.data.find(({ currency }: { currency: string }) => currency === "EUR");
  expect(carried.blocked).toEqual([
    {
      code: "below_minimum",
      text: "The balance is below the minimum payout of €50.00. It is carried over.",
      minimum: 5_000,
    },
  ]);
  // Two payments are entries too.
  await sell("EUR", 6);
  expect((await payMonth(runs, month)).paid).toMatchObject({ EUR: { payments: 1, amount: 7_920 } });
});

test("a balance is carried over until the sales it comes from, less refunds, reach the minimum", async () => {
  const { program, a, endpoint } = await setUp({ preset: "kartra-classic", affiliates: 1 });
  await makePayable(a.username);
  const payout = { basis: "cleared", lag_months: 0, first_day: 1, last_day: 31, gates: [], minimum_sales: 15_000 };
  const terms = { hold_days: 0, payout };
  expect((await admin("POST", `/v1/programs/${program}/terms`, { terms })).status).toBe(201);
  const entries = `/v1/programs/${program}/affiliates/${a.username}/entries`;
  const runs = `/v1/programs/${program}/payouts/runs`;
  const month = new Date().toISOString().slice(0, 7);
  const post = async (event: Record<string, unknown>, number: number) => {
    expect((await postEvent(endpoint, event)).status).toBe(200);
    await eventually(async () => expect((await admin("GET", entries)).json.data).toHaveLength(number));
  };
  const sell = async (number: number) => {
    const event = sale({ click: (await click(a.slug)).token });
    await post(event, number);
    return event;
  };
  const first = await sell(1);
  expect((await payMonth(runs, month)).blocked).toEqual({ below_minimum_sales: 1 });
  await post(refundOf(first, 4_900, new Date().toISOString()), 2);
  await sell(3);
  const second = await payMonth(runs, month);
  expect([second.blocked, second.drafted.USD.carried]).toEqual([{ below_minimum_sales: 1 }, 5_960]);
  const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}/statements/2`);
  expect(json.blocked[0].text).toBe(
    "The balance comes from $149.00 in sales, and at least $150.00 is needed. It is carried over.",
  );
  await sell(4);
  expect((await payMonth(runs, month)).paid.USD).toMatchObject({ payments: 1, amount: 9_920 });
  await sell(6);
  expect((await payMonth(runs, month)).blocked).toEqual({ below_minimum_sales: 1 });
});

test("an affiliate without entries in a completed run gets no payout date in that month", async () => {
  const { program, a, endpoint } = await setUp({ preset: "kartra-classic", affiliates: 1 });
  const payout = { basis: "earned", lag_months: 0, first_day: 1, last_day: 31, gates: [] };
  await admin("POST", `/v1/programs/${program}/terms`, { terms: { hold_days: 0, payout } });
  const months = [0, 1].map((later) => {
    const today = new Date();
    return new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() + later)).toISOString().slice(0, 7);
  });
  const [month = "", next = ""] = months;
  await payMonth(`/v1/programs/${program}/payouts/runs`, month);
  await postEvent(endpoint, sale({ click: (await click(a.slug)).token }));
  await eventually(async () => {
    const { json } = await admin("GET", `/v1/programs/${program}/affiliates/${a.username}`);
    expect(json.next_payout).toMatchObject({ month: next, parts: [{ total: 3_960 }] });
  });
});
