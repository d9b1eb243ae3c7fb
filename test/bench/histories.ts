/**
 * Customers with a history, for a checkout that is killed: what each tells, in which deliveries, and what must come of it by
 * a plain calculation that shares nothing with the Worker. The programme binds a customer for life to its last click
 * before the first payment, and pays 40 %.
 */
import type { Random } from "../support/seeded-random.ts";
import { type Delivery, sign } from "./checkout.ts";

/** What a conversion must be in the end. Minor units. */
export interface Expected {
  type: "lead" | "sale";
  status: "recorded" | "refunded";
  amount: number | null;
  refunded: number;
  attributed_to: string | null;
}

/** One customer. */
export interface History {
  /** In the order of their posting; the same delivery may come twice. */
  deliveries: Delivery[];
  /** By payment, and of a lead by its product. */
  expected: Map<string, Expected>;
}

/** Whose click it is, with its token. */
export interface Clicked {
  affiliate: string;
  token: string;
}

/** What histories are made with. */
export interface Surroundings {
  random: Random;
  secret: string;
  /** Made before the first event of any history, the later one last. */
  early: readonly [Clicked, Clicked];
  /** Made after the first payment and before the renewals. */
  late: Clicked;
  /** When leads and first payments begin, and when renewals do, ms: each takes {@link SPAN_MS}. */
  first_at: number;
  renewed_at: number;
  /** Each event names the customer's id: nothing has to be found out to be one customer. */
  always_by_id: boolean;
}

/** How long a history's first events take, and its renewals. */
export const SPAN_MS = 20;

/** Of kartra-classic, in basis points of a sale. */
const RATE_BPS = 4_000;
const BPS_WHOLE = 10_000;

/** What a sale that is credited has earned after all that was taken back; half a minor unit rounds up. */
export function keptOf({ amount, refunded }: Pick<Expected, "amount" | "refunded">): number {
  const sale = amount ?? 0;
  const earned = Math.floor((sale * RATE_BPS) / BPS_WHOLE + 0.5);
  return earned - Math.floor((earned * refunded) / sale + 0.5);
}

/** One customer, told in any order, some things twice. */
export function makeHistory(number: number, given: Surroundings): History {
  const { random, early, late, first_at, renewed_at } = given;
  const id = `cus_${number}`;
  const email = `customer-${number}@example.com`;
  const isNamedTogether = given.always_by_id || !random.oneIn(6);
  const byId = { id };
  const both = isNamedTogether ? { id, email } : byId;
  const byEmail = given.always_by_id ? { id, email } : { email };
  const subscription = { id: `sub_${number}`, interval: "month" };
  const told: [number, Record<string, unknown>][] = [];
  const tell = (at: number, type: string, fields: object) =>
    told.push([at, { type, occurred_at: new Date(at).toISOString(), ...fields }]);
  const expected = new Map<string, Expected>();

  const leads = random.pick([[], [early[0]], [early[1]], [early[0], early[1]]]);
  const seen = leads.at(-1) ?? null;
  leads.forEach(({ token }, n) => {
    const product = `lead_${number}_${n}`;
    tell(first_at + n, "lead", { customer: byEmail, click: token, product });
    const attributed_to = seen?.affiliate ?? null;
    expected.set(product, { type: "lead", status: "recorded", amount: null, refunded: 0, attributed_to });
  });

  // Those that nothing names together are two customers: the lead's click is not the payer's.
  const winner = isNamedTogether ? (seen?.affiliate ?? null) : null;
  const pay = (n: number, at: number, customer: object, fields: object = {}) => {
    const payment = `pay_${number}_${n}`;
    const amount = 1_000 + random.below(9_000);
    const sale = { customer, payment, amount, currency: "USD", subscription, ...fields };
    tell(at, "sale", sale);
    // The same payment in an event of its own is the same payment.
    if (random.oneIn(5)) tell(at, "sale", sale);
    const made: Expected = { type: "sale", status: "recorded", amount, refunded: 0, attributed_to: winner };
    expected.set(payment, made);
    return { ...made, payment, amount };
  };
  const takeBack = (type: string, payment: string, fields: { amount: number; refund: string }, customer: object) =>
    tell(renewed_at + SPAN_MS / 2, type, { customer, payment, currency: "USD", ...fields });

  const first = pay(0, first_at + SPAN_MS / 2, byId);
  const parts = 1 + random.below(3);
  for (let part = 0; part < parts; part += 1) {
    const amount = Math.floor(first.amount / (parts + random.below(2)));
    const customer = isNamedTogether && random.oneIn(4) ? byEmail : byId;
    takeBack("refund", first.payment, { amount, refund: `refund_${number}_${part}` }, customer);
    amend(expected, first.payment, amount);
  }

  const renewal = pay(1, renewed_at, both, random.oneIn(2) ? { click: late.token } : {});
  if (random.oneIn(3)) {
    const { payment, amount } = renewal;
    takeBack("chargeback", payment, { amount, refund: `dispute_${number}` }, byId);
    if (random.oneIn(2)) takeBack("chargeback_won", payment, { amount, refund: `dispute_${number}` }, byId);
    else amend(expected, payment, amount);
  }
  if (random.oneIn(2)) pay(2, renewed_at + 1, byId);
  if (random.oneIn(4)) tell(renewed_at + SPAN_MS, "cancellation", { customer: byId, subscription });

  const now = new Date();
  const deliveries = told.map(([, body], n) => {
    const name = `msg_${number}_${n}`;
    return { name, ...sign(given.secret, name, now, JSON.stringify(body)) };
  });
  const twice = deliveries.filter(() => random.oneIn(6));
  // Half of them as they happened, the others in any order; what comes twice comes any time.
  const inOrder = random.oneIn(2) ? deliveries : shuffle(deliveries, random);
  return { deliveries: [...inOrder, ...twice], expected };
}

/** In an order that the random choose. */
export function shuffle<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return Array.from(items, () => rest.splice(random.below(rest.length), 1)).flat();
}

function amend(expected: Map<string, Expected>, payment: string, amount: number): void {
  const sale = expected.get(payment);
  if (sale === undefined) return;
  sale.refunded = Math.min(sale.refunded + amount, sale.amount ?? 0);
  sale.status = sale.refunded > 0 ? "refunded" : "recorded";
}
