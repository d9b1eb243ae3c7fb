/**
 * Measures what attribution costs: first the events per second that Customer objects record, for many customers and for a
 * busy one, next to a bare durable write to an object; then the cost of one more event for customers with 1, 100 and 10,000
 * facts. The cost should be the same for all of them, unless an event changes many conversions.
 *
 *     npm run bench:attribution -- --rounds 4 --events 300 --connections 5 --facts 1,100,10000 --samples 20
 *
 * --rounds       rounds per row of the table
 * --events       events per round
 * --connections  concurrent connections
 * --facts        numbers of facts of the customers whose next event is measured
 * --samples      samples of each kind of event, each of a different customer if it is small; a fifth of them for `late sale`
 * --queries      number of the largest customer's most expensive queries to print, for each kind of event
 *
 * Customers are filled directly: each fact is folded and stored as `record` does, 250 in one transaction, and nothing is
 * relayed. The CPU time of a fold is that of the process while one more fact is folded and rolled back repeatedly.
 */
import { parseArgs } from "node:util";
import {
  CLICKED_BEFORE_MS,
  type Clicks,
  eventFields,
  hasClick,
  KINDS,
  type Kind,
  timeOf,
} from "./attribution-facts.ts";
import type { FoldCost } from "./attribution-worker.ts";
import { type Delivery, type Posting, post } from "./checkout.ts";
import { readCount } from "./flags.ts";
import { describeMachine, formatTable, quantile, show } from "./report.ts";
import { setUpLink } from "./set-up.ts";
import { waitUntilIdle } from "./wait-until-idle.ts";
import { type RunningWorker, startBareObject, startLastclick } from "./workers.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    events: { type: "string", default: "300" },
    connections: { type: "string", default: "5" },
    facts: { type: "string", default: "1,100,10000" },
    samples: { type: "string", default: "20" },
    queries: { type: "string", default: "0" },
  },
});
const rounds = readCount("rounds", flags.rounds, 100, 0);
const events = readCount("events", flags.events, 100_000);
const connections = readCount("connections", flags.connections, 200);
const sizes = flags.facts.split(",").map((size) => readCount("facts", size, 100_000));
const samples = readCount("samples", flags.samples, 1_000);
const queries = readCount("queries", flags.queries, 100, 0);

/** One customer with this many facts or more is used for all samples: a few more facts make no difference. */
const LARGE = 1_000;
/** A fold is repeated until it takes this long, since the kernel's clock is coarse. */
const CPU_SECONDS_MIN = 0.3;

/** Longer than the measurement takes, so that no sale is in the future. */
const FIRST_SALE_BEFORE_MS = 3_600_000;

/** Each Worker's only link. */
const links = new WeakMap<RunningWorker, { program_id: number; affiliate_id: number; link_id: number }>();

console.log(describeMachine());
if (rounds > 0) await measureRates();
for (const clicks of ["own", "same"] as const) await measureGrowth(clicks);

/** Measures events per second and the time of one event. */
async function measureRates(): Promise<void> {
  await using bare = await startBareObject();
  await using lastclick = await startBenchWorker();
  const first = await describeFirstSale(lastclick, Date.now() - FIRST_SALE_BEFORE_MS);
  let created = 0;
  const createEvents = (count: number, isBusy: boolean): Delivery[] =>
    Array.from({ length: count }, () => {
      created += 1;
      const customer = { id: isBusy ? "cus_busy" : `cus_${created}`, email_hash: null };
      // At different times, because one of two sales at the same time would count as late.
      const occurred_at = first.occurred_at + created;
      const event = { ...first, id: `evt_${created}`, payment: `pay_${created}`, customer, occurred_at };
      return { name: event.id, headers: {}, body: JSON.stringify({ customer, event }) };
    });
  const recordUrl = () => new URL("bench/record", lastclick.url).href;
  const sides = [
    { name: "bare durable write, many objects", url: () => bare.url, isBusy: false, rounds: [] as Posting[] },
    { name: "record, many customers", url: recordUrl, isBusy: false, rounds: [] as Posting[] },
    { name: "bare durable write, one object", url: () => bare.url, isBusy: true, rounds: [] as Posting[] },
    { name: "record, one busy customer", url: recordUrl, isBusy: true, rounds: [] as Posting[] },
  ];
  console.log(`\n${rounds} rounds of ${events} events each, ${connections} connections`);
  for (let round = -1; round < rounds; round += 1) {
    for (const { url, isBusy, rounds } of sides) {
      const posting = await post(url, createEvents(events, isBusy), connections);
      for (const refusal of posting.refusals.values()) throw new Error(`An event was not recorded: ${refusal}`);
      await waitUntilIdle(lastclick);
      // The first round is a warm-up.
      if (round >= 0) rounds.push(posting);
    }
  }
  const lines = sides.map(({ name, rounds }) => {
    const rates = rounds.map((round) => round.acknowledged.size / round.seconds);
    const times = rounds.flatMap((round) => round.latencies_ms);
    return [name, show(quantile(rates, 0.5)), show(quantile(times, 0.5), 1), show(quantile(times, 0.99), 1)];
  });
  console.log(formatTable([["", "events/s", "p50 ms", "p99 ms"], ...lines]));
}

/** Measures the cost of one more event for customers of several sizes. */
async function measureGrowth(clicks: Clicks): Promise<void> {
  await using bare = await startBareObject();
  await using worker = await startBenchWorker();
  const startedAt = performance.now();
  const lines: string[][] = [];
  const expensive: string[] = [];
  for (const size of sizes) {
    const count = size < LARGE ? samples : 1;
    const keys = Array.from({ length: count }, (_, n) => `bench:${size}:${n}`);
    const occurred_at = Date.now() - 2 * size * 60_000;
    const first = await describeFirstSale(worker, occurred_at);
    for (const key of keys) {
      await callBench(worker, "record", { key, event: first });
      await callBench(worker, "fill", { key, count: size, clicks });
    }
    await waitUntilIdle(worker);
    for (const kind of KINDS) {
      const [key = ""] = keys;
      const fold = await measureFold(worker, { key, kind, number: size, clicks });
      const times: number[] = [];
      const bareTimes: number[] = [];
      for (let sample = 0; sample < (kind === "late sale" ? Math.ceil(count / 5) : samples); sample += 1) {
        const event = await nextEvent(worker, first, { kind, size, sample, clicks });
        times.push(await time(() => callBench(worker, "record", { key: keys[sample % count], event })));
        const body = JSON.stringify({ customer: { id: "cus_1" }, event });
        bareTimes.push(await time(() => fetch(bare.url, { method: "POST", body }).then((answer) => answer.text())));
        await waitUntilIdle(worker);
      }
      lines.push([
        kind,
        show(size),
        show(quantile(bareTimes, 0.5), 1),
        show(quantile(times, 0.5), 1),
        show(quantile(times, 0.99), 1),
        show(fold.cpu_ms, 2),
        show(fold.changed),
        show(sum(fold.queries.map(({ rows_read }) => rows_read))),
        show(sum(fold.queries.map(({ rows_written }) => rows_written))),
      ]);
      if (size === sizes.at(-1)) expensive.push(...listExpensive(kind, fold));
    }
  }
  const titles = ["facts", "bare ms", "record ms", "p99 ms", "fold CPU ms", "changed", "rows read", "rows written"];
  const what = clicks === "own" ? "each with its own click" : "all with the same click";
  console.log(`\nOne more event for a customer with sales of one subscription, ${what}`);
  console.log(formatTable([["", ...titles], ...lines.toSorted(byKind)]));
  for (const line of expensive) console.log(line);
  console.log(`(in ${show((performance.now() - startedAt) / 1_000)} s)`);
}

/** Measures the CPU time of one fold and the cost of its queries. */
async function measureFold(
  worker: RunningWorker,
  request: { key: string; kind: Kind; number: number; clicks: Clicks },
): Promise<FoldCost & { cpu_ms: number | null }> {
  for (let times = 1; ; times *= 4) {
    const before = worker.readCpuSeconds();
    const cost: FoldCost = await callBench(worker, "fold", { ...request, times });
    const after = worker.readCpuSeconds();
    if (before === null || after === null) return { ...cost, cpu_ms: null };
    if (after - before >= CPU_SECONDS_MIN) return { ...cost, cpu_ms: ((after - before) / times) * 1_000 };
  }
}

async function nextEvent(
  worker: RunningWorker,
  first: Record<string, unknown> & { occurred_at: number },
  { kind, size, sample, clicks }: { kind: Kind; size: number; sample: number; clicks: Clicks },
) {
  const id = `${kind} ${size + sample}`;
  // Late events differ by a millisecond.
  const occurred_at = timeOf(kind, kind === "newest sale" ? size + sample : size, first.occurred_at) + sample;
  const clicked_at = clicks === "own" ? occurred_at - CLICKED_BEFORE_MS : first.occurred_at - CLICKED_BEFORE_MS;
  const click = hasClick(kind) ? await callBench(worker, "token", { ...(await linkOf(worker)), clicked_at }) : null;
  return { ...first, id: `evt_${id}`, occurred_at, click, ...eventFields(kind, id) };
}

async function describeFirstSale(worker: RunningWorker, occurred_at: number) {
  const link = await linkOf(worker);
  const { program_id } = link;
  const click = await callBench(worker, "token", { ...link, clicked_at: occurred_at - CLICKED_BEFORE_MS });
  return {
    ...{ program_id, endpoint: "bench", namespace: "", test: false, id: "evt_0", type: "sale", occurred_at },
    ...{ customer: { id: "cus_1", email_hash: null }, click, coupon: null, payment: "pay_0", refund: null },
    ...{ amount: 9_900, gross: null, currency: "USD", product: null, subscription: { id: "sub_1", interval: "month" } },
  };
}

async function startBenchWorker(): Promise<RunningWorker> {
  const worker = await startLastclick({ main: "test/bench/attribution-worker.ts", onLog: () => {} });
  await setUpLink(worker);
  return worker;
}

async function linkOf(worker: RunningWorker) {
  const known = links.get(worker);
  if (known !== undefined) return known;
  const db = await worker.openDatabase();
  const link = await db
    .prepare("SELECT program_id, affiliate_id, id AS link_id FROM links")
    .first<{ program_id: number; affiliate_id: number; link_id: number }>();
  if (link === null) throw new Error("There is no link.");
  links.set(worker, link);
  return link;
}

async function callBench(worker: RunningWorker, route: string, body: object) {
  const response = await fetch(new URL(`bench/${route}`, worker.url), { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`/bench/${route}: ${response.status} ${await response.text()}`);
  // biome-ignore lint/suspicious/noExplicitAny: each route has its own response.
  return (await response.json()) as any;
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function listExpensive(kind: Kind, { queries: costs }: FoldCost): string[] {
  const sorted = costs.toSorted((a, b) => b.rows_read + b.rows_written - (a.rows_read + a.rows_written));
  return sorted
    .slice(0, queries)
    .map(
      ({ query, calls, rows_read, rows_written }) =>
        `${kind}: ${calls} calls, ${rows_read} read, ${rows_written} written: ${query.replaceAll(/\s+/g, " ")}`,
    );
}

function byKind([a = ""]: string[], [b = ""]: string[]): number {
  return KINDS.indexOf(a as Kind) - KINDS.indexOf(b as Kind);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
