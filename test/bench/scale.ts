/**
 * Measures how many clicks one D1 database can hold: stores a program's clicks with the queue consumer's code, and measures
 * what a click costs to store and what reports cost to read as the click log grows. Fails only if a click is not stored
 * or not counted.
 *
 *     npm run bench:scale -- --clicks 10000000 --links 1000 --affiliates 60 --batch 1000 --repeats 15 --seed 1 --folder …
 *
 * --clicks      total number of clicks. Reports are measured at 1%, 10% and 100% of them
 * --links       links of one program. The affiliate `many` has 50 of them, from popular to rarely clicked
 * --affiliates  total number of affiliates
 * --batch       clicks stored in one batch. Under load the queue delivers 1,000
 * --repeats     calls of each report. The median is printed
 * --seed        seed of the traffic
 * --folder      where to keep the database; by default a temporary folder, which is deleted
 *
 * Each of the three phases is spread over the same 90 days in order of time, so that a report covers the same days at each
 * checkpoint and can be compared. A click costs most bytes and written rows in the first phase, where it is often the first
 * of its link on that day; the last phase shows what holds for a log of that size. What a report reads grows with the count
 * rows (one per link, day and verdict) until every link has clicks every day, and not with the clicks.
 *
 * One thing differs from a log that grows day by day: later phases find every text already written for its day. A log of ten
 * million clicks would write each of the 2,320 texts once per day, 0.02 rows more per click. Inserting between stored rows
 * makes no difference: half a million clicks in one phase took the same bytes within 1%. The speed includes generating the
 * clicks, 5 µs each.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeCapacity, describeCosts } from "./costs.ts";
import { measureDatabaseFile, sizeOfDatabaseFile } from "./database-file.ts";
import { readCount } from "./flags.ts";
import type { Meter } from "./meter.ts";
import { measureReports } from "./page-reports.ts";
import { describeMachine, show } from "./report.ts";
import {
  type Checkpoint,
  describeReports,
  describeSmallBatches,
  describeStorage,
  describeTables,
  type SmallBatches,
  type StoredSeries,
} from "./scale-report.ts";
import type { Fill } from "./scale-worker.ts";
import { setUpAffiliate, setUpProgram } from "./set-up.ts";
import { makeTraffic, type Traffic } from "./traffic.ts";
import { type RunningWorker, startLastclick } from "./workers.ts";

const STARTS_AT = Date.UTC(2026, 0, 1);
const DAYS = 90;
const LINKS_OF_MANY = 50;
/** Clicks stored per request, so that no request takes minutes. */
const CLICKS_PER_FILL = 20_000;
/** As packed by the isolates of a busy Worker. */
const CLICKS_PER_MESSAGE = 100;
/** The batches that are measured at the end. */
const SMALL_BATCHES = [
  { batch: 1, batches: 300 },
  { batch: 10, batches: 100 },
  { batch: 100, batches: 30 },
  { batch: 1_000, batches: 5 },
];

const { values: flags } = parseArgs({
  options: {
    clicks: { type: "string", default: "10000000" },
    links: { type: "string", default: "1000" },
    affiliates: { type: "string", default: "60" },
    batch: { type: "string", default: "1000" },
    repeats: { type: "string", default: "15" },
    seed: { type: "string", default: "1" },
    folder: { type: "string" },
  },
});
const clicks = readCount("clicks", flags.clicks, 100_000_000, 1_000);
const links = readCount("links", flags.links, 100_000, 2 * LINKS_OF_MANY);
const affiliates = readCount("affiliates", flags.affiliates, 1_000, 2);
const batch = readCount("batch", flags.batch, 1_000);
const repeats = readCount("repeats", flags.repeats, 1_000);
const seed = readCount("seed", flags.seed, 1_000_000_000);

console.log(describeMachine());
console.log(
  `${show(clicks)} clicks on ${show(links)} links of ${affiliates} affiliates, ${show(batch)} per batch, seed ${seed}\n`,
);
const folder = flags.folder ?? mkdtempSync(join(tmpdir(), "lastclick-scale-"));
try {
  const { checkpoints, small, click_bytes } = await build();
  console.log(describeStorage(checkpoints));
  console.log(describeReports(checkpoints));
  console.log(describeSmallBatches(small));
  const file = measureDatabaseFile(folder);
  const expected = clicks + small.reduce((sum, { added }) => sum + added, 0);
  const last = checkpoints.at(-1);
  if (last === undefined) throw new Error("No clicks were stored.");
  console.log(describeTables(file));
  const bytes = last.cost.size_after / last.stored;
  const costsOf = ({ added, cost }: StoredSeries, clicks_per_message: number) => ({
    rows_written: cost.rows_written / added,
    rows_read: cost.rows_read / added,
    bytes,
    clicks_per_message,
    message_bytes: click_bytes * clicks_per_message,
  });
  const [alone = last] = small;
  const situations = {
    [`${show(batch)} per batch`]: costsOf(last, CLICKS_PER_MESSAGE),
    "1 per batch": costsOf(alone, 1),
  };
  console.log(describeCosts(situations, DAYS));
  console.log(describeCapacity(file, DAYS));
  const isExact = file.clicks === expected && file.counted === expected;
  console.log(`\n${show(expected)} clicks sent, ${show(file.clicks)} stored, ${show(file.counted)} counted.`);
  process.exitCode = isExact ? 0 : 1;
} finally {
  if (flags.folder === undefined) rmSync(folder, { recursive: true });
}

/** Stores all clicks and measures at each checkpoint. */
async function build() {
  await using worker = await startLastclick({ folder, main: "test/bench/scale-worker.ts" });
  const link_ids = await setUpLinks(worker);
  const trafficOf = (phase: number, count: number): Traffic => {
    return { seed: seed + phase, clicks: count, starts_at: STARTS_AT, days: DAYS, link_ids };
  };
  const db = await worker.openDatabase();
  const checkpoints: Checkpoint[] = [];
  let stored = 0;
  for (const end of [clicks / 100, clicks / 10, clicks].map(Math.floor)) {
    const series = await store(worker, trafficOf(checkpoints.length, end - stored), 0, end - stored, batch);
    stored = end;
    const reports = await measureReports(worker, new Date(STARTS_AT), repeats);
    const link_days = (await db.prepare("SELECT count(*) AS rows FROM click_days").first<number>("rows")) ?? 0;
    checkpoints.push({ ...series, stored, link_days, file_bytes: sizeOfDatabaseFile(folder), reports });
    console.log(`${show(stored)} clicks stored, the last ${show(series.added)} in ${show(series.seconds, 1)} s`);
  }
  const small: SmallBatches[] = [];
  // As dense as all phases together.
  const more = trafficOf(checkpoints.length, clicks);
  let from = 0;
  for (const { batch, batches } of SMALL_BATCHES) {
    const to = from + batch * batches;
    small.push({ batch, ...(await store(worker, more, from, to, batch)) });
    from = to;
  }
  return { checkpoints, small, click_bytes: bytesOfClick(more) };
}

/** Creates the program and its links `link-1`, `link-2` and so on. Returns the links' ids, most clicked first. */
async function setUpLinks(worker: RunningWorker): Promise<number[]> {
  await setUpProgram(worker);
  const slugs = Array.from({ length: links }, (_, place) => `link-${place + 1}`);
  const stride = Math.floor(links / LINKS_OF_MANY);
  const isOfMany = (place: number) => place % stride === 0 && place < stride * LINKS_OF_MANY;
  const ofMany = slugs.filter((_, place) => isOfMany(place));
  const others = slugs.filter((_, place) => !isOfMany(place));
  await setUpAffiliate(worker, "many", ofMany);
  for (let number = 1; number < affiliates; number++) {
    const own = others.filter((_, place) => place % (affiliates - 1) === number - 1);
    await setUpAffiliate(worker, `affiliate-${number}`, own);
  }
  const db = await worker.openDatabase();
  const { results } = await db.prepare("SELECT id, slug FROM links").all<{ id: number; slug: string }>();
  const idOf = new Map(results.map(({ id, slug }) => [slug, id]));
  return slugs.map((slug) => idOf.get(slug) ?? 0);
}

async function store(
  worker: RunningWorker,
  traffic: Traffic,
  first: number,
  end: number,
  batch: number,
): Promise<StoredSeries> {
  const cost: Meter = { calls: 0, statements: 0, rows_read: 0, rows_written: 0, size_after: 0 };
  const startedAt = performance.now();
  for (let from = first; from < end; from += CLICKS_PER_FILL) {
    const fill: Fill = { traffic, from, to: Math.min(from + CLICKS_PER_FILL, end), batch };
    const response = await fetch(new URL("bench/fill", worker.url), {
      method: "POST",
      body: JSON.stringify(fill),
      // The runtime closes a connection that was idle for seconds, possibly while it is being reused.
      headers: { Connection: "close" },
    });
    if (!response.ok) throw new Error(`Clicks were not stored: ${response.status} ${await response.text()}`);
    const meter = (await response.json()) as Meter;
    cost.rows_read += meter.rows_read;
    cost.rows_written += meter.rows_written;
    cost.size_after = meter.size_after;
  }
  return { added: end - first, seconds: (performance.now() - startedAt) / 1_000, cost };
}

/** The average size of a click in a queue message. */
function bytesOfClick(traffic: Traffic): number {
  const clickAt = makeTraffic(traffic);
  const sample = Array.from({ length: Math.min(traffic.clicks, CLICKS_PER_FILL) }, (_, place) => clickAt(place));
  return JSON.stringify(sample).length / sample.length;
}
