/** Facts without their customer's identity give the same conversions, in the same order. */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Conversion } from "../../../src/customers/conversion.ts";
import { anonymizeFact, anonymizeFacts, erasedIdOf } from "../../../src/customers/erasure/anonymize.ts";
import { type Fact, inCanonicalOrder } from "../../../src/customers/fact.ts";
import type { ProgramTerms } from "../../../src/programs/terms.ts";
import type { EventType } from "../../../src/webhooks/conversion-event.ts";
import { fact, fold, touch } from "../../support/given.ts";

const erasedId = ({ event }: Fact) => `erased:hash of ${event.id.length}`;

/** As the object does: in the order of their ids. */
function anonymizeAll(facts: readonly Fact[]): Fact[] {
  const byId = facts.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  return anonymizeFacts(byId, byId.map(erasedId));
}

const identified: Fact = {
  ...fact("sale", 5, {
    id: "lead:cus_1",
    customer: { id: "cus_1", email_hash: "email_hash" },
    payer_hash: "payer_hash",
    payment: "pay_1",
    click: touch("A", 1),
  }),
  marks: [{ kind: "email", hash: "email_hash" }],
  own: [{ affiliate_id: 1, by: "email" }],
  standings: [{ affiliate_id: 1, since: 5, approved: true }],
};

test("a fact loses ids and hashes, and keeps what credits depend on", () => {
  const signed = { ...identified, event: { ...identified.event, click: "v1.token.of.a.visitor" } };
  const coupon = { ...touch("B", 5), source: "coupon" as const, click_id: `coupon:${signed.id}` };
  const [anonymous] = anonymizeFacts([{ ...signed, touches: [touch("A", 1), coupon] }], ["erased:abc"]);
  expect(JSON.stringify(anonymous)).not.toMatch(/cus_1|_hash":"|token|lead:/);
  const { own, standings, conversion_id, received_at } = identified;
  expect(anonymous).toMatchObject({ own, standings, conversion_id, received_at, marks: [] });
  expect(anonymous?.event).toMatchObject({
    payment: "pay_1",
    amount: 10_000,
    customer: { id: null, email_hash: null },
  });
  expect(anonymous?.touches.map(({ click_id }) => click_id)).toEqual(["A@1", "coupon:+000000000:erased:abc"]);
  expect(erasedIdOf(anonymous?.id ?? "")).toBe("erased:abc");
  expect(anonymizeFact(signed).id).toBe(signed.id);
});

test("a settlement still names its sale where the payment has no id", () => {
  const sold = fact("sale", 1, { payment: null, id: "sale_of_cus_1" });
  const settled = fact("settlement", 2, { payment: null, settles: `sale:${sold.id}`, id: "cv_1" });
  const [first, second] = anonymizeFacts([sold, settled], ["erased:a", "erased:b"]);
  expect(second?.event.settles).toBe(`sale:${first?.id}`);
});

test("later facts sort after anonymized ones of the same time", () => {
  const [old] = anonymizeAll([identified]);
  const later = fact("sale", 5, { id: "Z" });
  expect(inCanonicalOrder([later, old ?? later]).map(({ id }) => id)).toEqual([old?.id, later.id]);
});

const TYPES: EventType[] = ["lead", "trial", "sale", "refund", "chargeback", "cancellation", "touch"];

/** Few days, so that many facts have the same time. */
const anyFact = fc
  .record({
    type: fc.constantFrom(...TYPES),
    day: fc.integer({ min: 0, max: 3 }),
    name: fc.constantFrom("a", "b", "c", "d", "e"),
    payment: fc.constantFrom("p1", "p2", "p3"),
    affiliate: fc.option(fc.constantFrom("A", "B"), { nil: undefined }),
    subscription: fc.option(fc.constantFrom("s1", "s2"), { nil: undefined }),
    amount: fc.integer({ min: 0, max: 10_000 }),
  })
  .map(({ type, day, name, affiliate, subscription, ...rest }) => {
    const made = fact(type, day, {
      ...rest,
      refund: type === "refund" ? name : null,
      id: `${name}:${type}:${rest.payment}`,
      ...(subscription !== undefined && { subscription_id: subscription }),
    });
    // A coupon's touch, which is named after its fact.
    const coupon = (of: string) => ({ ...touch(of, day), source: "coupon" as const, click_id: `coupon:${made.id}` });
    return affiliate === undefined ? made : { ...made, touches: [coupon(affiliate)] };
  });

/** Without the names of touches, which contain their fact's id. */
const withoutNames = (conversions: readonly Conversion[]) =>
  JSON.parse(JSON.stringify(conversions).replaceAll(/"click_id":"[^"]*"/g, '"click_id":""'));

const byId = (a: Conversion, b: Conversion) => (a.id < b.id ? -1 : 1);

test("anonymized facts fold to the same conversions, also those of the same time", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyFact, { selector: (f) => f.id, maxLength: 10 }),
      fc.constantFrom<ProgramTerms["binds_to"]>("customer", "subscription", "nothing"),
      (facts, binds_to) => {
        const before = fold(facts, { binds_to }).sort(byId);
        const after = fold(anonymizeAll(facts), { binds_to }).sort(byId);
        expect(withoutNames(after)).toEqual(withoutNames(before));
      },
    ),
    { numRuns: 1_000 },
  );
});
