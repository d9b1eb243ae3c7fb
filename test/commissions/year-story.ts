/**
 * A year of affiliate programs as a plain list of clicks, payments and refunds with their times of receipt: late, in any order
 * and sometimes twice. It does not depend on how Lastclick works and is generated from a seed. Payments are made on
 * the hour, so that many fall exactly on the limits of windows and hold periods.
 */
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { Random } from "../support/seeded-random.ts";

export const DAY = 86_400_000;
const HOUR = 3_600_000;
export const NEW_YEAR = Date.UTC(2026, 0, 1);

/** A program's terms by start day, and its number of participants. */
export interface YearProgram {
  name: string;
  versions: { from: number; terms: ProgramTerms }[];
  affiliates: number;
  customers: number;
  /** The products of its checkout. */
  products: string[];
  amounts: number[];
  /** Share of subscriptions paid by the month and by the year, in percent; the others are paid once. */
  monthly: number;
  yearly: number;
  /** The maximum age of a click when the customer arrives, in days. */
  click_age_days: number;
  /** The first affiliate's share of clicks in addition to its random share, in percent. */
  star: number;
}

/** Times in ms; ids are the program's own, from 0. */
export interface YearAffiliate {
  id: number;
  sponsor: number | null;
  /** Changes of approval; the first is before everything else. */
  statuses: { since: number; approved: boolean }[];
}

export type YearKind = "lead" | "trial" | "sale" | "refund" | "chargeback" | "chargeback_won" | "cancellation";

/** A customer's event as the checkout reports it. */
export interface YearEvent {
  id: string;
  kind: YearKind;
  customer: number;
  at: number;
  click: { id: string; affiliate: number; at: number } | null;
  payment: string | null;
  /** The payment that was reversed. */
  refund: string | null;
  amount: number | null;
  currency: string | null;
  product: string | null;
  subscription: string | null;
  interval: string | null;
  /** The subscription that this one continues. */
  replaces: string | null;
  country: string;
  platform: string;
}

export interface YearCustomer {
  id: number;
  /** The affiliate that is the customer. */
  is_affiliate: number | null;
  /** When the customer's object cannot reach the accounts; it sends everything afterwards, newest first. */
  cut_off: { from: number; until: number } | null;
}

/** An arrival at a time: a new or repeated event, or the end of a customer's outage. */
export type Arrival = { at: number } & ({ event: YearEvent } | { reconnected: number });

export interface YearStory {
  program: YearProgram;
  affiliates: YearAffiliate[];
  customers: YearCustomer[];
  /** In order of arrival. */
  arrivals: Arrival[];
}

/** One program's year. */
export function tellYear(program: YearProgram, random: Random): YearStory {
  const affiliates = Array.from({ length: program.affiliates }, (_, id) => makeAffiliate(id, program, random));
  const customers: YearCustomer[] = [];
  const arrivals: Arrival[] = [];
  for (let id = 0; id < program.customers; id += 1) {
    const life = new CustomerLife(id, program, random);
    const events = life.live();
    const [clicked] = events.flatMap(({ click }) => (click === null ? [] : [click.affiliate]));
    const isAffiliate = clicked !== undefined && random.oneIn(60);
    // Who buys by an affiliate's link is that affiliate, or its sponsor.
    const sponsor = isAffiliate && random.oneIn(4) ? (affiliates[clicked]?.sponsor ?? null) : null;
    const from = NEW_YEAR + random.below(400) * DAY;
    const cut_off = random.oneIn(15) ? { from, until: from + (1 + random.below(20)) * DAY } : null;
    customers.push({ id, is_affiliate: isAffiliate ? (sponsor ?? clicked) : null, cut_off });
    if (cut_off !== null) arrivals.push({ at: cut_off.until, reconnected: id });
    for (const event of events) {
      const at = event.at + delayOf(random);
      arrivals.push({ at, event });
      if (random.oneIn(12)) arrivals.push({ at: at + delayOf(random), event });
    }
  }
  arrivals.sort((a, b) => a.at - b.at);
  return { program, affiliates, customers, arrivals };
}

function makeAffiliate(id: number, program: YearProgram, random: Random): YearAffiliate {
  const statuses = [{ since: 0, approved: true }];
  // The top affiliate keeps selling all year, so that every seed reaches the highest tiers.
  const isStar = id === 0 && program.star > 0;
  if (random.oneIn(20) && !isStar) {
    const since = NEW_YEAR + random.below(365) * DAY;
    statuses.push({ since, approved: false });
    if (random.oneIn(2)) statuses.push({ since: since + (1 + random.below(60)) * DAY, approved: true });
  }
  return { id, sponsor: id > 0 && random.oneIn(3) ? random.below(id) : null, statuses };
}

/** Mostly moments; sometimes days, so that other events of the same customer arrive first. */
function delayOf(random: Random): number {
  const moments = 1_000 + random.below(60_000);
  if (random.oneIn(60)) return moments + random.below(60 * 24) * HOUR;
  if (random.oneIn(12)) return moments + random.below(20 * 24) * HOUR;
  return random.oneIn(5) ? moments + random.below(48) * HOUR : moments;
}

/** The window of most programs: some clicks are exactly this old, or a millisecond older. */
const COOKIE_DAYS = 30;
const COUNTRIES = ["DE", "US", "AE", "BR", "FR"];

/** One customer's year. */
class CustomerLife {
  readonly #id: number;
  readonly #program: YearProgram;
  readonly #random: Random;
  readonly #events: YearEvent[] = [];
  readonly #common: Pick<YearEvent, "currency" | "country" | "platform">;
  #count = 0;

  constructor(id: number, program: YearProgram, random: Random) {
    this.#id = id;
    this.#program = program;
    this.#random = random;
    const currency = random.oneIn(20) ? "EUR" : "USD";
    this.#common = { currency, country: random.pick(COUNTRIES), platform: random.pick(["web", "app"]) };
  }

  live(): YearEvent[] {
    const random = this.#random;
    const { monthly, yearly, products } = this.#program;
    const start = NEW_YEAR + random.below(365 * 24) * HOUR;
    const click = random.oneIn(9) ? null : this.#clickBefore(start);
    const other = random.oneIn(7) ? this.#clickBefore(start) : null;
    if (other !== null || random.oneIn(3)) {
      // The sign-up, with the first click, the other one, or none.
      const at = other === null ? start - 1 - random.below(10 * DAY) : other.at + 61_000;
      this.#add("lead", at, { click: random.oneIn(4) ? null : other });
    }
    const percent = random.below(100);
    const interval = percent < monthly ? "month" : percent < monthly + yearly ? "year" : "once";
    const plan = {
      product: random.oneIn(8) ? null : random.pick(products),
      subscription: interval === "once" ? null : `s${this.#id}`,
      interval: interval === "once" ? null : random.oneIn(30) ? null : interval,
      amount: this.#price(interval),
    };
    if (interval !== "month") this.#buy(start, plan, click, interval === "once" ? random.below(3) : 0);
    else this.#subscribe(start, plan, click);
    return this.#events;
  }

  #price(interval: string): number {
    return this.#random.pick(this.#program.amounts) * (interval === "year" ? 10 : 1);
  }

  /** A payment, and as many more at random. */
  #buy(start: number, plan: Plan, click: YearEvent["click"], more: number): void {
    this.#pay(start, plan, click);
    for (let n = 0; n < more; n += 1) {
      const at = start + (1 + this.#random.below(120)) * DAY;
      this.#pay(at, { ...plan, amount: this.#price("once") }, this.#random.oneIn(3) ? this.#clickBefore(at) : null);
    }
  }

  /** Pays monthly until the year ends or the customer leaves; it may change its plan or reactivate meanwhile. */
  #subscribe(start: number, first: Plan, click: YearEvent["click"]): void {
    const random = this.#random;
    let plan = first;
    let carried = click;
    let month = 0;
    if (random.oneIn(10)) {
      this.#add("trial", start, { ...plan, amount: null, currency: null, click: carried });
      carried = null;
      month = 1;
    }
    let from = start;
    for (;;) {
      const at = monthsLater(from, month) + (random.oneIn(2) ? 0 : random.below(5) * HOUR);
      if (at > NEW_YEAR + 365 * DAY) return;
      this.#pay(at, plan, carried);
      carried = random.oneIn(25) ? this.#clickBefore(monthsLater(from, month + 1)) : null;
      month += 1;
      if (random.oneIn(20)) plan = this.#change(plan);
      if (!random.oneIn(8)) continue;
      const left = at + random.below(25 * 24) * HOUR;
      if (random.oneIn(3)) this.#add("cancellation", left, random.oneIn(10) ? {} : { ...plan, amount: null });
      if (!random.oneIn(3)) return;
      // Reactivated with the same subscription, perhaps after another click.
      from = left + (1 + random.below(60)) * DAY;
      month = 0;
      carried = random.oneIn(2) ? this.#clickBefore(from) : null;
    }
  }

  /** Another product at another price, under the same subscription or a new one that continues it. */
  #change(plan: Plan): Plan {
    const changed = { ...plan, product: this.#random.pick(this.#program.products), amount: this.#price("month") };
    if (this.#random.oneIn(2)) return changed;
    return { ...changed, subscription: `s${this.#name()}`, replaces: plan.subscription };
  }

  #pay(at: number, { amount, ...plan }: Plan, click: YearEvent["click"]): void {
    const random = this.#random;
    const payment = `p${this.#name()}`;
    const sale = { ...plan, payment, amount, click };
    this.#add("sale", at, sale);
    // Also reported by another event of the same payment.
    if (random.oneIn(40)) this.#add("sale", at, sale);
    if (random.oneIn(16)) this.#giveBack(at, { ...plan, payment, amount });
    if (random.oneIn(60)) this.#chargeBack(at, { ...plan, payment, amount });
  }

  /** Refunds all, a part, thirds, or more than the payment; some refunds are reported twice. */
  #giveBack(at: number, sale: { payment: string; amount: number }): void {
    const random = this.#random;
    const { amount } = sale;
    const third = Math.floor(amount / 3);
    const parts = random.pick([
      [amount],
      [amount],
      [third, third, amount - 2 * third],
      [1 + random.below(amount)],
      [amount, 7],
    ]);
    for (const [index, part] of parts.entries()) {
      const refund = { ...sale, refund: `re-${sale.payment}-${index}`, amount: part };
      const later = at + random.below(80 * DAY);
      this.#add("refund", later, refund);
      if (random.oneIn(6)) this.#add("refund", later, refund);
    }
  }

  #chargeBack(at: number, sale: { payment: string; amount: number }): void {
    const refund = { ...sale, refund: `cb-${sale.payment}` };
    const opened = at + this.#random.below(90 * DAY);
    this.#add("chargeback", opened, refund);
    if (this.#random.oneIn(2)) this.#add("chargeback_won", opened + this.#random.below(60 * DAY), refund);
  }

  /** A click before a time; the first affiliates of the program have the most clicks. */
  #clickBefore(at: number): NonNullable<YearEvent["click"]> {
    const random = this.#random;
    const { affiliates, click_age_days, star } = this.#program;
    const age = random.oneIn(20) ? COOKIE_DAYS * DAY + random.below(2) : 120_000 + random.below(click_age_days * DAY);
    const affiliate = random.below(100) < star ? 0 : Math.min(random.below(affiliates), random.below(affiliates));
    return { id: `click-${this.#name()}`, affiliate, at: at - age };
  }

  /** A unique name, in sequence. */
  #name(): string {
    this.#count += 1;
    return `${this.#id}-${String(this.#count).padStart(4, "0")}`;
  }

  #add(kind: YearKind, at: number, changes: Partial<YearEvent>): void {
    const id = `e${this.#name()}`;
    const blank = { click: null, payment: null, refund: null, amount: null, product: null };
    const of = { subscription: null, interval: null, replaces: null };
    this.#events.push({ ...this.#common, ...blank, ...of, ...changes, id, kind, customer: this.#id, at });
  }
}

type Plan = Pick<YearEvent, "product" | "subscription" | "interval"> & { amount: number; replaces?: string | null };

/** The same day of a later month, or its last day. */
function monthsLater(at: number, months: number): number {
  const { year, month, day } = partsOf(at);
  const last = new Date(Date.UTC(year, month + months + 1, 0)).getUTCDate();
  return Date.UTC(year, month + months, Math.min(day, last)) + (at % DAY);
}

function partsOf(at: number) {
  const date = new Date(at);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
}
