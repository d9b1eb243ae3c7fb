/** What happened to a conversion, as the merchant sees it: the touch, the sale, decisions, and the entries of every affiliate. */
import { nameKind } from "../../commissions/ledger.ts";
import { formatMoney } from "../../lib/format-money.ts";
import { capitalize } from "../../lib/messages/en/english.ts";
import { nameType } from "../../portal/layout/words.ts";
import type { Step } from "../portal/timeline.ts";
import { nameTouch } from "../portal/touches.ts";
import type { ConversionDetails } from "./views.ts";

/** All steps in order, upcoming ones last. `now` in ms. */
export function listSteps(conversion: ConversionDetails, now: number): Step[] {
  const { entries, explanation, decisions, type, amount, currency, occurred_at, settled_at } = conversion;
  const { entered } = explanation;
  const steps: Omit<Step, "is_upcoming">[] = [
    ...explanation.touches
      .filter(({ outcome, source }) => outcome === "chosen" && source !== "dispute" && source !== "manual")
      .map((touch) => step(touch.clicked_at, capitalize(nameTouch(touch)), `Of ${touch.affiliate}`)),
    step(occurred_at, nameType(type), amount === null || currency === null ? null : formatMoney(amount, currency)),
    ...(entered === null ? [] : [step(entered.entered_at, `Entered by hand for ${entered.affiliate}`, entered.reason)]),
    ...(settled_at === null ? [] : [step(settled_at, "Money received", null)]),
    ...decisions.map(({ decided_at, affiliate, scope, reason }) =>
      step(decided_at, `${scope === null ? "Dispute" : "Credit"} decided for ${affiliate ?? "nobody"}`, reason),
    ),
    ...entries.map((entry) => ({
      ...step(entry.occurred_at, `${nameKind(entry.kind)}: ${entry.affiliate}`, entry.reason ?? entry.explanation),
      change: { amount: entry.amount, currency: entry.currency },
    })),
    ...holdSteps(entries, now),
  ];
  return steps
    .map((each) => ({ ...each, is_upcoming: each.at > now }))
    .sort((a, b) => Number(a.is_upcoming) - Number(b.is_upcoming) || a.at - b.at);
}

function step(at: string, name: string, detail: string | null): Omit<Step, "is_upcoming"> {
  return { at: Date.parse(at), name, detail, change: null };
}

/** When what is left of each affiliate's commission becomes due, if that is still to come. */
function holdSteps(entries: ConversionDetails["entries"], now: number): Omit<Step, "is_upcoming">[] {
  const byAccount = Map.groupBy(entries, ({ affiliate, currency }) => `${affiliate} ${currency}`);
  return [...byAccount.values()].flatMap((own) => {
    const [first] = own;
    const left = own.reduce((sum, { amount }) => sum + amount, 0);
    const at = Math.max(...own.map(({ clears_at }) => Date.parse(clears_at)));
    if (first === undefined || left === 0 || at <= now) return [];
    return [
      {
        at,
        name: "Hold period ends",
        detail: `${formatMoney(left, first.currency)} becomes due to ${first.affiliate}`,
        change: null,
      },
    ];
  });
}
