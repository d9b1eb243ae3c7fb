import type { AttributedSale, Conversion, ConversionRecord } from "./conversion.ts";
import type { TermsOf } from "./fold.ts";

/** What a Customer object sends on. */
export type CustomerMessage = { to: "reports"; record: ConversionRecord } | { to: "account"; sale: AttributedSale };

/**
 * What a new fold changed against the records stored: each changed conversion under its next revision, and for each sale
 * what the accounts concerned must be told, the one that loses it first. Of test mode no account hears.
 */
export function listChanges(
  { program_id, customer }: Pick<AttributedSale, "program_id" | "customer">,
  stored: ReadonlyMap<string, ConversionRecord>,
  folded: ReadonlyMap<string, Conversion>,
  termsOf: TermsOf,
): { records: ConversionRecord[]; messages: CustomerMessage[] } {
  const records: ConversionRecord[] = [];
  const messages: CustomerMessage[] = [];
  for (const conversion of folded.values()) {
    const before = stored.get(conversion.id);
    const { cookie_days, model, binds_to } = termsOf(conversion.terms_version);
    const revision = before?.revision ?? 0;
    const unchanged = { ...conversion, program_id, revision, rules: { cookie_days, model, binds_to } };
    if (before !== undefined && toComparable(before) === toComparable(unchanged)) continue;
    const record = { ...unchanged, revision: revision + 1 };
    records.push(record);
    messages.push({ to: "reports", record });
    const loser = before?.credit.touch?.affiliate_id ?? null;
    const winner = record.credit.touch?.affiliate_id ?? null;
    if (loser !== null && loser !== winner)
      messages.push(...tellAccount(record, { affiliate_id: loser, credited: false, customer }, termsOf));
    if (winner !== null)
      messages.push(...tellAccount(record, { affiliate_id: winner, credited: true, customer }, termsOf));
  }
  return { records, messages };
}

/** As text, with keys in one order: a stored record may have them in another version's. */
function toComparable(record: ConversionRecord): string {
  return JSON.stringify(record, (_, value) =>
    value !== null && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

function tellAccount(
  record: ConversionRecord,
  told: Pick<AttributedSale, "affiliate_id" | "credited" | "customer">,
  termsOf: TermsOf,
): CustomerMessage[] {
  const { amount, currency } = record;
  if (record.test || record.type !== "sale" || amount === null || currency === null) return [];
  const sale: AttributedSale = {
    program_id: record.program_id,
    ...told,
    conversion: record.id,
    revision: record.revision,
    amount,
    refunded: record.refunded,
    currency,
    occurred_at: record.occurred_at,
    changed_at: record.refunded_at ?? record.occurred_at,
    subscription: record.subscription,
    product: record.product,
    interval: record.interval,
    country: record.country,
    platform: record.platform,
    payment_number: record.payment_number ?? 0,
    first_paid_at: record.first_paid_at ?? record.occurred_at,
    terms_version: record.terms_version,
    terms: termsOf(record.terms_version),
  };
  return [{ to: "account", sale }];
}
