/**
 * Generates customers' histories: the events of each customer, the deliveries that carry them, and the expected conversions,
 * calculated without any code of the Worker. The program credits all of a customer's payments to the last click before the
 * first payment, and pays 40%.
 */
import type { Random } from "../support/seeded-random.ts";
import { type Delivery, sign } from "./checkout.ts";

/** The expected final state of a conversion. Amounts are in minor units. */
export interface Expected {
  type: "lead" | "sale";
  status: "recorded" | "refunded";
  amount: number | null;
  refunded: number;
  attributed_to: string | null;
}

/** One customer. */
export interface History {
  /** In the order in which they are posted. A delivery may be in it twice. */
  deliveries: Delivery[];
  /** By payment; leads by product. */
  expected: Map<string, Expected>;
}

/** An affiliate's click. */
export interface AffiliateClick {
  affiliate: string;
  token: string;
}

/** The input for generating a history. */
export interface HistoryInput {
  random: Random;
  secret: string;
  /** Clicks before the first event of any history, in order of time. */
  early: readonly [AffiliateClick, AffiliateClick];
  /** A click between the first payments and the renewals. */
  late: AffiliateClick;
  /** When leads and first payments begin, and when renewals begin, ms. Each phase takes {@link SPAN_MS}. */
  first_at: number;
  renewed_at: number;
  /** Whether every event has the customer's id, so that no customers need to be merged. */
  always_by_id: boolean;
}

/** The length of each phase of a history. */
export const SPAN_MS = 20;

/** The rate of the preset kartra-classic, in basis points. */
const RATE_BPS = 4_000;
const BPS_WHOLE = 10_000;

/** The commission of a credited sale after refunds. Half a minor unit is rounded up. */
export function commissionAfterRefunds({ amount, refunded }: Pick<Expected, "amount" | "refunded">): number {
  const sale = amount ?? 0;
  const earned = Math.floor((sale * RATE_BPS) / BPS_WHOLE + 0.5);
  return earned - Math.floor((earned * refunded) / sale + 0.5);
}

/** Generates one customer, whose events come in any order and partly twice. */
export function createHistory(number: number, given: HistoryInput): History {
  const { random, early, late, first_at, renewed_at } = given;
  const id = `cus_${number}`;
  const email = `customer-${number}@example.com`;
  const isLinked = given.always_by_id || !random.oneIn(6);
  const byId = { id };
  const both = isLinked ? { id, email } : byId;
  const byEmail = given.always_by_id ? { id, email } : { email };
  const subscription = { id: `sub_${number}`, interval: "month" };
  const events: [number, Record<string, unknown>][] = [];
  const addEvent = (at: number, type: string, fields: object) =>
    events.push([at, { type, occurred_at: new Date(at).toISOString(), ...fields }]);
  const expected = new Map<string, Expected>();

  const leads = random.pick([[], [early[0]], [early[1]], [early[0], early[1]]]);
  const seen = leads.at(-1) ?? null;
  leads.forEach(({ token }, n) => {
    const product = `lead_${number}_${n}`;
    addEvent(first_at + n, "lead", { customer: byEmail, click: token, product });
    const attributed_to = seen?.affiliate ?? null;
    expected.set(product, { type: "lead", status: "recorded", amount: null, refunded: 0, attributed_to });
  });

  // If no event has both id and email, these are two customers, and the lead's click is not credited.
  const winner = isLinked ? (seen?.affiliate ?? null) : null;
  const pay = (n: number, at: number, customer: object, fields: object = {}) => {
    const payment = `pay_${number}_${n}`;
    const amount = 1_000 + random.below(9_000);
    const sale = { customer, payment, amount, currency: "USD", subscription, ...fields };
    addEvent(at, "sale", sale);
    // The same payment in a second event counts once.
    if (random.oneIn(5)) addEvent(at, "sale", sale);
    const recorded: Expected = { type: "sale", status: "recorded", amount, refunded: 0, attributed_to: winner };
    expected.set(payment, recorded);
    return { ...recorded, payment, amount };
  };
  const reverse = (type: string, payment: string, fields: { amount: number; refund: string }, customer: object) =>
    addEvent(renewed_at + SPAN_MS / 2, type, { customer, payment, currency: "USD", ...fields });

  const first = pay(0, first_at + SPAN_MS / 2, byId);
  const parts = 1 + random.below(3);
  for (let part = 0; part < parts; part += 1) {
    const amount = Math.floor(first.amount / (parts + random.below(2)));
    const customer = isLinked && random.oneIn(4) ? byEmail : byId;
    reverse("refund", first.payment, { amount, refund: `refund_${number}_${part}` }, customer);
    addRefund(expected, first.payment, amount);
  }

  const renewal = pay(1, renewed_at, both, random.oneIn(2) ? { click: late.token } : {});
  if (random.oneIn(3)) {
    const { payment, amount } = renewal;
    reverse("chargeback", payment, { amount, refund: `dispute_${number}` }, byId);
    if (random.oneIn(2)) reverse("chargeback_won", payment, { amount, refund: `dispute_${number}` }, byId);
    else addRefund(expected, payment, amount);
  }
  if (random.oneIn(2)) pay(2, renewed_at + 1, byId);
  if (random.oneIn(4)) addEvent(renewed_at + SPAN_MS, "cancellation", { customer: byId, subscription });

  const now = new Date();
  const deliveries = events.map(([, body], n) => {
    const name = `msg_${number}_${n}`;
    return { name, ...sign(given.secret, name, now, JSON.stringify(body)) };
  });
  const twice = deliveries.filter(() => random.oneIn(6));
  // Half of the customers' events are in order, the others shuffled. Repeated deliveries come last.
  const inOrder = random.oneIn(2) ? deliveries : shuffle(deliveries, random);
  return { deliveries: [...inOrder, ...twice], expected };
}

/** Returns the items in random order. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return Array.from(items, () => rest.splice(random.below(rest.length), 1)).flat();
}

function addRefund(expected: Map<string, Expected>, payment: string, amount: number): void {
  const sale = expected.get(payment);
  if (sale === undefined) return;
  sale.refunded = Math.min(sale.refunded + amount, sale.amount ?? 0);
  sale.status = sale.refunded > 0 ? "refunded" : "recorded";
}
