/** What a decision about the credit would change, in sentences. */
import { capitalize } from "../../lib/messages/en/english.ts";
import type { ConversionDetails, CreditEffect } from "./views.ts";

/** What is asked for: whom to credit, null for nobody, and for what. */
export interface Asked {
  affiliate: string | null;
  scope: "conversion" | "future" | "all";
}

type Amount = NonNullable<CreditEffect["amounts"]>[number];
type FormatMoney = (amount: number, currency: string) => string;

/** The sentences, the money first. */
export function describeEffect(
  effect: CreditEffect,
  asked: Asked,
  conversion: Pick<ConversionDetails, "type" | "attributed_to" | "test">,
  formatMoney: FormatMoney,
): string[] {
  return [
    ...describeAmounts(effect, conversion.test, formatMoney),
    ...describeMoves(effect, asked, conversion),
    ...describeLater(asked),
  ];
}

/** What is reversed and credited, in one sentence. */
export function describeAmounts(
  { amounts, moved }: Pick<CreditEffect, "amounts" | "moved">,
  isTest: boolean,
  formatMoney: FormatMoney,
): string[] {
  if (amounts === null) {
    return ["Too many conversions move to calculate the amounts here. They are reversed and credited to the cent."];
  }
  const parts = [
    ...amounts.flatMap((amount) => (amount.reversed > 0 ? [describeReversed(amount, formatMoney)] : [])),
    ...amounts.flatMap((amount) => (amount.credited > 0 ? [describeCredited(amount, formatMoney)] : [])),
  ];
  if (parts.length > 0) return [`${capitalize(parts.join(", "))}.`];
  if (isTest) return ["No money moves: the conversion is from test mode."];
  const isMoving = moved.this || moved.earlier + moved.later > 0;
  return [isMoving ? "No money moves: what moves earns nothing." : "No money moves now."];
}

const KINDS: Record<Amount["kind"], string> = {
  commission: "",
  override: " of second-tier commission",
  bonus: " of bonuses",
};

function describeReversed({ affiliate, kind, currency, reversed }: Amount, formatMoney: FormatMoney): string {
  const of = kind === "commission" ? ` of ${affiliate}` : `${KINDS[kind]} from ${affiliate}`;
  return `reverses ${formatMoney(reversed, currency)}${of}`;
}

function describeCredited({ affiliate, kind, currency, credited }: Amount, formatMoney: FormatMoney): string {
  return `credits ${formatMoney(credited, currency)}${KINDS[kind]} to ${affiliate}`;
}

function describeMoves(
  { moved, changed }: CreditEffect,
  { affiliate }: Asked,
  { type, attributed_to }: Pick<ConversionDetails, "type" | "attributed_to">,
): string[] {
  const { this: isMoving, earlier, later } = moved;
  const to = affiliate ?? "nobody";
  if (!isMoving && earlier + later === 0) {
    return [
      changed === 0 ? "No conversion moves now." : `It stays with ${attributed_to ?? "nobody"}, for your reason.`,
    ];
  }
  const own = isMoving ? [`This ${type} moves from ${attributed_to ?? "nobody"} to ${to}.`] : [];
  const follow = [
    ...(later > 0 ? [`${countOf(later, "later conversion")} of the customer`] : []),
    ...(earlier > 0
      ? [later > 0 ? countOf(earlier, "earlier one") : `${countOf(earlier, "earlier conversion")} of the customer`]
      : []),
  ].join(" and ");
  if (follow === "") return own;
  const verb = later + earlier === 1 ? "follows" : "follow";
  return isMoving ? [...own, `${follow} ${verb}.`] : [`${follow} ${later + earlier === 1 ? "goes" : "go"} to ${to}.`];
}

function describeLater({ affiliate, scope }: Asked): string[] {
  if (scope === "conversion") return [];
  return [
    `Payments of the customer that are still to come go to ${affiliate ?? "nobody"} too, as far as the terms bind them.`,
  ];
}

function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** The sentences about a sale that is entered by hand for an affiliate. */
export function describeNewSale(effect: CreditEffect, affiliate: string, formatMoney: FormatMoney): string[] {
  const { amounts, moved } = effect;
  const others = moved.earlier + moved.later;
  return [
    ...(amounts === null
      ? [
          "The amounts can't be calculated here: the sale shows that two customers are the same one, or many others move.",
        ]
      : amounts.length === 0
        ? ["It earns no commission by the terms."]
        : describeAmounts(effect, false, formatMoney)),
    ...(moved.this ? [] : [`It isn't credited: ${affiliate} wasn't approved at the time.`]),
    ...(others === 0
      ? []
      : [`${countOf(others, "other conversion")} of the customer ${others === 1 ? "moves" : "move"} too.`]),
  ];
}
