/** What has changed since the last visit, in words. */
import { messages } from "../../lib/messages/messages.ts";
import type { Changes } from "../change-queries.ts";

const words = messages.portal.insights.changes;

/** One text per change: `3 new clicks`, `2 commissions: $79.20`. Empty if there are none. */
export function listChanges(
  { clicks, leads, trials, posted, cleared }: Changes,
  formatMoney: (amount: number, currency: string) => string,
): string[] {
  return [
    ...(clicks > 0 ? [words.clicks(clicks)] : []),
    ...(leads > 0 ? [words.leads(leads)] : []),
    ...(trials > 0 ? [words.trials(trials)] : []),
    ...posted.map(({ kind, currency, entries, amount }) => words.entries(kind, entries, formatMoney(amount, currency))),
    ...cleared.map(({ currency, amount }) => words.became_due(formatMoney(amount, currency))),
  ];
}
