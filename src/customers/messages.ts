import type { AuditMessage } from "../audit/audit-message.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import {
  type AttributedSale,
  type ChangeCause,
  type Conversion,
  type ConversionRecord,
  parseRecord,
  writeRecord,
} from "./conversion.ts";
import type { TermsOf } from "./fold.ts";

/** The messages a Customer object sends downstream. */
export type DownstreamMessage =
  | { to: "reports"; record: ConversionRecord }
  | { to: "account"; sale: AttributedSale }
  | AuditMessage;

/** All messages a Customer object sends, including its history to the object it was merged into. */
export type CustomerMessage = DownstreamMessage | { to: "customer"; key: string };

/** Everything handed over in a merge, as stored. */
export interface CustomerHistory {
  /** The keys of the objects whose conversions these are, including the sender's. */
  names: string[];
  facts: string[];
  records: string[];
  terms: { version: number; terms: ProgramTerms }[];
}

/** The customer that conversions belong to. */
export interface Holder {
  program_id: number;
  customer_key: string;
  /** The opaque customer id sent to accounts. */
  customer: string;
}

/**
 * Compares refolded conversions with the stored records. Returns each changed conversion with its next revision, and
 * for each sale the account messages, starting with the affiliate who loses it. Test conversions send no account
 * messages.
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
    const rules = rulesOf(termsOf(conversion.terms_version));
    const revision = before?.revision ?? 0;
    const current = { ...conversion, program_id, customer_key, revision, rules };
    if (before !== null && (stored === JSON.stringify(current) || isSame(before, current))) continue;
    const record = { ...current, revision: revision + 1 };
    records.push(record);
    messages.push({ to: "reports", record });
    const loser = before === null ? null : earnerOf(before);
    const winner = earnerOf(record);
    const cause = before === null ? null : causeOf(before, record);
    if (before !== null && loser !== null && loser !== winner) {
      const { amount, currency, new_lead } = before;
      messages.push(
        ...messageAccount(
          { ...record, amount, currency, ...(new_lead && { new_lead }) },
          { affiliate_id: loser, credited: false, cause },
          holder,
          termsOf,
        ),
      );
    }
    if (winner !== null)
      messages.push(...messageAccount(record, { affiliate_id: winner, credited: true, cause }, holder, termsOf));
  }
  return { records, messages };
}

/** Read models come last, because their message also reports that everything was sent. */
export function accountsFirst(messages: readonly DownstreamMessage[]): DownstreamMessage[] {
  return messages.toSorted((a, b) => Number(a.to === "reports") - Number(b.to === "reports"));
}

/** A limit that terms don't have is left out, so that records of earlier releases stay equal. */
function rulesOf(terms: ProgramTerms): ConversionRecord["rules"] {
  const { cookie_days, model, binds_to, click_before, precedence, self_purchase, customers_per_click } = terms;
  const rules = { cookie_days, model, binds_to, click_before, precedence, self_purchase };
  return customers_per_click === null ? rules : { ...rules, customers_per_click };
}

/** Compares two states of a conversion. A record that an older version wrote lacks what its last reversal was. */
function isSame(before: ConversionRecord, current: ConversionRecord): boolean {
  const { reversal_type, ...rest } = current;
  return writeRecord(before) === writeRecord(before.reversal_type === undefined ? rest : current);
}

/**
 * The affiliate whose account a conversion is entered in. Null for test conversions, for trials that aren't sales, and for
 * leads unless the terms pay for them.
 */
function earnerOf({ credit, test, type, amount, currency, payment_number, new_lead }: ConversionRecord): number | null {
  const isSale = type === "sale" || (type === "trial" && payment_number !== null);
  const isEarning = new_lead === true || (isSale && amount !== null && currency !== null);
  return test || !isEarning ? null : (credit.touch?.affiliate_id ?? null);
}

/** Why a conversion's new state differs from the one before it. */
function causeOf(before: ConversionRecord, record: ConversionRecord): ChangeCause {
  if (earnerOf(before) !== earnerOf(record)) {
    const { ruling } = record.credit;
    if (ruling?.ruled_at === before.credit.ruling?.ruled_at) return "late_event";
    return ruling?.decided === undefined && !ruling?.is_entry ? "dispute" : "manual_credit";
  }
  if (before.refunded !== record.refunded) return record.reversal_type ?? "refund";
  return record.commissionable === false && before.commissionable !== false ? "no_commission" : "late_event";
}

function messageAccount(
  record: ConversionRecord,
  { affiliate_id, credited, cause }: Pick<AttributedSale, "affiliate_id" | "credited" | "cause">,
  { customer }: Holder,
  termsOf: TermsOf,
): DownstreamMessage[] {
  const { payment_number, new_lead } = record;
  const { amount, currency } = new_lead === true ? { amount: 0, currency: "" } : record;
  if (amount === null || currency === null) return [];
  const sale: AttributedSale = {
    program_id: record.program_id,
    affiliate_id,
    conversion: record.id,
    revision: record.revision,
    credited,
    ...(new_lead === true && { event: "lead" }),
    amount,
    refunded: record.refunded,
    currency,
    occurred_at: record.occurred_at,
    ...(record.settled_at !== undefined && { settled_at: record.settled_at }),
    ...(record.commissionable === false && { commissionable: false }),
    changed_at: Math.max(record.occurred_at, record.refunded_at ?? 0, record.credit.ruling?.ruled_at ?? 0),
    cause,
    customer,
    subscription: record.subscription,
    product: record.product,
    interval: record.interval,
    ...(record.interval_count !== undefined && { interval_count: record.interval_count }),
    country: record.country,
    platform: record.platform,
    payment_number: payment_number ?? 0,
    first_paid_at: record.first_paid_at ?? record.occurred_at,
    ...(record.qualified_in && { qualified_in: record.qualified_in }),
    own_purchase: record.credit.considered.some(({ outcome, own_by }) => outcome === "chosen" && own_by !== undefined),
    terms_version: record.terms_version,
    terms: termsOf(record.terms_version),
  };
  return [{ to: "account", sale }];
}
