/** Ledger entries: how each amount was calculated. */
import { capitalize, customers, quote } from "./english.ts";

/** What an entry was calculated by; null for what isn't recorded. `rule` counts from 1. */
interface Basis {
  rule: number | null;
  version: number | null;
  /** For a rule of the affiliate's own rates: since when these apply, and which reader it is for. */
  own: { from: string; reader: keyof typeof OWN_RATES } | null;
  tier: string | null;
  /** The day on which the sale was recorded. */
  tier_at: string | null;
}

const describeBasis = ({ rule, version, own, tier, tier_at }: Basis) =>
  [
    rule === null ? "" : ` by rule ${rule}`,
    own !== null
      ? ` of ${OWN_RATES[own.reader]} from ${own.from}`
      : version === null
        ? ""
        : `${rule === null ? " under" : " of"} terms version ${version}`,
    tier === null ? "" : ` (${quote(tier)} when this sale was recorded${tier_at === null ? "" : ` on ${tier_at}`})`,
  ].join("");

export const entries = {
  none: "no commission",
  flat: (amount: string) => `a flat ${amount}`,
  share: (rate: string, base: string) => `${rate} of ${base}`,
  capped: (share: string, cap: string) => `${share}, capped at ${cap},`,
  /** A commission, without its period. `rule_text` is the rule in words. */
  commission: (reward: string, basis: Basis, rule_text: string | null) =>
    `${reward}${describeBasis(basis)}${rule_text === null ? "" : `: ${rule_text}`}`,
  /** A second-tier commission, without its period, for the sponsor who earned it or for anyone else. */
  override: (reward: string, seller: string | null, reader: keyof typeof REFERRED, version: number | null) =>
    `${reward} for a sale by ${seller ?? "an affiliate"}, ${REFERRED[reader]}${version === null ? "" : `, under terms version ${version}`}`,
  sentence: (text: string) => `${capitalize(text)}.`,
  reversed: (amount: string, what: keyof typeof REVERSED) => `${amount} of the ${REVERSED[what]} reversed.`,
  restored: (amount: string, what: keyof typeof REVERSED) => `${amount} of the ${REVERSED[what]} restored.`,
  original: (text: string) => `The commission was ${text}.`,
  recalculated: (text: string) => `It is now ${text}.`,
  /** Why a commission was corrected. Stored with the entry and covered by its hash: never change one. */
  causes: {
    refund: "Refund.",
    refund_failed: "The refund failed or was canceled.",
    unpaid: "The payment failed or was canceled.",
    paid_again: "The payment was made after all.",
    chargeback: "Chargeback.",
    chargeback_won: "Chargeback won.",
    dispute: "Dispute decided.",
    manual_credit: "The merchant changed who is credited.",
    no_commission: "The merchant pays no commission on this sale.",
    late_event: "Recalculated because an event arrived late.",
    uncredited: "No longer credited because an event arrived late.",
  },
  customers_reached: (count: number) => `${customers(count)} reached.`,
  commission_reached: (amount: string) => `${amount} of commission reached.`,
  customers_lost: (count: number) => `The goal of ${customers(count)} is no longer reached.`,
  commission_lost: (amount: string) => `The goal of ${amount} of commission is no longer reached.`,
  version: (version: number) => `Terms version ${version}.`,
  adjustment: (reason: string) => `Adjusted by the merchant: ${reason}`,
};

const OWN_RATES = { affiliate: "your own rates", other: "the affiliate’s own rates" };
const REFERRED = { affiliate: "whom you referred", other: "whom this affiliate referred" };
const REVERSED = { commission: "commission", override: "second-tier commission", bonus: "bonus" };
