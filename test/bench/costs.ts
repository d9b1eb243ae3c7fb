/** What clicks cost at Cloudflare's public prices, and how many fit. */
import type { MeasuredFile } from "./database-file.ts";
import { formatTable, show } from "./report.ts";

/**
 * Prices on the Workers Paid plan, in US dollars, past what its 5 dollars a month include; read in November 2026 from
 *
 *     https://developers.cloudflare.com/d1/platform/pricing/
 *     https://developers.cloudflare.com/d1/platform/limits/
 *     https://developers.cloudflare.com/queues/platform/pricing/
 *     https://developers.cloudflare.com/workers/platform/pricing/
 */
const PRICES_USD = {
  /** Past 50 million a month. A row that is deleted is written. */
  million_rows_written: 1,
  /** Past 25 thousand million a month. */
  million_rows_read: 0.001,
  /** Past 5 GB. */
  gb_month: 0.75,
  /** Past 1 million a month. A message is written, read and deleted: an operation each for every 64 KB. */
  million_queue_operations: 0.4,
  /** Past 10 million a month. */
  million_requests: 0.3,
};
const OPERATIONS_PER_MESSAGE = 3;
const OPERATION_MAX_BYTES = 64_000;
/** Of one database, and it cannot be raised. */
const DATABASE_MAX_BYTES = 10e9;

const MILLION = 1e6;
const GB = 1e9;
const DAYS_PER_MONTH = 30;
const DAYS_PER_YEAR = 365;

/** What was measured of a click. */
export interface MeasuredClick {
  rows_written: number;
  rows_read: number;
  /** In the database, for as long as it is kept. */
  bytes: number;
  /** Clicks in a queue message, and its size. */
  clicks_per_message: number;
  message_bytes: number;
}

/** A table of what a million clicks cost in each of some situations. */
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
  return `\nA million clicks cost, in US dollars past what the plan includes (without CPU time and reports)\n${formatTable(
    [
      ["", "", ...Object.keys(situations).flatMap((situation) => [situation, "USD"])],
      ...rows,
      ["  in all", "", ...columns.flatMap((lines) => ["", show(sum(lines), 2)])],
      ["  in all, without the queue", "", ...columns.flatMap((lines) => ["", show(withoutQueue(lines), 2)])],
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
    line(`kept for ${retentionDays} days`, "GB-months", gbMonths, gb_month),
    line("rows deleted then", "million", 1, million_rows_written),
  ];
}

/** How many clicks one database holds. */
export function describeCapacity(file: MeasuredFile, retentionDays: number): string {
  const bytesOf = (table: string) => file.tables.find(({ name }) => name === table)?.bytes ?? 0;
  const bytes = file.tables.reduce((sum, table) => sum + table.bytes, 0);
  const held = (DATABASE_MAX_BYTES / bytes) * file.clicks;
  const aMonth = (held * DAYS_PER_MONTH) / retentionDays;
  const perLinkDay = bytesOf("click_days") / file.link_days;
  const yearOfCounts = bytesOf("click_days") * (DAYS_PER_YEAR / retentionDays);
  return [
    `\nOne D1 database (${show(DATABASE_MAX_BYTES / GB)} GB) holds ${show(held / MILLION)} million such clicks with their counts:`,
    `${show(aMonth / MILLION)} million a month at ${retentionDays} days' retention.`,
    `Counts stay for good: ${show(perLinkDay)} bytes for a link's day and verdict, ${show(yearOfCounts / MILLION)} MB a year here.`,
  ].join("\n");
}
