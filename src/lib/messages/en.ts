/** The English catalog, one file per section. Amounts, rates and dates arrive formatted. */
import { credit } from "./en/credit.ts";
import { durations } from "./en/durations.ts";
import { emails } from "./en/emails.ts";
import { english, ordinal } from "./en/english.ts";
import { entries } from "./en/entries.ts";
import { joining } from "./en/joining.ts";
import { payouts } from "./en/payouts.ts";
import { portal } from "./en/portal.ts";
import { terms } from "./en/terms.ts";
import { terms_faults } from "./en/terms-faults.ts";

export const en = {
  locale: english.locale,
  ordinal,
  ...{ terms, terms_faults, entries, credit, payouts, emails, durations, portal, joining },
};
