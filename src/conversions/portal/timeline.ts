/** What happened to a conversion and its commission, step by step: the click, the sale, refunds, corrections, the hold. */

import type { EntryRow } from "../../commissions/entry-queries.ts";
import type { ConversionRecord } from "../../customers/conversion.ts";
import { formatDuration } from "../../lib/format-duration.ts";
import { formatMoney } from "../../lib/format-money.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { nameStatementStatus, sayStatement } from "../../payouts/portal/words.ts";
import type { Statement } from "../../payouts/statements/statement.ts";
import { nameType } from "../../portal/layout/words.ts";
import { nameTouch } from "./touches.ts";

/** One step; `at` in milliseconds since the epoch. */
export interface Step {
  at: number;
  name: string;
  detail: string | null;
  /** What it changed of the commission, minor units; null for nothing. */
  change: { amount: number; currency: string } | null;
  /** The number of the statement that tells more of it. */
  statement?: number;
  /** Whether it is still to come. */
  is_ahead: boolean;
}

type Told = Pick<EntryRow, "kind" | "amount" | "currency" | "occurred_at" | "clears_at" | "corrects" | "number">;

/**
 * The steps in their order, those still to come last. The entries are the affiliate's own of this conversion, the statements
 * those that tell what became of them.
 */
export function tellTimeline(
  record: ConversionRecord,
  entries: readonly Told[],
  statements: readonly Statement[],
  now: number,
): Step[] {
  const steps = [
    ...tellTouch(record),
    { at: record.occurred_at, name: nameType(record.type), detail: sayWorth(record), change: null },
    ...tellRuling(record),
    ...[...entries].sort((a, b) => a.number - b.number).map((entry) => tellEntry(entry, record)),
    ...tellHold(entries, now),
    ...statements.map(tellStatement),
  ];
  return steps
    .map((step) => ({ ...step, is_ahead: step.at > now }))
    .sort((a, b) => Number(a.is_ahead) - Number(b.is_ahead) || a.at - b.at);
}

type Happened = Omit<Step, "is_ahead">;

function tellTouch({ credit: { touch } }: ConversionRecord): Happened[] {
  if (touch === null || touch.source === "dispute") return [];
  const names = { click: "Clicked", coupon: "Coupon used", referral: "Referral told by the merchant" };
  const name = names[touch.source];
  return [{ at: touch.clicked_at, name, detail: touch.source === "referral" ? null : nameTouch(touch), change: null }];
}

function sayWorth({ amount, currency }: ConversionRecord): string | null {
  return amount === null || currency === null ? null : formatMoney(amount, currency);
}

/** That there was a dispute, with its reason, which is written for both sides to read. */
function tellRuling({ credit: { ruling } }: ConversionRecord): Happened[] {
  if (ruling === null) return [];
  return [{ at: ruling.ruled_at, name: "Dispute decided by the merchant", detail: ruling.reason, change: null }];
}

function tellEntry(entry: Told, record: ConversionRecord): Happened {
  const { kind, amount, currency, occurred_at: at, clears_at } = entry;
  const change = { amount, currency };
  if (kind !== "reversal") {
    const days = Math.round((clears_at - at) / MS_PER_DAY);
    const held = days > 0 ? `Held for ${days} day${days === 1 ? "" : "s"}, in case the sale is taken back` : null;
    return { at, name: kind === "commission" ? "Commission" : "Entry", detail: amount === 0 ? null : held, change };
  }
  if (amount > 0) return { at, name: "Given back", detail: "What had been taken back is yours again", change };
  // What changes the credit alone is posted at the sale's own time, or at its last refund's.
  const isRefund = record.refunded_at !== null && at <= record.refunded_at && at !== record.occurred_at;
  return isRefund
    ? { at, name: "Refund or chargeback", detail: sayRefunded(record, at), change }
    : { at, name: "Correction", detail: "The credit was decided anew", change };
}

/** Of several refunds only the last one's sum is known: what all of them come to. */
function sayRefunded({ refunded, refunded_at, amount, currency }: ConversionRecord, at: number): string | null {
  if (at !== refunded_at || amount === null || currency === null) return null;
  return `${formatMoney(refunded, currency)} of ${formatMoney(amount, currency)} taken back in all`;
}

/** With others of the month: the sums are the statement's. */
function tellStatement(statement: Statement): Happened {
  const { number, changed_at: at, status } = statement;
  const name = `Statement ${number}: ${nameStatementStatus(status).toLowerCase()}`;
  return { at, name, detail: sayStatement(statement), change: null, statement: number };
}

/** When the hold is over; not where nothing is left to become due. */
function tellHold(entries: readonly Told[], now: number): Happened[] {
  const [first] = entries;
  if (first === undefined || first.clears_at <= first.occurred_at) return [];
  const left = entries.reduce((sum, { amount }) => sum + amount, 0);
  const at = Math.max(...entries.map(({ clears_at }) => clears_at));
  if (left === 0) return [];
  const amount = formatMoney(left, first.currency);
  return at > now
    ? [{ at, name: "The hold ends", detail: `${amount} becomes due in ${formatDuration(at - now)}`, change: null }]
    : [{ at, name: "The hold ended", detail: `${amount} became due`, change: null }];
}
