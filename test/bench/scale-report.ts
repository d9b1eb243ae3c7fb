import type { MeasuredFile } from "./database-file.ts";
import type { Meter } from "./meter.ts";
import type { MeasuredReport } from "./page-reports.ts";
import { formatTable, show } from "./report.ts";

/** A stretch of clicks that was stored, and what it cost. */
export interface Stretch {
  added: number;
  seconds: number;
  cost: Meter;
}

/** What is known once so many clicks are stored. */
export interface Checkpoint extends Stretch {
  stored: number;
  /** Rows of the counts: one for a link's day and verdict. */
  link_days: number;
  file_bytes: number;
  reports: MeasuredReport[];
}

/** A stretch that was stored in batches of so many. */
export interface SmallBatches extends Stretch {
  batch: number;
}

/** What storing cost, a line for each checkpoint. */
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
    "clicks/s in",
    "written rows/click",
    "read rows/click",
    "bytes/click (D1)",
    "bytes/click (file)",
    "rows of counts",
  ];
  const note = "Rows and speed are of the clicks since the line above, bytes of all.";
  return `\n${formatTable([titles, ...rows])}\n${note}`;
}

/** What each report cost at each checkpoint. */
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

/** What a click costs in batches of several sizes. */
export function describeSmallBatches(small: readonly SmallBatches[]): string {
  const rows = small.map(({ batch, added, seconds, cost }) => [
    show(batch),
    show((seconds * 1_000 * batch) / added, 1),
    show(cost.rows_written / added, 2),
    show(cost.rows_read / added, 1),
  ]);
  const titles = ["clicks a batch", "ms a batch", "written rows/click", "read rows/click"];
  return `\n${formatTable([titles, ...rows])}`;
}

/** Where the bytes are. */
export function describeTables(file: MeasuredFile): string {
  const rows = file.tables.map(({ name, bytes }) => [`  ${name}`, show(bytes / file.clicks, 1)]);
  return `\nBytes a click, by table\n${formatTable(rows)}`;
}
