import type { Meter } from "./meter.ts";
import { quantile } from "./report.ts";
import { PROGRAM } from "./set-up.ts";
import { ADMIN_TOKEN, type RunningWorker } from "./workers.ts";

/** The cost of a report. */
export interface MeasuredReport {
  name: string;
  /** The median time until the answer is complete. */
  ms: number;
  rows_read: number;
}

const AUTHORIZED = { headers: { Authorization: `Bearer ${ADMIN_TOKEN}` } };
const MS_PER_DAY = 86_400_000;
/** The second month of the click log. */
const FIRST_DAY = 30;
const LAST_DAY = 59;

/** Calls each report that a page needs `repeats` times and measures it. The click log begins on `firstDay`. */
export async function measureReports(
  worker: RunningWorker,
  firstDay: Date,
  repeats: number,
): Promise<MeasuredReport[]> {
  const dayAt = (day: number) => new Date(firstDay.getTime() + day * MS_PER_DAY).toISOString().slice(0, 10);
  const month = `from=${dayAt(FIRST_DAY)}&to=${dayAt(LAST_DAY)}`;
  const measured: MeasuredReport[] = [];
  for (const [name, path] of [
    ["the most clicked link's month", `/v1/links/link-1/counts?${month}`],
    ["the 100th link's month", `/v1/links/link-100/counts?${month}`],
    ["an affiliate's 50 links, a month", `/v1/programs/${PROGRAM}/affiliates/many/counts?${month}&limit=50`],
    ["the program's top 20, a month", `/v1/programs/${PROGRAM}/counts?${month}&limit=20`],
    ["the most clicked link's log, a page", "/v1/links/link-1/clicks?limit=50"],
    ["the 100th link's log, a page", "/v1/links/link-100/clicks?limit=50"],
  ] as const) {
    const times: number[] = [];
    for (let repeat = 0; repeat < repeats; repeat++) times.push(await timeCall(worker, path));
    const cost = await fetch(new URL(`bench/cost?path=${encodeURIComponent(path)}`, worker.url), AUTHORIZED);
    if (!cost.ok) throw new Error(`${path}: ${await cost.text()}`);
    const { rows_read } = (await cost.json()) as Meter;
    measured.push({ name, ms: quantile(times, 0.5) ?? 0, rows_read });
  }
  return measured;
}

async function timeCall(worker: RunningWorker, path: string): Promise<number> {
  const startedAt = performance.now();
  const response = await fetch(new URL(path, worker.url), AUTHORIZED);
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
  return performance.now() - startedAt;
}
