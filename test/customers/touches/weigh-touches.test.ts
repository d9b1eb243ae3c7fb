/** The few touches selected from very many give the same credit as all of them. */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { type Binding, decideCredit } from "../../../src/customers/credit.ts";
import { CustomerStore } from "../../../src/customers/customer-store.ts";
import type { OwnKind, Touch } from "../../../src/customers/fact.ts";
import { COUNTED_MAX, UNLISTED_MAX, weighTouches } from "../../../src/customers/touches/touches.ts";
import { kartraClassic } from "../../../src/programs/presets/kartra-classic.ts";
import type { ProgramTerms } from "../../../src/programs/terms.ts";
import { DAY, DAY_0 } from "../../support/given.ts";
import { indexTouches } from "../../support/index-touches.ts";
import { fc, runs } from "../../support/random.ts";

const RUNS = runs({ deep: 2_000, quick: 200 });
const SPAN_DAYS = 60;

/** A few notable touches by a handful of affiliates, and many by a single affiliate at any time. */
const anyTouches = fc
  .record({
    few: fc.array(
      fc.record({
        affiliate_id: fc.integer({ min: 1, max: 4 }),
        day: fc.integer({ min: 0, max: SPAN_DAYS }),
        source: fc.constantFrom<Touch["source"]>("click", "coupon", "referral"),
        number: fc.constantFrom(0, 1, 3),
      }),
      { maxLength: 14 },
    ),
    crowd: fc.oneof(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 200, max: 400 })),
    from: fc.integer({ min: 0, max: 40 }),
    affiliate_id: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ few, crowd, from, affiliate_id }) => {
    const step = (SPAN_DAYS - from) / Math.max(crowd, 1);
    const many = Array.from({ length: crowd }, (_, n) => ({
      affiliate_id,
      day: from + n * step,
      source: "click" as const,
      number: [1, 3, 3][n % 3] ?? 0,
    }));
    return [...few, ...many].map(
      ({ affiliate_id, day, source, number }, n): Touch => ({
        click_id: `${source}:${String((n * 7_919) % 1_000).padStart(3, "0")}`,
        source,
        clicked_at: DAY_0 + Math.round(day * DAY),
        affiliate_id,
        affiliate: `affiliate-${affiliate_id}`,
        link_id: null,
        link: null,
        channel: null,
        coupon: source === "coupon" ? "SAVE" : null,
        ...(source === "click" && number > 0 && { customer_number: number }),
      }),
    );
  });

const anyCase = fc.record({
  day: fc.integer({ min: 20, max: SPAN_DAYS }),
  carried: fc.array(fc.nat(), { maxLength: 2 }),
  signed_up_day: fc.option(fc.integer({ min: 0, max: 30 })),
  approved: fc.subarray([1, 2, 3, 4]),
  own: fc.subarray([1, 2, 3, 4], { maxLength: 2 }),
  bound: fc.option(fc.oneof(fc.nat(), fc.constant(null)), { freq: 2 }),
  terms: fc.record({
    cookie_days: fc.constantFrom(null, 3, 30),
    customers_per_click: fc.constantFrom(null, 2),
    model: fc.constantFrom<ProgramTerms["model"]>("last_click", "first_click"),
    binds_to: fc.constantFrom<ProgramTerms["binds_to"]>("customer", "nothing"),
    click_before: fc.constantFrom<ProgramTerms["click_before"]>("sale", "signup"),
    precedence: fc.constantFrom<ProgramTerms["precedence"]>("coupon", "click"),
    self_purchase: fc.constantFrom<ProgramTerms["self_purchase"]>("refuse", "allow"),
  }),
});

test("the selected touches give the same credit as all, from the tables and from a list", {
  tags: ["deep"],
}, async () => {
  const seen = { open: 0, crowded: 0 };
  await runInDurableObject(env.CUSTOMERS.getByName("weigh-touches"), (_, { storage }) => {
    const { touches: stored } = new CustomerStore(storage.sql);
    const property = fc.property(anyTouches, anyCase, (touches, { terms: changes, ...drawn }) => {
      storage.sql.exec("DELETE FROM touches");
      for (const touch of touches) stored.add(touch);
      const index = indexTouches(touches);
      const all = index.newest(Number.MAX_SAFE_INTEGER, touches.length);
      const terms: ProgramTerms = { ...kartraClassic, ...changes };
      const at = DAY_0 + drawn.day * DAY;
      const carried = [...new Set(drawn.carried.flatMap((n) => all[n % Math.max(all.length, 1)] ?? []))];
      const names = new Set(carried.map(({ click_id }) => click_id));
      const signed_up_at = drawn.signed_up_day === null ? null : DAY_0 + drawn.signed_up_day * DAY;
      const before = all.filter(({ clicked_at }) => clicked_at <= at);
      const binding: Binding | null =
        drawn.bound === null || terms.binds_to === "nothing"
          ? null
          : { touch: before[drawn.bound % Math.max(before.length, 1)] ?? null, conversion: "cv_0", since: DAY_0 };
      const considered = all.filter(
        ({ click_id, clicked_at }) => names.has(click_id) || (terms.binds_to !== "nothing" && clicked_at <= at),
      );
      const given = {
        occurred_at: at,
        terms,
        carried: names,
        signed_up_at,
        binding,
        ruling: null,
        overruled: [],
        fault: null,
        approved_affiliates: drawn.approved,
        own: new Map(drawn.own.map((id): [number, OwnKind] => [id, "email"])),
      };
      const expected = decideCredit({ ...given, touches: considered, counted: considered.length });
      const asked = { at, carried, terms, signed_up_at, is_decided: binding !== null };
      for (const one of [index, stored]) {
        const weighed = weighTouches(one, asked);
        expect(decideCredit({ ...given, ...weighed })).toEqual(expected);
        expect(weighed.touches.length).toBeLessThan(120);
      }
      expect(expected.unlisted).toBeLessThanOrEqual(UNLISTED_MAX);
      seen.open += Number(binding === null && expected.touch !== null);
      seen.crowded += Number(considered.length > COUNTED_MAX);
    });
    fc.assert(property, { numRuns: RUNS });
  });
  expect(Math.min(seen.open, seen.crowded)).toBeGreaterThan(RUNS / 200);
});
