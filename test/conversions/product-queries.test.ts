/** The products that were sold, compared with the names in the terms. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { projectConversion } from "../../src/customers/projection-store.ts";
import { openDatabase } from "../../src/db/database.ts";
import { dayOf } from "../../src/lib/calendar.ts";
import { makeRecord } from "../support/make-record.ts";
import { admin, setUp } from "../support/story.ts";

const DAY = 86_400_000;

test("a merchant sees which products no rule names, and which names were never sold", async () => {
  const rates = [
    { product: ["Enterprise", "Enterprize"], flat: 15_000 },
    { product: ["enterprise", "team"], payment: { from: 1 }, country: ["DE"], rate_bps: 2_000 },
    { rate_bps: 1_000 },
  ];
  const { program } = await setUp({ affiliates: 1, program: { terms: { rates: [rates[1], rates[0], rates[2]] } } });
  const found = await env.DB.prepare("SELECT id FROM programs WHERE slug = ?").bind(program).first<number>("id");
  const program_id = found ?? 0;
  const now = Date.now();
  const sales: [product: string | null, at: number, changes?: object][] = [
    ["ENTERPRISE", now - 2 * DAY],
    ["starter", now - 3 * DAY],
    ["starter", now - DAY],
    ["starter", now, { test: true }],
    ["starter", now, { type: "trial" }],
    [null, now],
    ["old", now - 100 * DAY],
  ];
  for (const [index, [product, occurred_at, changes]] of sales.entries()) {
    const id = `cv_${(program_id * 1_000 + index).toString(16).padStart(32, "0")}`;
    await projectConversion(openDatabase(env.DB), makeRecord({}, { id, program_id, product, occurred_at, ...changes }));
  }
  const { json } = await admin("GET", `/v1/programs/${program}/products`);
  expect(json).toEqual({
    data: [
      { product: "starter", sales: 2, last_sold_at: new Date(now - DAY).toISOString(), rules: [] },
      { product: "ENTERPRISE", sales: 1, last_sold_at: new Date(now - 2 * DAY).toISOString(), rules: [0, 1] },
    ],
    next: null,
    not_sold: ["team", "Enterprize"],
    terms_version: 1,
    from: new Date((dayOf(now) - 89) * DAY).toISOString().slice(0, 10),
    to: new Date(now).toISOString().slice(0, 10),
  });
  const earlier = await admin("GET", `/v1/programs/${program}/products?from=2020-01-01&to=2020-01-02`);
  expect(earlier.json).toMatchObject({ data: [], not_sold: ["enterprise", "team", "Enterprize"] });
  expect((await admin("GET", `/v1/programs/${program}/products?from=2026-02-02&to=2026-02-01`)).status).toBe(422);
  expect((await admin("GET", `/v1/programs/${program}/products?form=2026-02-02`)).status).toBe(422);
});
