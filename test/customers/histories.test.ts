/**
 * Compares the object's incremental fold, with its tables, checkpoints and change points, with the canonical fold. Facts arrive
 * in any order, each up to four times, and the object loses its memory in between; the conversions and the accounts' sales
 * are the same.
 */
import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { applyFact, type Send } from "../../src/customers/apply-fact.ts";
import type { AttributedSale, Conversion } from "../../src/customers/conversion.ts";
import { CustomerStore } from "../../src/customers/customer-store.ts";
import type { Fact } from "../../src/customers/fact.ts";
import type { TermsOf } from "../../src/customers/fold.ts";
import { listChanges } from "../../src/customers/messages.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";
import type { ProgramTerms } from "../../src/programs/terms.ts";
import { DECISION_SCOPES, EVENT_TYPES, type EventType } from "../../src/webhooks/conversion-event.ts";
import { foldAll } from "../support/fold-all.ts";
import { DAY, DAY_0, fact, lookUp, type Owned, type Statuses, touch } from "../support/given.ts";
import { fc, runs } from "../support/random.ts";

const RUNS = runs({ deep: 10_000, quick: 300 });
const HOLDER = { program_id: 1, customer_key: "1:id:cus", customer: "c1" };
const NAMES = ["A", "B", "C"];
/** Small enough that short histories resume from checkpoints and return to earlier ones. */
const CHECKPOINT_EVERY = 2;

const day = fc.integer({ min: 0, max: 60 });
/** Some seem 43 seconds later than what happens on the day. */
const anyTouch = fc
  .tuple(
    fc.constantFrom(...NAMES),
    fc.integer({ min: -40, max: 60 }),
    fc.constantFrom(0, 0.0005),
    fc.constantFrom(null, "mail"),
    fc.constantFrom(undefined, 1, 2, 3, 10),
  )
  .map(([name, at, skew, channel, customer_number]) => ({
    ...touch(name, at + skew),
    channel,
    ...(customer_number !== undefined && { customer_number }),
  }));

const anyState = fc
  .record({
    day: fc.option(day),
    is_paid: fc.boolean(),
    refunds: fc.constantFrom<string[]>([], ["r1"], ["r2"], ["r1", "r2"]),
  })
  .map(({ day, ...state }) => ({ at: day === null ? null : DAY_0 + day * DAY, ...state }));

const anyFact = fc
  .record({
    type: fc.constantFrom<EventType>(
      ...EVENT_TYPES,
      "touch",
      "sale",
      "sale",
      "dispute",
      "credit",
      "credit",
      "settlement",
    ),
    day,
    late: fc.integer({ min: 0, max: 5 }),
    click: fc.option(fc.oneof(anyTouch, fc.constant("token_forged" as const)), { nil: undefined }),
    coupon: fc.option(fc.constantFrom(...NAMES), { nil: undefined, freq: 3 }),
    named: fc.constantFrom(...NAMES),
    binds: fc.boolean(),
    payment: fc.constantFrom("p1", "p2", "p3"),
    refund: fc.constantFrom("r1", "r2"),
    amount: fc.integer({ min: 0, max: 10_000 }),
    gross: fc.option(fc.integer({ min: 0, max: 12_000 })),
    product: fc.option(fc.constantFrom("starter", "pro")),
    version: fc.constantFrom(1, 2),
    names_payment: fc.boolean(),
    subscription: fc.option(fc.constantFrom("s1", "s2", "s3"), { nil: undefined }),
    replaces: fc.option(fc.constantFrom("s1", "s2", "s3"), { nil: undefined }),
    starts_trial: fc.option(fc.constant(true as const), { nil: undefined }),
    payment_state: fc.option(anyState, { nil: undefined, freq: 2 }),
    commissionable: fc.option(fc.constant(false as const), { nil: undefined, freq: 4 }),
    covers: fc.constantFrom(...DECISION_SCOPES),
    is_nobody: fc.boolean(),
    is_entered: fc.boolean(),
  })
  .map(
    ({ type, late, click, coupon, named, binds, names_payment, version, payment_state, commissionable, ...drawn }) => {
      const { subscription, replaces, starts_trial, covers, is_nobody, is_entered: mayEnter, ...rest } = drawn;
      const is_entered = mayEnter && type === "sale";
      const made = fact(type, rest.day, {
        ...rest,
        received: rest.day + late,
        id: Object.values({ type, named, binds, version, coupon, commissionable, ...drawn, ...payment_state }).join(
          "-",
        ),
        ...(payment_state !== undefined && { payment_state }),
        ...(commissionable !== undefined && { commissionable }),
        payment:
          (type === "touch" && !names_payment) ||
          ["lead", "cancellation", "referral", "dispute", "credit"].includes(type)
            ? null
            : rest.payment,
        ...(click !== undefined && { click }),
        ...(subscription !== undefined && {
          subscription: {
            id: subscription,
            interval: "month",
            ...(replaces !== undefined && { replaces }),
            ...(starts_trial !== undefined && { starts_trial }),
          },
        }),
        ...(type === "settlement" && { settles: `payment:${rest.payment}` }),
        ...(type === "referral" && { named: { affiliate: named, binds } }),
        ...(type === "dispute" && {
          named: {
            affiliate: named,
            reason: "told so",
            scope: subscription === undefined ? "customer" : `subscription:${subscription}`,
          },
        }),
        ...(type === "credit" && {
          decision: {
            ...{ affiliate: is_nobody ? null : named, covers, conversion: `payment:${rest.payment}`, reason: "mine" },
            scope:
              covers === "conversion"
                ? `conversion:payment:${rest.payment}`
                : subscription === undefined
                  ? "customer"
                  : `subscription:${subscription}`,
            // A decision is about a conversion of any earlier time.
            ...(covers === "future" && { after: DAY_0 + (rest.day - late * 7) * DAY }),
          },
        }),
        ...(is_entered && { entered: { affiliate: named, reason: "by invoice" } }),
      });
      const at = { ...touch(named, rest.day), link: null, link_id: null };
      const source = type === "referral" || type === "dispute" ? type : "manual";
      const isNamed = source !== "manual" || is_entered || (type === "credit" && !is_nobody);
      const told = isNamed ? [{ ...at, click_id: `${type}:${made.id}`, source } as const] : [];
      const used =
        coupon === undefined || type === "dispute" || type === "credit"
          ? []
          : [{ ...touch(coupon, rest.day), click_id: `coupon:${made.id}`, source: "coupon" as const, coupon }];
      return { ...made, terms_version: version, touches: [...made.touches, ...used, ...told] };
    },
  );

const anyStatuses: fc.Arbitrary<Statuses> = fc.record(
  Object.fromEntries(
    NAMES.map((name) => [
      name,
      fc
        .uniqueArray(day, { maxLength: 2 })
        .map(
          (days) =>
            [[-99, true], ...days.sort((x, y) => x - y).map((at, n) => [at, n % 2 === 1])] as [number, boolean][],
        ),
    ]),
  ),
);

const anyTerms: fc.Arbitrary<Partial<ProgramTerms>> = fc.record({
  cookie_days: fc.constantFrom(null, 10, 30),
  customers_per_click: fc.constantFrom(null, 2),
  model: fc.constantFrom("last_click", "first_click"),
  binds_to: fc.constantFrom("customer", "subscription", "nothing"),
  click_before: fc.constantFrom("sale", "signup"),
  precedence: fc.constantFrom("coupon", "click"),
  self_purchase: fc.constantFrom("refuse", "allow"),
  second_tier: fc.constantFrom(null, { rate_bps: 1_000, payments: "every" }),
  counts_by: fc.constantFrom("subscription", "customer"),
  paid_trial: fc.constantFrom("no_sale", "sale"),
  on_suspension: fc.constantFrom("keep", "release"),
  on_plan_change: fc.constantFrom("keep", "anew"),
  reactivation_days: fc.constantFrom(null, 0, 10),
  applies_to: fc.constantFrom("new", "all"),
});

/** Facts in order of arrival, each up to four times. */
const anyHistory = fc
  .uniqueArray(anyFact, { selector: (found) => found.id, minLength: 1, maxLength: 7 })
  .chain((facts) =>
    fc
      .array(fc.constantFrom(...facts), { maxLength: facts.length * 3 })
      .map((again) => [
        ...facts,
        ...again.filter((one, n) => again.slice(0, n).filter((other) => other === one).length < 3),
      ])
      .chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
  );

/** Keeps the newest revision of each sale sent to the accounts. */
function settleAccounts(
  received: Map<string, AttributedSale>,
  messages: readonly { to: string; sale?: AttributedSale }[],
): void {
  for (const { sale } of messages)
    if (sale !== undefined) received.set(`${sale.affiliate_id}/${sale.conversion}`, sale);
}

function ledgerOf(received: ReadonlyMap<string, AttributedSale>): string[] {
  return [...received.values()]
    .filter(({ credited }) => credited)
    .map(
      (sale) =>
        `${sale.affiliate_id} ${sale.conversion} ${sale.amount} ${sale.refunded} ${sale.terms_version} ${sale.payment_number} ${sale.first_paid_at} ${sale.own_purchase}`,
    )
    .sort();
}

/** The days of status changes known at each arrival: each arrival sees more of them. */
const daysKnown = (arrivals: number) => (arrival: number) => (60 * (arrival + 1)) / arrivals;

const byId = (conversions: readonly Conversion[]) => conversions.toSorted((a, b) => (a.id < b.id ? -1 : 1));

/** Empties an object's tables. */
function emptyTables({ sql }: DurableObjectStorage): void {
  const tables = sql.exec<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%' AND name NOT LIKE '\\_cf%' ESCAPE '\\'",
  );
  for (const { name } of tables.toArray()) sql.exec(`DELETE FROM ${name}`);
}

/** Applies facts in order of arrival and expects the result of the canonical fold. */
function expectCanonical(storage: DurableObjectStorage, arrivals: readonly Fact[], termsOf: TermsOf): void {
  new CustomerStore(storage.sql);
  emptyTables(storage);
  const received = new Map<string, AttributedSale>();
  for (const arrived of arrivals) {
    // A new store each time, so that only the tables keep state.
    const store = new CustomerStore(storage.sql);
    for (const version of [1, 2]) store.keepTerms(version, termsOf(version));
    const send: Send = (messages) => settleAccounts(received, messages);
    applyFact({ store, holder: HOLDER, send, checkpoint_every: CHECKPOINT_EVERY }, arrived);
  }
  const kept = [...new Map(arrivals.map((one) => [one.id, one])).values()];
  const canonical = byId(foldAll(kept, termsOf));
  const stored = byId(new CustomerStore(storage.sql).listConversions());
  const expected = listChanges(HOLDER, () => null, canonical, termsOf);
  const strip = ({ revision: _, ...record }: { revision: number }) => record;
  expect(stored.map((record) => strip(record as never))).toEqual(
    expected.records.map((record) => strip(record as never)),
  );
  const canonically = new Map<string, AttributedSale>();
  settleAccounts(canonically, expected.messages);
  expect(ledgerOf(received)).toEqual(ledgerOf(canonically));
}

test(`facts commute: ${RUNS} histories`, { tags: ["deep"] }, async () => {
  const anyOwn = fc.tuple(day, day, day).chain(([a, b, c]) =>
    fc.subarray<Owned>([
      { name: "A", by: "email", day: a },
      { name: "A", by: "sponsor", day: c },
      { name: "B", by: "visitor", day: b },
      { name: "C", by: "sponsor", day: c },
    ]),
  );
  await runInDurableObject(env.CUSTOMERS.getByName("histories"), (_, { storage }) => {
    const property = fc.property(
      ...([anyHistory, anyTerms, anyTerms, anyStatuses, anyOwn] as const),
      (arrivals, first, second, statuses, own) => {
        const versions: Record<number, ProgramTerms> = {
          1: { ...kartraClassic, ...first },
          2: { ...kartraClassic, ...second },
        };
        const distinct = [...new Map(arrivals.toReversed().map((one) => [one.id, one])).values()].reverse();
        const lookedUp = new Map(
          lookUp(distinct, statuses, own, daysKnown(distinct.length)).map((one) => [one.id, one]),
        );
        expectCanonical(
          storage,
          arrivals.flatMap(({ id }) => lookedUp.get(id) ?? []),
          (version) => versions[version] ?? kartraClassic,
        );
      },
    );
    fc.assert(property, { numRuns: RUNS });
  });
});

test("an earlier event of the same payment replaces the later one as the payment's first event", async () => {
  // Both amounts are zero and neither event binds. Only the later event has the subscription, so the payment does not get it.
  const customer = fact("sale", 0, { payment: "p0", amount: 0 });
  const later = fact("sale", 20, { payment: "p1", amount: 0, subscription_id: "s1", id: "later" });
  const first = fact("sale", 5, { payment: "p1", amount: 0, id: "first" });
  const next = fact("sale", 40, { payment: "p2" });
  const renewal = { ...next, event: { ...next.event, subscription: { id: "s1", interval: null } } };
  const between = [7, 9, 11].map((on) => fact("lead", on));
  await runInDurableObject(env.CUSTOMERS.getByName("histories"), (_, { storage }) => {
    expectCanonical(storage, [customer, ...between, later, renewal, first], () => kartraClassic);
    expect(new CustomerStore(storage.sql).findConversion(renewal.conversion_id ?? "")?.interval).toBeNull();
  });
});

test("a status that becomes known after a decision counts for the conversions before it", async () => {
  const first = fact("sale", 10, { payment: "p1", click: touch("A", 9) });
  const decision = { affiliate: "B", covers: "conversion", conversion: "payment:p1", reason: "mine" } as const;
  const decided = {
    ...fact("credit", 50, { payment: null, decision: { ...decision, scope: "conversion:payment:p1" } }),
    touches: [{ ...touch("B", 50), click_id: "credit:1", source: "manual" as const, link: null, link_id: null }],
  };
  const later = fact("sale", 60, { payment: "p2" });
  const known = (since: number, approved: boolean) => ({ affiliate_id: 2, since: DAY_0 + since * DAY, approved });
  const arrivals = [
    first,
    { ...decided, standings: [known(-99, true)] },
    { ...later, standings: [known(-99, true), known(40, false)] },
  ];
  await runInDurableObject(env.CUSTOMERS.getByName("histories"), (_, { storage }) => {
    expectCanonical(storage, arrivals, () => kartraClassic);
    expect(new CustomerStore(storage.sql).findConversion("payment:p1")?.credit.reason).toBe("affiliate_not_approved");
  });
});
