import type { MeasuredFile } from "./database-file.ts";
import type { Meter } from "./meter.ts";
import type { MeasuredReport } from "./page-reports.ts";
import { formatTable, show } from "./report.ts";

/** A series of clicks that were stored, and their cost. */
export interface StoredSeries {
  added: number;
  seconds: number;
  cost: Meter;
}

/** What is measured when a number of clicks is stored. */
export interface Checkpoint extends StoredSeries {
  stored: number;
  /** The number of rows of counts: one per link, day and verdict. */
  link_days: number;
  file_bytes: number;
  reports: MeasuredReport[];
}

/** A series that was stored in batches of one size. */
export interface SmallBatches extends StoredSeries {
  batch: number;
}

/** A table of the cost of storing, with a line for each checkpoint. */
export function describeStorage(checkpoints: readonly Checkpoint[]): string {
  const rows = checkpoints.map(({ stored, added, seconds, cost, file_bytes, link_days }) => [
    show(stored),
    show(added / seconds),
    show(cost.rows_written / added, 2),
    show(cost.rows_read / added, 1),
    show(cost.size_after / stored, 1),
    show(file_bytes / stored, 1),
    show(link_days),
  ]);
  const titles = [
    "",
    "clicks/s",
    "written rows/click",
    "read rows/click",
    "bytes/click (D1)",
    "bytes/click (file)",
    "count rows",
  ];
  const note = "Rows and speed are for the clicks since the previous line, bytes for all clicks.";
  return `\n${formatTable([titles, ...rows])}\n${note}`;
}

/** A table of the cost of each report at each checkpoint. */
export function describeReports(checkpoints: readonly Checkpoint[]): string {
  const [first] = checkpoints;
  const titles = ["median ms, rows read", ...checkpoints.flatMap(({ stored }) => [show(stored), ""])];
  const rows = (first?.reports ?? []).map(({ name }, at) => [
    name,
    ...checkpoints.flatMap(({ reports }) => {
      const report = reports[at];
      return [show(report?.ms ?? null, 1), show(report?.rows_read ?? null)];
    }),
  ]);
  return `\n${formatTable([titles, ...rows])}`;
}

/** A table of the cost of a click in batches of several sizes. */
export function describeSmallBatches(small: readonly SmallBatches[]): string {
  const rows = small.map(({ batch, added, seconds, cost }) => [
    show(batch),
    show((seconds * 1_000 * batch) / added, 1),
    show(cost.rows_written / added, 2),
    show(cost.rows_read / added, 1),
  ]);
  const titles = ["clicks per batch", "ms per batch", "written rows/click", "read rows/click"];
  return `\n${formatTable([titles, ...rows])}`;
}

/** A table of the bytes per click in each database table. */
export function describeTables(file: MeasuredFile): string {
  const rows = file.tables.map(({ name, bytes }) => [`  ${name}`, show(bytes / file.clicks, 1)]);
  return `\nBytes per click, by table\n${formatTable(rows)}`;
}
