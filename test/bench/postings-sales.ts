/** Sales as accounts are told of them: of an affiliate who sells some each day, two for each of its customers. */
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { builderall } from "../../src/programs/presets/builderall.ts";
import { clickfunnels } from "../../src/programs/presets/clickfunnels.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";

/** By what terms they are posted: no tiers, tiers by a year that wait for the hold, tiers once reached with bonuses by commission, bonuses by customers. */
export const TERMS = { plain: kartraClassic, tiers: kartra, kept: { ...clickfunnels }, customers: builderall };

export type TermsName = keyof typeof TERMS;

const FIRST = Date.UTC(2026, 0, 1);
/** Between two sales. */
const STEP_MS = 3_600_000;

/** The sale at a place among an affiliate's, from 0. */
export function makeSale(
  account: { program_id: number; affiliate_id: number },
  number: number,
  terms: TermsName,
): AttributedSale {
  const occurred_at = FIRST + number * STEP_MS;
  return {
    ...account,
    conversion: `cv_${account.affiliate_id}_${number}`,
    revision: 1,
    credited: true,
    // Small, so that no account comes to the highest level and is spared the rest.
    amount: terms === "kept" ? 100 : 9_900,
    refunded: 0,
    currency: "USD",
    occurred_at,
    changed_at: occurred_at,
    customer: `c${Math.floor(number / 2)}`,
    subscription: `s${Math.floor(number / 2)}`,
    product: null,
    interval: "month",
    country: null,
    platform: null,
    payment_number: 1 + (number % 2),
    first_paid_at: occurred_at - (number % 2) * STEP_MS,
    terms_version: 1,
    terms: TERMS[terms],
  };
}
