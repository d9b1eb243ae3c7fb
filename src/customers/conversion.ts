import { writeCanonicalJson } from "../lib/canonical-json.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { Credit } from "./credit.ts";
import { completeTouch, type TokenFault } from "./fact.ts";

/**
 * What reverses a sale, or restores one. `unpaid`: its payment failed or was canceled after it had been paid. `paid_again`: such
 * a payment was made after all.
 */
export type ReversalType = "refund" | "refund_failed" | "unpaid" | "paid_again" | "chargeback" | "chargeback_won";

/**
 * What changed a sale that had been sent to an account: a reversal, the merchant's decision in a dispute, about the credit, or to
 * pay no commission, or an event that arrived after later ones.
 */
export type ChangeCause = ReversalType | "dispute" | "manual_credit" | "no_commission" | "late_event";

/** A lead, trial or payment, derived from a customer's facts. Amounts in minor units, times in ms. */
export interface Conversion {
  id: string;
  type: "lead" | "trial" | "sale";
  /** `waiting`: only a refund has arrived so far. */
  status: "recorded" | "refunded" | "waiting";
  occurred_at: number;
  amount: number | null;
  /** The total the customer paid, including tax and shipping; null if equal to the amount or unknown. */
  gross: number | null;
  currency: string | null;
  /** The amount reversed so far by refunds and chargebacks, at most `amount`. */
  refunded: number;
  /** When the last reversal happened. */
  refunded_at: number | null;
  /** What the last reversal was. Missing without one, and in records that older versions wrote. */
  reversal_type?: ReversalType;
  /** When the merchant received the money, in ms. Missing where that isn't known. */
  settled_at?: number;
  /** False where the merchant pays no commission on it. */
  commissionable?: false;
  payment: string | null;
  product: string | null;
  subscription: string | null;
  /** The subscription's billing interval, `once` outside any subscription, or null if unknown. */
  interval: string | null;
  /** How many intervals lie between two payments; left out for 1. */
  interval_count?: number;
  /** ISO 3166-1 alpha-2 country, and the merchant's own name for its platform, as sent with the checkout. */
  country: string | null;
  platform: string | null;
  /**
   * For payments above zero: the payment's number within its subscription, or among the customer's other purchases,
   * from 1.
   */
  payment_number: number | null;
  /** When the first payment of that series happened, in ms. */
  first_paid_at: number | null;
  /** Of a lead before which nothing is known of the customer; only with terms that pay for leads. */
  new_lead?: true;
  /** See `MatchedSale`; only with terms that pay for the first qualifying payment. */
  qualified_in?: readonly string[];
  credit: Credit;
  token_fault: TokenFault | null;
  terms_version: number;
  /** From the provider's test mode: shown separately, never counted or paid. */
  test: boolean;
  /** Notes for readers: a refund in another currency, larger than the sale, or converted. */
  notes: string[];
}

/** A conversion as projected. The highest revision wins. */
export interface ConversionRecord extends Conversion {
  program_id: number;
  /** The key of the Customer object that holds it. Never shown. */
  customer_key: string;
  revision: number;
  rules: Pick<ProgramTerms, "cookie_days" | "model" | "binds_to"> &
    Partial<Pick<ProgramTerms, "click_before" | "precedence" | "self_purchase" | "customers_per_click">>;
}

/** Parses a stored record. Fields that older versions didn't write are set to unknown. */
export function parseRecord(json: string): ConversionRecord {
  const record: ConversionRecord = {
    gross: null,
    test: false,
    customer_key: "",
    interval: null,
    country: null,
    platform: null,
    payment_number: null,
    first_paid_at: null,
    ...JSON.parse(json),
  };
  return { ...record, credit: completeCredit(record.credit) };
}

/** Serializes a record with its keys in a fixed order, so that equal records give equal text. */
export function writeRecord(record: ConversionRecord): string {
  return writeCanonicalJson(record);
}

function completeCredit(credit: Credit): Credit {
  const { touch, binding, unlisted = 0, ruling = null } = credit;
  return {
    ...credit,
    unlisted,
    ruling,
    touch: touch && completeTouch(touch),
    considered: credit.considered.map((considered) => ({ ...considered, ...completeTouch(considered) })),
    binding: binding && { ...binding, touch: binding.touch && completeTouch(binding.touch) },
  };
}

/**
 * A message about a sale to an affiliate's account, with the complete state its entries must add up to. Repeated or
 * late messages change nothing. If `credited` is false, everything from earlier revisions is reversed for this
 * affiliate.
 */
export interface AttributedSale {
  program_id: number;
  affiliate_id: number;
  conversion: string;
  revision: number;
  credited: boolean;
  /** For a lead, which has no amount and no currency. Left out for payments. */
  event?: "lead";
  amount: number;
  refunded: number;
  currency: string;
  occurred_at: number;
  /** See {@link Conversion}; also for the next field. */
  settled_at?: number;
  commissionable?: false;
  /** When the change happened: the time of the sale or of its last refund. */
  changed_at: number;
  /** What this state changed; null for the first one. */
  cause: ChangeCause | null;
  /** An opaque id of the customer, the same in all of their sales. */
  customer: string;
  subscription: string | null;
  product: string | null;
  /** See {@link Conversion}; also for the fields below. */
  interval: string | null;
  interval_count?: number;
  country: string | null;
  platform: string | null;
  /** 0 for a zero payment. */
  payment_number: number;
  first_paid_at: number;
  qualified_in?: readonly string[];
  /** An own purchase that is credited all the same; it earns no second-tier commission. */
  own_purchase: boolean;
  terms_version: number;
  terms: ProgramTerms;
}
