/** Sales of an affiliate, one per hour, two for each customer, as messages to its Account object. */
import type { AttributedSale } from "../../src/customers/conversion.ts";
import { builderall } from "../../src/programs/presets/builderall.ts";
import { clickfunnels } from "../../src/programs/presets/clickfunnels.ts";
import { kartra } from "../../src/programs/presets/kartra.ts";
import { kartraClassic } from "../../src/programs/presets/kartra-classic.ts";

/** The terms that are measured: no tiers; tiers by year after the hold period; permanent tiers with bonuses by commission; bonuses by customers. */
export const TERMS = { plain: kartraClassic, tiers: kartra, kept: { ...clickfunnels }, customers: builderall };

export type TermsName = keyof typeof TERMS;

const FIRST = Date.UTC(2026, 0, 1);
/** The time between two sales. */
const STEP_MS = 3_600_000;

/** Creates an affiliate's sale number `number`, from 0. */
export function createSale(
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
    // Small, so that no account reaches the highest level, after which less is read.
    amount: terms === "kept" ? 100 : 9_900,
    refunded: 0,
    currency: "USD",
    occurred_at,
    changed_at: occurred_at,
    cause: null,
    customer: `c${Math.floor(number / 2)}`,
    subscription: `s${Math.floor(number / 2)}`,
    product: null,
    interval: "month",
    country: null,
    platform: null,
    payment_number: 1 + (number % 2),
    first_paid_at: occurred_at - (number % 2) * STEP_MS,
    own_purchase: false,
    terms_version: 1,
    terms: TERMS[terms],
  };
}
