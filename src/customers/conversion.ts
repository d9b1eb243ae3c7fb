import { writeCanonicalJson } from "../lib/canonical-json.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { Credit } from "./credit.ts";
import { completeTouch, type TokenFault } from "./fact.ts";

/** What a customer's facts make of one lead, trial or payment. Amounts in minor units, times in ms. */
export interface Conversion {
  id: string;
  type: "lead" | "trial" | "sale";
  /** `waiting`: only its refund has arrived yet. */
  status: "recorded" | "refunded" | "waiting";
  occurred_at: number;
  amount: number | null;
  /** All that the customer paid, tax and shipping included; null where it is the same as the amount or not known. */
  gross: number | null;
  currency: string | null;
  /** Taken back so far by refunds and chargebacks, never more than the amount. */
  refunded: number;
  /** When the last of it was reversed. */
  refunded_at: number | null;
  payment: string | null;
  product: string | null;
  subscription: string | null;
  /** How often the subscription is paid, `once` outside of any; null where that is not known. */
  interval: string | null;
  /** ISO 3166-1 alpha-2, and whatever the merchant calls its platforms, as the checkout told them. */
  country: string | null;
  platform: string | null;
  /** Of a payment of more than nothing: which one of its subscription it is (outside of one, of the customer's), from 1. */
  payment_number: number | null;
  /** When the first of these was made, ms. */
  first_paid_at: number | null;
  credit: Credit;
  token_fault: TokenFault | null;
  terms_version: number;
  /** From the provider's test mode: shown apart, counted nowhere, never paid. */
  test: boolean;
  /** What a reader must know besides, in words: a refund in another currency, one larger than the sale, one converted. */
  notes: string[];
}

/** A conversion as it is projected: the highest revision is the truth. */
export interface ConversionRecord extends Conversion {
  program_id: number;
  /** Names the Customer object that holds it: never shown. */
  customer_key: string;
  revision: number;
  rules: Pick<ProgramTerms, "cookie_days" | "model" | "binds_to"> &
    Partial<Pick<ProgramTerms, "click_before" | "precedence" | "self_purchase">>;
}

/** Reads a record as it was stored; what an older version did not write is not known. */
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

/** A record as text with its keys in one order, whichever version has stored it: equal records are equal texts. */
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
 * What an Account is told of a sale: the whole state that its entries must come to. Told again, or late, it changes
 * nothing; `credited` false reverses all that an earlier revision gave this affiliate.
 */
export interface AttributedSale {
  program_id: number;
  affiliate_id: number;
  conversion: string;
  revision: number;
  credited: boolean;
  amount: number;
  refunded: number;
  currency: string;
  occurred_at: number;
  /** When what this revision tells happened: the sale's time, or its last refund's. */
  changed_at: number;
  /** Stands for the customer: the same in all of its sales, and tells nothing of it. */
  customer: string;
  subscription: string | null;
  product: string | null;
  /** See {@link Conversion}, as for the following. */
  interval: string | null;
  country: string | null;
  platform: string | null;
  /** 0 for a payment of nothing. */
  payment_number: number;
  first_paid_at: number;
  terms_version: number;
  terms: ProgramTerms;
}
