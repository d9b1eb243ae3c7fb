/** The English catalog, one file per section. Amounts, rates and dates arrive formatted. */
import { english } from "./en/english.ts";
import { payouts } from "./en/payouts.ts";
import { portal } from "./en/portal.ts";

export const en = { locale: english.locale, payouts, portal };
