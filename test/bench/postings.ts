/**
 * Measures what posting sales costs: first the sales per second that Account objects post, for many affiliates and for a busy
 * one, next to a bare durable write to an object; then the cost of one more sale for affiliates with 1, 1,000 and 20,000
 * sales, by terms that read none of them and by terms that read all.
 *
 *     npm run bench:postings -- --rounds 4 --sales 300 --connections 5 --known 1,1000,20000 --samples 40
 *
 * --rounds       rounds per row of the table
 * --sales        sales per round
 * --connections  concurrent connections
 * --known        numbers of sales of the affiliates whose next sale is measured
 * --samples      number of sales that are measured, one after the other
 *
 * Accounts are filled directly, and nothing of that is relayed. CPU is that of the whole process from posting a sale until its
 * entries are in D1. "Deciding" is the part of it in which the terms read the known sales. "Waking" is what an object that
 * was not in memory needs in addition to read its sales and entries.
 */
import { parseArgs } from "node:util";
import { type Delivery, type Posting, post } from "./checkout.ts";
import { readCount } from "./flags.ts";
import { TERMS, type TermsName } from "./postings-sales.ts";
import { describeMachine, formatTable, quantile, show } from "./report.ts";
import { setUpLink } from "./set-up.ts";
import { waitUntilIdle } from "./wait-until-idle.ts";
import { startBareObject, startLastclick } from "./workers.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "4" },
    sales: { type: "string", default: "300" },
    connections: { type: "string", default: "5" },
    known: { type: "string", default: "1,1000,20000" },
    samples: { type: "string", default: "40" },
  },
});
const rounds = readCount("rounds", flags.rounds, 100, 0);
const sales = readCount("sales", flags.sales, 100_000);
const connections = readCount("connections", flags.connections, 200);
const sizes = flags.known.split(",").map((size) => readCount("known", size, 100_000));
const samples = readCount("samples", flags.samples, 1_000);

/** An account with this many sales or more is used for all samples: a few more sales make no difference. */
const LARGE = 100;
/** Work is repeated until it takes this long, since the kernel's clock is coarse. */
const CPU_SECONDS_MIN = 0.3;
const BARE_BODY = JSON.stringify({ customer: { id: "one" } });

const program_id = 1;
const DESCRIPTIONS: Record<TermsName, string> = {
  plain: "kartra-classic (no tiers)",
  tiers: "kartra (tiers by year)",
  kept: "clickfunnels (kept tiers, bonuses)",
  customers: "builderall (customer bonus)",
};

console.log(describeMachine());
await using bare = await startBareObject();
await using worker = await startLastclick({ main: "test/bench/postings-worker.ts", onLog: () => {} });
await setUpLink(worker);
/** The number of affiliates used so far. The first is the busy one. */
let affiliates = 1;
await addAffiliates((rounds + 1) * sales * 2 + sizes.length * samples * 4);
if (rounds > 0) await measureRates();
await measureGrowth();

/** Measures sales posted per second and the time of one. */
async function measureRates(): Promise<void> {
  let posted = 0;
  const busy = { program_id, affiliate_id: 1 };
  const createWrites = (isBusy: boolean): Delivery[] =>
    Array.from({ length: sales }, (_, n) => {
      const body = JSON.stringify({ customer: { id: isBusy ? "one" : `${posted}-${n}` } });
      return { name: `${posted}-${n}`, headers: {}, body };
    });
  const createPostings = (isBusy: boolean): Delivery[] =>
    Array.from({ length: sales }, () => {
      posted += 1;
      if (!isBusy) affiliates += 1;
      const account = isBusy ? busy : { program_id, affiliate_id: affiliates };
      return { name: `${posted}`, headers: {}, body: JSON.stringify({ account, number: posted, terms: "plain" }) };
    });
  const postUrl = () => new URL("bench/post", worker.url).href;
  const bareUrl = () => bare.url;
  const sides = [
    { name: "bare durable write, many objects", url: bareUrl, create: () => createWrites(false) },
    { name: "posting, many affiliates", url: postUrl, create: () => createPostings(false) },
    { name: "bare durable write, one object", url: bareUrl, create: () => createWrites(true) },
    { name: "posting, one busy affiliate", url: postUrl, create: () => createPostings(true) },
  ].map((side) => ({ ...side, rounds: [] as Posting[] }));
  console.log(`\n${rounds} rounds of ${sales} sales each, ${connections} connections`);
  for (let round = -1; round < rounds; round += 1) {
    for (const side of sides) {
      const posting = await post(side.url, side.create(), connections);
      for (const refusal of posting.refusals.values()) throw new Error(`A sale was not posted: ${refusal}`);
      await waitUntilIdle(worker);
      // The first round is a warm-up.
      if (round >= 0) side.rounds.push(posting);
    }
  }
  const rateOf = (all: readonly Posting[]) =>
    quantile(
      all.map((one) => one.acknowledged.size / one.seconds),
      0.5,
    ) ?? 0;
  const lines = sides.map(({ name, rounds: all }, at) => {
    const times = all.flatMap((round) => round.latencies_ms);
    const bareRounds = sides[at - 1]?.rounds;
    const ratio = at % 2 === 0 || bareRounds === undefined ? "" : show(rateOf(all) / rateOf(bareRounds), 2);
    return [name, show(rateOf(all)), ratio, show(quantile(times, 0.5), 1), show(quantile(times, 0.99), 1)];
  });
  console.log(formatTable([["", "per second", "ratio", "p50 ms", "p99 ms"], ...lines]));
}

/** Measures the cost of one more sale for affiliates of several sizes. */
async function measureGrowth(): Promise<void> {
  const lines: string[][] = [];
  for (const terms of Object.keys(TERMS) as TermsName[]) {
    for (const size of sizes) {
      const accounts = Array.from({ length: size < LARGE ? samples : 1 }, () => {
        affiliates += 1;
        return { program_id, affiliate_id: affiliates };
      });
      for (const account of accounts) await callBench("fill", { account, count: size, terms });
      const [first] = accounts;
      const waking = await measureCpu(async (times) => void (await callBench("wake", { account: first, times })));
      const deciding = await measureCpu(async (times) => {
        await callBench("decide", { account: first, number: size, terms, times });
      });
      await waitUntilIdle(worker);
      const times: number[] = [];
      const bareTimes: number[] = [];
      const before = worker.readCpuSeconds();
      for (let sample = 0; sample < samples; sample += 1) {
        const account = accounts[sample % accounts.length];
        // The first sale starts an account that is used for all samples.
        const number = size + (accounts.length === 1 ? sample : 0);
        times.push(await time(() => callBench("post", { account, number, terms })));
        bareTimes.push(await time(() => fetch(bare.url, { method: "POST", body: BARE_BODY }).then((a) => a.text())));
      }
      await waitUntilIdle(worker);
      const after = worker.readCpuSeconds();
      const cpu = before === null || after === null ? null : ((after - before) / samples) * 1_000;
      lines.push([
        DESCRIPTIONS[terms],
        show(size),
        show(quantile(bareTimes, 0.5), 1),
        show(quantile(times, 0.5), 1),
        show(quantile(times, 0.99), 1),
        show(cpu, 1),
        show(deciding, 3),
        show(waking, 2),
      ]);
    }
  }
  const titles = ["known sales", "bare ms", "post ms", "p99 ms", "CPU ms", "of it deciding", "waking"];
  console.log(`\nOne more sale, ${samples} samples`);
  console.log(formatTable([["", ...titles], ...lines]));
}

/** Creates affiliates: ledger entries are only projected for existing ones. */
async function addAffiliates(count: number): Promise<void> {
  const db = await worker.openDatabase();
  const ids = JSON.stringify(Array.from({ length: count }, (_, n) => n + 2));
  const insert = `INSERT INTO affiliates (id, username, name, email, created_at)
    SELECT value, 'bench-' || value, 'Bench', value || '@bench.example', 0 FROM json_each(?)`;
  await db.prepare(insert).bind(ids).run();
}

/** The CPU time of doing the work once, ms; null if the system does not provide it. */
async function measureCpu(work: (times: number) => Promise<void>): Promise<number | null> {
  for (let times = 1; ; times *= 4) {
    const before = worker.readCpuSeconds();
    await work(times);
    const after = worker.readCpuSeconds();
    if (before === null || after === null) return null;
    if (after - before >= CPU_SECONDS_MIN) return ((after - before) / times) * 1_000;
  }
}

async function callBench(route: string, body: object) {
  const response = await fetch(new URL(`bench/${route}`, worker.url), { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`/bench/${route}: ${response.status} ${await response.text()}`);
  return await response.json();
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
