/** The cost of clicks at Cloudflare's public prices, and the number that fits into one database. */
import type { MeasuredFile } from "./database-file.ts";
import { formatTable, show } from "./report.ts";

/**
 * Prices of the Workers Paid plan in US dollars, above what its 5 dollars per month include. Read in November 2026 from
 *
 *     https://developers.cloudflare.com/d1/platform/pricing/
 *     https://developers.cloudflare.com/d1/platform/limits/
 *     https://developers.cloudflare.com/queues/platform/pricing/
 *     https://developers.cloudflare.com/workers/platform/pricing/
 */
const PRICES_USD = {
  /** Above 50 million per month. Deleting a row counts as writing it. */
  million_rows_written: 1,
  /** Above 25 billion per month. */
  million_rows_read: 0.001,
  /** Above 5 GB. */
  gb_month: 0.75,
  /** Above 1 million per month. A message is written, read and deleted: one operation each per 64 KB. */
  million_queue_operations: 0.4,
  /** Above 10 million per month. */
  million_requests: 0.3,
};
const OPERATIONS_PER_MESSAGE = 3;
const OPERATION_MAX_BYTES = 64_000;
/** The limit of one database. It can't be raised. */
const DATABASE_MAX_BYTES = 10e9;

const MILLION = 1e6;
const GB = 1e9;
const DAYS_PER_MONTH = 30;
const DAYS_PER_YEAR = 365;

/** The measured cost of a click. */
export interface MeasuredClick {
  rows_written: number;
  rows_read: number;
  /** Stored until the click is deleted. */
  bytes: number;
  /** Of a queue message. */
  clicks_per_message: number;
  message_bytes: number;
}

/** A table with the cost of a million clicks in several situations. */
export function describeCosts(situations: Record<string, MeasuredClick>, retentionDays: number): string {
  const columns = Object.values(situations).map((click) => linesOf(click, retentionDays));
  const [first = []] = columns;
  const rows = first.map(({ name, unit }, at) => [
    `  ${name}`,
    unit,
    ...columns.flatMap((lines) => [show(lines[at]?.amount ?? null, 2), show(lines[at]?.usd ?? null, 2)]),
  ]);
  const sum = (lines: readonly Line[]) => lines.reduce((total, { usd }) => total + usd, 0);
  const withoutQueue = (lines: readonly Line[]) => sum(lines.filter(({ unit }) => unit !== OPERATIONS));
  return `\nCost of a million clicks in US dollars, above what the plan includes (without CPU time and reports)\n${formatTable(
    [
      ["", "", ...Object.keys(situations).flatMap((situation) => [situation, "USD"])],
      ...rows,
      ["  total", "", ...columns.flatMap((lines) => ["", show(sum(lines), 2)])],
      ["  total without the queue", "", ...columns.flatMap((lines) => ["", show(withoutQueue(lines), 2)])],
    ],
  )}`;
}

interface Line {
  name: string;
  unit: string;
  amount: number;
  usd: number;
}

const OPERATIONS = "million operations";

function linesOf(click: MeasuredClick, retentionDays: number): Line[] {
  const { million_rows_written, million_rows_read, gb_month, million_queue_operations, million_requests } = PRICES_USD;
  const line = (name: string, unit: string, amount: number, price: number) => ({
    name,
    unit,
    amount,
    usd: amount * price,
  });
  const chunks = Math.ceil(click.message_bytes / OPERATION_MAX_BYTES);
  const operations = (OPERATIONS_PER_MESSAGE * chunks) / click.clicks_per_message;
  const gbMonths = ((click.bytes * MILLION) / GB) * (retentionDays / DAYS_PER_MONTH);
  return [
    line("requests", "million", 1, million_requests),
    line("queue", OPERATIONS, operations, million_queue_operations),
    line("rows written", "million", click.rows_written, million_rows_written),
    line("rows read", "million", click.rows_read, million_rows_read),
    line(`stored for ${retentionDays} days`, "GB-months", gbMonths, gb_month),
    line("rows deleted afterward", "million", 1, million_rows_written),
  ];
}

/** Describes how many clicks one database holds. */
export function describeCapacity(file: MeasuredFile, retentionDays: number): string {
  const bytesOf = (table: string) => file.tables.find(({ name }) => name === table)?.bytes ?? 0;
  const bytes = file.tables.reduce((sum, table) => sum + table.bytes, 0);
  const capacity = (DATABASE_MAX_BYTES / bytes) * file.clicks;
  const perMonth = (capacity * DAYS_PER_MONTH) / retentionDays;
  const perLinkDay = bytesOf("click_days") / file.link_days;
  const yearOfCounts = bytesOf("click_days") * (DAYS_PER_YEAR / retentionDays);
  return [
    `\nOne D1 database (${show(DATABASE_MAX_BYTES / GB)} GB) holds ${show(capacity / MILLION)} million such clicks with their counts,`,
    `which is ${show(perMonth / MILLION)} million per month with a retention of ${retentionDays} days.`,
    `Counts are never deleted: ${show(perLinkDay)} bytes per link, day and verdict, ${show(yearOfCounts / MILLION)} MB per year here.`,
  ].join("\n");
}
