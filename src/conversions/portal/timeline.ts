/** The history of a conversion and its commission: the click, the sale, refunds, corrections, the hold period, the payout. */

import type { EntryRow } from "../../commissions/entry-queries.ts";
import { nameKind } from "../../commissions/ledger.ts";
import type { ConversionRecord } from "../../customers/conversion.ts";
import { formatDuration } from "../../lib/format-duration.ts";
import { formatMoney } from "../../lib/format-money.ts";
import { messages } from "../../lib/messages/messages.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { describeStatement, nameStatementStatus } from "../../payouts/portal/words.ts";
import type { Statement } from "../../payouts/statements/statement.ts";
import { nameType } from "../../portal/layout/words.ts";
import { nameTouch } from "./touches.ts";

/** One step. `at` is in milliseconds since the epoch. */
export interface Step {
  at: number;
  name: string;
  detail: string | null;
  /** By how much the commission changed, in minor units, or null. */
  change: { amount: number; currency: string } | null;
  /** The number of the statement to link to. */
  statement?: number;
  is_upcoming: boolean;
}

type TimelineEntry = Pick<
  EntryRow,
  "kind" | "amount" | "currency" | "reason" | "occurred_at" | "clears_at" | "corrects" | "number"
>;

/** All steps in order, upcoming ones last. `entries` and `statements` are the affiliate's own of this conversion. */
export function buildTimeline(
  record: ConversionRecord,
  entries: readonly TimelineEntry[],
  statements: readonly Statement[],
  now: number,
): Step[] {
  const steps = [
    ...touchSteps(record),
    { at: record.occurred_at, name: nameType(record.type), detail: formatAmount(record), change: null },
    ...rulingSteps(record),
    ...[...entries].sort((a, b) => a.number - b.number).map((entry) => entryStep(entry, record)),
    ...holdSteps(entries, now),
    ...statements.map((statement) => statementStep(statement, now)),
  ];
  return steps
    .map((step) => ({ ...step, is_upcoming: step.at > now }))
    .sort((a, b) => Number(a.is_upcoming) - Number(b.is_upcoming) || a.at - b.at);
}

type UndatedStep = Omit<Step, "is_upcoming">;

function touchSteps({ credit: { touch } }: ConversionRecord): UndatedStep[] {
  if (touch === null || touch.source === "dispute" || touch.source === "manual") return [];
  const names = { click: "Click", coupon: "Coupon used", referral: "Referral reported by the merchant" };
  const name = names[touch.source];
  return [{ at: touch.clicked_at, name, detail: touch.source === "referral" ? null : nameTouch(touch), change: null }];
}

function formatAmount({ amount, currency }: ConversionRecord): string | null {
  return amount === null || currency === null ? null : formatMoney(amount, currency);
}

/** What the merchant decided, with the reason that it wrote for the affiliates. */
function rulingSteps({ credit: { ruling } }: ConversionRecord): UndatedStep[] {
  if (ruling === null) return [];
  const { ruled_at: at, reason: detail, decided, is_entry } = ruling;
  const name = messages.credit.ruling.steps[is_entry ? "entry" : decided === undefined ? "dispute" : "decision"];
  return [{ at, name, detail, change: null }];
}

function entryStep(entry: TimelineEntry, record: ConversionRecord): UndatedStep {
  const { kind, amount, currency, reason, occurred_at: at, clears_at } = entry;
  const change = { amount, currency };
  if (kind !== "reversal") {
    const days = Math.round((clears_at - at) / MS_PER_DAY);
    const hold = days > 0 ? `In reserve for ${days} day${days === 1 ? "" : "s"} in case of a refund` : null;
    return { at, name: nameKind(kind), detail: amount === 0 ? null : hold, change };
  }
  if (reason !== null) {
    const { causes } = messages.entries;
    const { refund, refund_failed, chargeback, chargeback_won } = causes;
    const isReversal = [refund, refund_failed, chargeback, chargeback_won].includes(reason);
    return { at, name: reason.replace(/\.$/, ""), detail: isReversal ? describeRefund(record, at) : null, change };
  }
  // Entries that older versions posted have no reason.
  if (amount > 0) return { at, name: "Reversal undone", detail: "The commission was restored", change };
  // A change of the credit alone is posted at the time of the sale, or of its last refund.
  const isRefund = record.refunded_at !== null && at <= record.refunded_at && at !== record.occurred_at;
  return isRefund
    ? { at, name: "Refund or chargeback", detail: describeRefund(record, at), change }
    : { at, name: "Correction", detail: "The credit was reassigned", change };
}

/** Of several refunds, only the total after the last one is known. */
function describeRefund({ refunded, refunded_at, amount, currency }: ConversionRecord, at: number): string | null {
  if (at !== refunded_at || amount === null || currency === null) return null;
  return `${formatMoney(refunded, currency)} of ${formatMoney(amount, currency)} refunded in total`;
}

/** The statement, whose amounts include other conversions. */
function statementStep(statement: Statement, now: number): UndatedStep {
  const { number, changed_at: at, status } = statement;
  const name = `Statement ${number}: ${nameStatementStatus(status).toLowerCase()}`;
  return { at, name, detail: describeStatement(statement, { now, window: null }), change: null, statement: number };
}

/** The end of the hold period, unless nothing is left to become due. */
function holdSteps(entries: readonly TimelineEntry[], now: number): UndatedStep[] {
  const [first] = entries;
  if (first === undefined || first.clears_at <= first.occurred_at) return [];
  const left = entries.reduce((sum, { amount }) => sum + amount, 0);
  const at = Math.max(...entries.map(({ clears_at }) => clears_at));
  if (left === 0) return [];
  const amount = formatMoney(left, first.currency);
  return at > now
    ? [{ at, name: "Hold period ends", detail: `${amount} becomes due in ${formatDuration(at - now)}`, change: null }]
    : [{ at, name: "Hold period ended", detail: `${amount} became due`, change: null }];
}
