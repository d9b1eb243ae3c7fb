/**
 * Calculates the credit for a customer's payments from all events received so far, with plain loops that follow the wording of
 * the terms. It shares no code with `src/`.
 */
import type { ProgramTerms } from "../../src/programs/terms.ts";
import type { YearAffiliate, YearCustomer, YearEvent, YearProgram } from "./year-story.ts";

const DAY = 86_400_000;
/** A click may seem up to this much later than its sale, because clocks differ. */
const MINUTE = 60_000;

/** The current state of a payment. */
export interface NaiveSale {
  payment: string;
  affiliate: number | null;
  customer: number;
  amount: number;
  refunded: number;
  currency: string;
  at: number;
  changed_at: number;
  product: string | null;
  interval: string | null;
  country: string;
  platform: string;
  /** The payment's number within its subscription, or among the customer's other payments. */
  number: number;
  first_paid_at: number;
  version: number;
  /** The customer's payments before this one, each with its terms. */
  earlier: readonly { sale: NaiveSale; terms: ProgramTerms }[];
}

/** Binds later payments to an affiliate, or to no affiliate. */
interface Bound {
  affiliate: number | null;
  ended_at: number | null;
}

interface Row {
  version: number;
  payments: number;
  first_paid_at: number | null;
  interval: string | null;
}

/** The payments of a customer by time, from the events received so far. */
export function naiveSales(
  { program, affiliates }: { program: YearProgram; affiliates: readonly YearAffiliate[] },
  customer: YearCustomer,
  heard: readonly YearEvent[],
): NaiveSale[] {
  const events = [...heard].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const sales: NaiveSale[] = [];
  const made: { sale: NaiveSale; terms: ProgramTerms }[] = [];
  const paid = new Set<string>();
  const bound = new Map<string, Bound>();
  const rows = new Map<string, Row>();
  const replaced_by = new Map<string, string>();
  /** The subscription that changes of plan began with. */
  const series = (name: string): string => {
    let first = name;
    for (let next = replaced_by.get(first); next !== undefined; next = replaced_by.get(first)) first = next;
    return first;
  };
  let signed_up_at: number | null = null;
  for (const event of events) {
    const row_name = event.subscription ?? "";
    if (event.kind === "cancellation") {
      endBinding(bound, event, termsAt(program, event.at).terms);
      continue;
    }
    if (event.kind === "lead") {
      signed_up_at = signed_up_at ?? event.at;
      continue;
    }
    if (event.kind !== "trial" && event.kind !== "sale") continue;
    if (event.payment !== null) {
      if (paid.has(event.payment)) continue;
      paid.add(event.payment);
    }
    if (event.replaces !== null && !replaced_by.has(row_name)) replaced_by.set(row_name, event.replaces);
    let { version, terms } = termsAt(program, event.at);
    const kept = rows.get(row_name) ?? rows.get(replaced_by.get(row_name) ?? "");
    const first = event.subscription === null ? undefined : kept?.version;
    if (first !== undefined && first < version && terms.applies_to === "new") {
      version = first;
      terms = program.versions[version]?.terms as ProgramTerms;
    }
    const what = terms.binds_to === "customer" ? "" : row_name;
    if (event.replaces !== null && bound.has(event.replaces) && !bound.has(event.subscription ?? "")) {
      bound.set(event.subscription ?? "", { affiliate: bound.get(event.replaces)?.affiliate ?? null, ended_at: null });
    }
    const before = bound.get(what);
    if (before !== undefined && before.ended_at !== null) {
      const days = terms.reactivation_days;
      if (days !== null && (days === 0 || event.at - before.ended_at > days * DAY)) bound.delete(what);
      else before.ended_at = null;
    }
    const binding = bound.get(what);
    let affiliate: number | null = null;
    if (binding !== undefined) {
      affiliate = binding.affiliate;
      const is_own = affiliate !== null && isOwnPurchase({ affiliates, customer, terms }, affiliate);
      if (affiliate !== null && (is_own || !isApproved(affiliates, affiliate, event.at))) affiliate = null;
    } else {
      const found = lastClick({ affiliates, customer, events, event, terms, signed_up_at });
      affiliate = found.affiliate;
      if (affiliate !== null || !found.only_unapproved) bound.set(what, { affiliate, ended_at: null });
    }
    const row = rows.get(row_name) ?? { version, payments: 0, first_paid_at: null, interval: null };
    rows.set(row_name, row);
    if (event.interval !== null) row.interval = event.interval;
    if (event.kind === "sale" && event.payment !== null && event.amount !== null && event.amount > 0) {
      row.payments += 1;
      if (row.first_paid_at === null) row.first_paid_at = event.at;
      let number = 0;
      let first_paid_at = event.at;
      for (const [name, other] of rows) {
        const together = terms.counts_by === "customer" || name === row_name || series(name) === series(row_name);
        if (!together) continue;
        number += other.payments;
        first_paid_at = Math.min(first_paid_at, other.first_paid_at ?? event.at);
      }
      const back = takenBack(events, event.payment, event.amount);
      sales.push({
        payment: event.payment,
        affiliate,
        customer: customer.id,
        amount: event.amount,
        refunded: back.sum,
        currency: event.currency ?? "",
        at: event.at,
        changed_at: Math.max(event.at, back.last),
        product: event.product,
        interval: event.subscription === null ? "once" : row.interval,
        country: event.country,
        platform: event.platform,
        number,
        first_paid_at,
        version,
        earlier: [...made],
      });
      const sale = sales.at(-1);
      if (sale !== undefined) made.push({ sale, terms });
    }
    signed_up_at = signed_up_at ?? event.at;
  }
  return sales;
}

function termsAt(program: YearProgram, at: number): { version: number; terms: ProgramTerms } {
  let version = 0;
  for (let index = 0; index < program.versions.length; index += 1) {
    if ((program.versions[index]?.from ?? 0) <= at) version = index;
  }
  return { version, terms: program.versions[version]?.terms as ProgramTerms };
}

function endBinding(bound: Map<string, Bound>, event: YearEvent, terms: ProgramTerms): void {
  if (event.subscription === null && terms.binds_to !== "subscription") return;
  for (const [what, binding] of bound) {
    if (event.subscription !== null && what !== event.subscription) continue;
    if (binding.ended_at === null) binding.ended_at = event.at;
  }
}

function isApproved(affiliates: readonly YearAffiliate[], id: number, at: number): boolean {
  let approved = false;
  for (const status of affiliates[id]?.statuses ?? []) if (status.since <= at) approved = status.approved;
  return approved;
}

/** Whether the customer is the affiliate, or its sponsor, who would have a share of it. */
function isOwnPurchase(
  {
    affiliates,
    customer,
    terms,
  }: { affiliates: readonly YearAffiliate[]; customer: YearCustomer; terms: ProgramTerms },
  affiliate: number,
): boolean {
  if (customer.is_affiliate === null) return false;
  if (customer.is_affiliate === affiliate) return true;
  return terms.second_tier !== null && affiliates[affiliate]?.sponsor === customer.is_affiliate;
}

/** The last click that counts; where there is none, whether that is only because of affiliates who were not approved then. */
function lastClick(given: {
  affiliates: readonly YearAffiliate[];
  customer: YearCustomer;
  events: readonly YearEvent[];
  event: YearEvent;
  terms: ProgramTerms;
  signed_up_at: number | null;
}): { affiliate: number | null; only_unapproved: boolean } {
  const { affiliates, events, event, terms, signed_up_at } = given;
  let last: { affiliate: number; at: number } | null = null;
  let own = false;
  let unapproved = false;
  for (const { click, payment } of events) {
    if (click === null) continue;
    const came_with_it = payment !== null && payment === event.payment;
    if (click.at > event.at + (came_with_it ? MINUTE : 0)) continue;
    if (terms.cookie_days !== null && event.at - click.at > terms.cookie_days * DAY) continue;
    if (terms.click_before === "signup" && signed_up_at !== null && click.at > signed_up_at) continue;
    if (isOwnPurchase(given, click.affiliate)) own = true;
    else if (!isApproved(affiliates, click.affiliate, event.at)) unapproved = true;
    else if (last === null || click.at > last.at) last = click;
  }
  return { affiliate: last?.affiliate ?? null, only_unapproved: last === null && unapproved && !own };
}

/** The refunded amount of a payment, at most the payment itself, and the time of the last refund. */
function takenBack(events: readonly YearEvent[], payment: string, amount: number): { sum: number; last: number } {
  const parts = new Map<string, { amount: number; at: number; won: boolean }>();
  for (const event of events) {
    if (event.payment !== payment || event.refund === null || event.amount === null) continue;
    const known = parts.get(event.refund);
    if (event.kind === "chargeback_won") parts.set(event.refund, { amount: 0, at: event.at, won: true });
    else if (known === undefined) parts.set(event.refund, { amount: event.amount, at: event.at, won: false });
  }
  let sum = 0;
  let last = 0;
  for (const part of parts.values()) {
    sum += part.amount;
    last = Math.max(last, part.at);
  }
  return { sum: Math.min(sum, amount), last };
}
