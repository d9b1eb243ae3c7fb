/** Terms that pay only once the customer's money has arrived, for the affiliate and its sponsor. */
import { expect, test } from "vitest";
import { startProgram } from "../support/dated-story.ts";
import { admin, eventually } from "../support/story.ts";

const TERMS = {
  rates: [{ rate_bps: 4_000 }],
  second_tier: { rate_bps: 1_000, payments: "every" },
  hold_days: 30,
  binds_to: "customer",
  payout: { basis: "cleared", lag_months: 1, first_day: 15, last_day: 20, after_settlement: true },
};

const settle = (conversion: string, settled_at: string) =>
  admin("POST", `/v1/conversions/${conversion}/settlement`, { settled_at });

/** Ann's sales of $100.00 and $200.00 on January 3, which clear on February 2. Sam referred her. */
async function startStory() {
  const program = await startProgram("2026-01-01", "kartra-classic", { sam: {}, ann: { sponsor: "sam" } });
  await program.call("2026-01-01", "POST", "/terms", { terms: TERMS });
  const click = await program.click("ann", "2026-01-02");
  const sell = async (payment: string, amount: number) => {
    const sale = { type: "sale", customer: { id: "cus_1" }, payment, amount, currency: "USD", click };
    return (await program.post("2026-01-03", sale)).conversion as string;
  };
  const [first, second] = [await sell("p1", 10_000), await sell("p2", 20_000)];
  await program.expectLedger("ann", [
    ["commission", 4_000],
    ["commission", 8_000],
  ]);
  await program.expectLedger("sam", [
    ["override", 1_000],
    ["override", 2_000],
  ]);
  for (const name of ["ann", "sam"]) await program.makePayable(name, "2026-01-02");
  /** What the next payout would include for an affiliate. */
  const next = async (name: string) => {
    const path = `/v1/programs/${program.slug}/affiliates/${program.usernameOf(name)}`;
    return (await admin("GET", path)).json.next_payout?.parts[0].total ?? 0;
  };
  const nextIs = (amounts: [number, number]) =>
    eventually(async () => expect([await next("ann"), await next("sam")]).toEqual(amounts));
  return { program, first, second, nextIs };
}

test("each run pays what has arrived by then", async () => {
  const { program, first, second, nextIs } = await startStory();
  await nextIs([0, 0]);
  expect(await settle(first, "2026-03-10T10:00:00Z")).toMatchObject({
    status: 200,
    json: { conversion: first, status: "recorded", settled_at: "2026-03-10T10:00:00.000Z" },
  });
  expect((await settle(first, "2026-03-11T10:00:00Z")).json).toEqual({ conversion: first, status: "duplicate" });
  await settle(second, "2026-03-20T10:00:00Z");
  await nextIs([12_000, 3_000]);
  expect((await admin("GET", `/v1/conversions/${first}`)).json.settled_at).toBe("2026-03-10T10:00:00.000Z");
  // Confirmed after this run was drafted: it waits.
  expect((await program.pay("2026-03-15")).USD).toMatchObject({ payments: 2, amount: 5_000 });
  expect((await program.pay("2026-04-15")).USD).toMatchObject({ payments: 2, amount: 10_000 });
  // The confirmations changed no commission.
  const entries = await program.entries("ann", 4);
  expect(entries.map(({ amount }: { amount: number }) => amount)).toEqual([4_000, 8_000, -4_000, -8_000]);
});

test("names what can't be settled", async () => {
  const { first } = await startStory();
  const future = new Date(Date.now() + 86_400_000).toISOString();
  expect((await settle(first, future)).json.code).toBe("invalid_settled_at");
  expect((await settle(`cv_${"0".repeat(32)}`, "2026-03-10T10:00:00Z")).json.code).toBe("conversion_not_found");
});

test("only the sale that is named is settled, not another conversion of the same payment", async () => {
  const program = await startProgram("2026-01-01", "kartra-classic", { ann: {} });
  const click = await program.click("ann", "2026-01-02");
  const common = { customer: { id: "cus_1" }, payment: "p1", click };
  const post = async (event: object) =>
    (await program.post("2026-01-03", { ...common, ...event })).conversion as string;
  const lead = await post({ type: "lead" });
  const trial = await post({ type: "trial", subscription: { id: "s1" } });
  const sale = await post({ type: "sale", amount: 10_000, currency: "USD" });
  for (const conversion of [lead, trial]) {
    const { status, json } = await settle(conversion, "2026-01-10T10:00:00Z");
    expect([status, json.code]).toEqual([409, "conversion_not_a_sale"]);
  }
  expect((await admin("GET", `/v1/conversions/${sale}`)).json.settled_at ?? null).toBeNull();
});

test("a trial that was paid for, without a payment's id, can be settled", async () => {
  const program = await startProgram("2026-01-01", "kartra-classic", { ann: {} });
  await program.call("2026-01-01", "POST", "/terms", { terms: { ...TERMS, second_tier: null, paid_trial: "sale" } });
  const click = await program.click("ann", "2026-01-02");
  const trial = {
    type: "trial",
    customer: { id: "cus_1" },
    subscription: { id: "s1" },
    amount: 10_000,
    currency: "USD",
  };
  const { conversion } = await program.post("2026-01-03", { ...trial, click });
  await program.expectLedger("ann", [["commission", 4_000]]);
  expect(await settle(conversion, "2026-01-10T10:00:00Z")).toMatchObject({ status: 200, json: { status: "recorded" } });
  await eventually(async () => {
    expect((await admin("GET", `/v1/conversions/${conversion}`)).json.settled_at).toBe("2026-01-10T10:00:00.000Z");
  });
});
