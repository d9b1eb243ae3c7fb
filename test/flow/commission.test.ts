import { describe, expect, test } from "vitest";
import { admin, click, conversionThat, eventually, postEvent, sale, setUp } from "../support/story.ts";

const figures = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}`)).json;
const ledger = async (program: string, username: string) =>
  (await admin("GET", `/v1/programs/${program}/affiliates/${username}/entries`)).json.data;

async function sold(preset: string, event: Record<string, unknown>) {
  const story = await setUp({ preset, affiliates: 1 });
  const sold = sale({ ...event, click: (await click(story.a.slug)).token });
  const { json } = await postEvent(story.endpoint, sold);
  return { ...story, sold, conversion: json.conversion as string };
}

const refund = (of: Record<string, unknown>, amount: number, name: string) => ({
  type: "refund",
  occurred_at: new Date().toISOString(),
  customer: of.customer,
  payment: of.payment,
  refund: name,
  amount,
  currency: of.currency,
});

describe("a sale's commission", () => {
  test.each([
    ["kartra-classic", 9_900, 3_960, 4_000, 45],
    ["carrot", 10_000, 2_500, 2_500, 30],
  ])(
    "%s: is posted with its rate, terms version and hold period",
    async (preset, amount, earned, rate_bps, holdDays) => {
      const { program, a, sold: event, conversion } = await sold(preset, { amount });
      await eventually(async () => expect(await ledger(program, a.username)).toHaveLength(1));
      const [entry] = await ledger(program, a.username);
      expect(entry).toMatchObject({
        kind: "commission",
        amount: earned,
        currency: "USD",
        conversion,
        base_amount: amount,
        rate_bps,
        terms_version: 1,
        occurred_at: event.occurred_at,
        corrects: null,
      });
      expect(Date.parse(entry.clears_at) - Date.parse(entry.occurred_at)).toBe(holdDays * 86_400_000);
    },
  );

  test("is due once its hold period has ended", async () => {
    const story = await setUp({
      preset: "carrot",
      affiliates: 1,
      program: { terms: { cookie_days: null, hold_days: 0 } },
    });
    const { token } = await click(story.a.slug);
    await postEvent(story.endpoint, sale({ amount: 10_000, click: token }));
    await eventually(async () =>
      expect((await figures(story.program, story.a.username)).balances).toEqual({
        earned: 2_500,
        reserve: 0,
        due: 2_500,
        paid: 0,
        currency: "USD",
      }),
    );
  });
});

describe("a refund", () => {
  test("in full posts a reversal and restores the balance", async () => {
    const { program, a, endpoint, sold: event, conversion } = await sold("kartra-classic", {});
    const posted = await postEvent(endpoint, refund(event, 9_900, "re_1"));
    expect(posted.json).toMatchObject({ status: "recorded", conversion });
    await eventually(async () => expect(await ledger(program, a.username)).toHaveLength(2));
    const [reversal, commission] = await ledger(program, a.username);
    expect(reversal).toMatchObject({ kind: "reversal", amount: -3_960, corrects: commission.id, conversion });
    expect((await figures(program, a.username)).balances).toMatchObject({ reserve: 0, due: 0 });
    await conversionThat(conversion, { status: "refunded", refunded: 9_900 });
  });

  test("in three thirds adds up to the commission exactly, and counts each repeated third once", async () => {
    const { program, a, endpoint, sold: event } = await sold("kartra-classic", { amount: 9_999 });
    for (const name of ["re_1", "re_2", "re_3"]) {
      const posted = refund(event, 3_333, name);
      await postEvent(endpoint, posted, { id: name });
      expect((await postEvent(endpoint, posted, { id: name })).json.status).toBe("duplicate");
      await postEvent(endpoint, posted, { id: `${name}-again` });
    }
    await eventually(async () => expect(await ledger(program, a.username)).toHaveLength(4));
    const entries = await ledger(program, a.username);
    expect(entries.reduce((sum: number, entry: { amount: number }) => sum + entry.amount, 0)).toBe(0);
  });

  test("before its sale waits for it", async () => {
    const { program, a, endpoint } = await setUp({ affiliates: 1 });
    const event = sale({ click: (await click(a.slug)).token });
    const early = await postEvent(endpoint, refund(event, 4_950, "re_1"));
    expect(early.json).toMatchObject({ status: "recorded", reason: "waiting_for_sale" });
    await conversionThat(early.json.conversion, { status: "waiting" });
    const { json } = await postEvent(endpoint, event);
    expect(json).toMatchObject({ status: "recorded", conversion: early.json.conversion, attributed_to: a.username });
    await eventually(async () => expect((await figures(program, a.username)).balances.reserve).toBe(1_980));
  });

  test("a sale that arrives late moves the credit by corrections that name the corrected entries", async () => {
    const { program, a, b, endpoint } = await setUp();
    const customer = { id: "cus_1" };
    const early = await click(a.slug);
    const earlySale = sale({ customer, click: early.token });
    await new Promise((resolve) => setTimeout(resolve, 20));
    const late = await click(b.slug);
    const lateSale = sale({ customer, click: late.token });
    expect((await postEvent(endpoint, lateSale)).json.attributed_to).toBe(b.username);
    await eventually(async () => expect((await figures(program, b.username)).balances.reserve).toBe(3_960));
    expect((await postEvent(endpoint, earlySale)).json.attributed_to).toBe(a.username);
    // The earlier payment binds the customer to A: B's commission is reversed, and A earns both.
    await eventually(async () => {
      expect((await figures(program, a.username)).balances.reserve).toBe(7_920);
      expect((await figures(program, b.username)).balances.reserve).toBe(0);
    });
    const [reversal, commission] = await ledger(program, b.username);
    expect([commission.kind, reversal.kind, reversal.corrects]).toEqual(["commission", "reversal", commission.id]);
  });
});
