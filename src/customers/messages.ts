import type { ProgramTerms } from "../programs/terms.ts";
import { type AttributedSale, type Conversion, type ConversionRecord, parseRecord, writeRecord } from "./conversion.ts";
import type { TermsOf } from "./fold.ts";

/** What a Customer object sends downstream. */
export type DownstreamMessage = { to: "reports"; record: ConversionRecord } | { to: "account"; sale: AttributedSale };

/** What it sends on: its whole history too, to the object that its customer turned out to be. */
export type CustomerMessage = DownstreamMessage | { to: "customer"; key: string };

/** All that an object hands over to the one that its customer turned out to be, as it was stored. */
export interface CustomerHistory {
  /** The objects' names whose conversions these are, the sender's own among them. */
  names: string[];
  facts: string[];
  records: string[];
  terms: { version: number; terms: ProgramTerms }[];
}

/** Whose conversions they are. */
export interface Holder {
  program_id: number;
  customer_key: string;
  /** Stands for the customer in what accounts are told. */
  customer: string;
}

/**
 * What a new fold changed against the records stored: each changed conversion under its next revision, and for each sale
 * what the accounts concerned must be told, the one that loses it first. Of test mode no account hears.
 */
export function listChanges(
  holder: Holder,
  storedOf: (id: string) => string | null,
  folded: Iterable<Conversion>,
  termsOf: TermsOf,
): { records: ConversionRecord[]; messages: DownstreamMessage[] } {
  const records: ConversionRecord[] = [];
  const messages: DownstreamMessage[] = [];
  for (const conversion of folded) {
    const stored = storedOf(conversion.id);
    const before = stored === null ? null : parseRecord(stored);
    const { program_id, customer_key } = holder;
    const { cookie_days, model, binds_to, click_before, precedence, self_purchase } = termsOf(conversion.terms_version);
    const rules = { cookie_days, model, binds_to, click_before, precedence, self_purchase };
    const revision = before?.revision ?? 0;
    const unchanged = { ...conversion, program_id, customer_key, revision, rules };
    if (before !== null && (stored === JSON.stringify(unchanged) || writeRecord(before) === writeRecord(unchanged)))
      continue;
    const record = { ...unchanged, revision: revision + 1 };
    records.push(record);
    messages.push({ to: "reports", record });
    const loser = before === null ? null : earnerOf(before);
    const winner = earnerOf(record);
    if (before !== null && loser !== null && loser !== winner) {
      const { amount, currency } = before;
      messages.push(...tellAccount({ ...record, amount, currency }, loser, false, holder, termsOf));
    }
    if (winner !== null) messages.push(...tellAccount(record, winner, true, holder, termsOf));
  }
  return { records, messages };
}

/** Whose account a conversion is entered in: a payment's; of test mode, a lead or a trial that is no sale nobody's. */
function earnerOf({ credit, test, type, amount, currency, payment_number }: ConversionRecord): number | null {
  const isEarning = type === "sale" || (type === "trial" && payment_number !== null);
  return test || !isEarning || amount === null || currency === null ? null : (credit.touch?.affiliate_id ?? null);
}

function tellAccount(
  record: ConversionRecord,
  affiliate_id: number,
  credited: boolean,
  { customer }: Holder,
  termsOf: TermsOf,
): DownstreamMessage[] {
  const { amount, currency, payment_number } = record;
  if (amount === null || currency === null) return [];
  const sale: AttributedSale = {
    program_id: record.program_id,
    affiliate_id,
    conversion: record.id,
    revision: record.revision,
    credited,
    amount,
    refunded: record.refunded,
    currency,
    occurred_at: record.occurred_at,
    changed_at: Math.max(record.occurred_at, record.refunded_at ?? 0, record.credit.ruling?.ruled_at ?? 0),
    customer,
    subscription: record.subscription,
    product: record.product,
    interval: record.interval,
    country: record.country,
    platform: record.platform,
    payment_number: payment_number ?? 0,
    first_paid_at: record.first_paid_at ?? record.occurred_at,
    terms_version: record.terms_version,
    terms: termsOf(record.terms_version),
  };
  return [{ to: "account", sale }];
}
