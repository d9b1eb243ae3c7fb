/** Versions of terms, and previews of what sales earn under them. */
import { expect, test } from "vitest";
import { admin, click, conversionThat, postEvent, sale, setUp } from "../support/story.ts";

const DAY = 86_400_000;
const at = (ms: number) => new Date(ms).toISOString();

test("a new version applies to sales after its date; a subscription keeps the version of its first sale", async () => {
  const { program, a, endpoint } = await setUp({ affiliates: 1 });
  const { token } = await click(a.slug);
  const path = `/v1/programs/${program}/terms`;
  const customer = { id: "cus_terms" };
  const subscription = (id: string) => ({ subscription: { id, interval: "month" } });
  const first = await postEvent(endpoint, sale({ customer, click: token, ...subscription("s1") }));
  const made = await admin("POST", path, { terms: { rates: [{ rate_bps: 1_000 }] } });
  expect([made.status, made.json.version, made.json.in_force]).toEqual([201, 2, true]);
  const renewal = await postEvent(endpoint, sale({ customer, ...subscription("s1") }));
  const other = await postEvent(endpoint, sale({ customer, ...subscription("s2") }));
  await conversionThat(first.json.conversion, { entries: [{ amount: 3_960, terms_version: 1 }] });
  await conversionThat(renewal.json.conversion, { entries: [{ amount: 3_960, terms_version: 1 }] });
  await conversionThat(other.json.conversion, { entries: [{ amount: 990, terms_version: 2 }] });
  await admin("POST", path, { terms: { rates: [{ rate_bps: 2_000 }], applies_to: "all" } });
  const later = await postEvent(endpoint, sale({ customer, ...subscription("s1") }));
  await conversionThat(later.json.conversion, { entries: [{ amount: 1_980, terms_version: 3 }] });
  const { json } = await admin("GET", path);
  expect(json.data.map((row: { version: number; in_force: boolean }) => [row.version, row.in_force])).toEqual([
    [3, true],
    [2, false],
    [1, false],
  ]);
});

test("each version is explained, alone and in the list; an unknown one is not found", async () => {
  const { program } = await setUp({ affiliates: 1, program: { currency: "EUR" } });
  const path = `/v1/programs/${program}/terms`;
  const rates = [{ interval: ["month"], rate_bps: 2_000, cap: 5_000 }];
  const made = await admin("POST", path, { terms: { rates }, effective_from: "2030-01-03T10:00:00Z" });
  const [newest, first] = (await admin("GET", path)).json.data;
  expect(made.json).toEqual(newest);
  expect((await admin("GET", `${path}/2`)).json).toEqual(newest);
  expect((await admin("GET", `${path}/1`)).json).toEqual(first);
  expect([newest.in_force, first.in_force]).toEqual([false, true]);
  const linesOf = (row: { words: { id: string; lines: string[] }[] }, id: string) =>
    row.words.find((section) => section.id === id)?.lines;
  expect(linesOf(first, "rates")?.[0]).toBe("Rule 1: 40% of each payment.");
  expect(linesOf(newest, "rates")?.[0]).toBe("Rule 1: 20% of each payment on a monthly plan, up to €50.00.");
  expect(linesOf(newest, "version")?.[0]).toContain("Version 2 applies to sales from Jan 3, 2030, 10:00 UTC on");
  for (const version of ["3", "0", "01", "preview", "1.0"]) {
    const { status, json } = await admin("GET", `${path}/${version}`);
    expect([status, json.code]).toEqual([404, "terms_version_not_found"]);
  }
  expect((await admin("GET", "/v1/programs/nowhere/terms/1")).json.code).toBe("program_not_found");
});

test.each([
  ["invalid_effective_from", "effective_from", { effective_from: "2020-01-01T00:00:00Z" }],
  ["invalid_terms_rates_rate_bps", "terms.rates.0.rate_bps", { terms: { rates: [{ rate_bps: 10_001 }] } }],
  ["unknown_field", "terms.color", { terms: { color: "red" } }],
  ["unknown_field", "color", { color: "red" }],
  ["invalid_preset", "preset", { preset: "no-such" }],
])("a version is refused as %s for its %s", async (code, field, body) => {
  const { program } = await setUp({ affiliates: 1 });
  const { status, json } = await admin("POST", `/v1/programs/${program}/terms`, body);
  expect([status, json.code, json.field]).toEqual([422, code, field]);
});

test("an announced version is not in force yet, and no version may precede it", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const path = `/v1/programs/${program}/terms`;
  const soon = await admin("POST", path, { terms: { hold_days: 10 }, effective_from: at(Date.now() + DAY) });
  expect([soon.status, soon.json.in_force]).toEqual([201, false]);
  const between = await admin("POST", path, { effective_from: at(Date.now() + DAY / 2) });
  expect([between.status, between.json.code]).toEqual([422, "invalid_effective_from"]);
});

test("previews twelve sales under Kartra's terms", async () => {
  const { program } = await setUp({ affiliates: 1 });
  const sales = Array.from({ length: 12 }, (_, month) => ({
    occurred_at: at(Date.UTC(2026, month, 3)),
    amount: 11_900,
    customer: "one",
    subscription: "s1",
    interval: "month",
  }));
  const { status, json } = await admin("POST", `/v1/programs/${program}/terms/preview`, { preset: "kartra", sales });
  expect(status, JSON.stringify(json)).toBe(200);
  const earned = json.sales.map((row: { entries: { amount: number }[] }) =>
    row.entries.reduce((sum, { amount }) => sum + amount, 0),
  );
  expect(earned).toEqual([11_900, ...Array(11).fill(0)]);
  expect(json.sales[0].entries[0].explanation).toBe(
    "100% of $119.00 by rule 4 (“referral” when this sale was recorded): 100% of the first payment on a monthly plan.",
  );
  expect(json.sales[1].entries[0].explanation).toBe(
    "No commission (“referral” when this sale was recorded). In tier “referral”, the terms pay nothing for payment 2.",
  );
  expect(json.words.map(({ id }: { id: string }) => id)).toContain("second_tier");
  expect((await admin("POST", `/v1/programs/${program}/terms/preview`, { sales: [] })).json.code).toBe("invalid_sales");
});
