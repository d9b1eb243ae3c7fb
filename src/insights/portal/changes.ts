/** What has happened since the last visit, in words. */

import { nameKind } from "../../commissions/ledger.ts";
import type { Changes } from "../change-queries.ts";

/** How counts and amounts are written. */
interface Writes {
  count: (count: number) => string;
  money: (amount: number, currency: string) => string;
}

const NOUNS: Record<string, string> = { override: "second-tier commission" };

/** Each piece of news, `3 new clicks`, `2 commissions: $79.20`; none where there is none. */
export function listChanges(changes: Changes, { count, money }: Writes): string[] {
  const say = (n: number, noun: string) => `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
  const counted = [
    [changes.clicks, "new click"],
    [changes.leads, "new lead"],
    [changes.trials, "new trial"],
  ] as const;
  return [
    ...counted.filter(([n]) => n > 0).map(([n, noun]) => say(n, noun)),
    ...changes.posted.map(
      ({ kind, currency, entries, amount }) =>
        `${say(entries, NOUNS[kind] ?? nameKind(kind).toLowerCase())}: ${money(amount, currency)}`,
    ),
    ...changes.cleared.map(({ currency, amount }) => `${money(amount, currency)} out of its hold`),
  ];
}
