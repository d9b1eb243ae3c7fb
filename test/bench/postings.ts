/**
 * What posting costs: sales per second that Account objects post beside a bare durable write to an object, for many affiliates
 * and for a busy one; then what one more sale costs an affiliate of 1, 1,000 and 20,000 sales, by terms that look at none of
 * them and by terms that look at all.
 *
 *     npm run bench:postings -- --rounds 4 --sales 300 --connections 5 --known 1,1000,20000 --samples 40
 *
 * --rounds       of each side
 * --sales        a round
 * --connections  that post at the same time
 * --known        how many sales the affiliates have whose next one is measured
 * --samples      how many more they make, one after the other
 *
 * Accounts are filled past the door, and nothing of that is relayed. CPU is that of the whole process, from a sale's being told
 * until its entries are in D1. Of it, deciding is what the terms' looking at the known sales takes; waking is what an object
 * that was not in memory reads of its sales and entries besides.
 */
import { parseArgs } from "node:util";
import { type Delivery, type Posting, post } from "./checkout.ts";
import { readCount } from "./flags.ts";
import { setUpLink } from "./link.ts";
import { TERMS, type TermsName } from "./postings-sales.ts";
import { awaitQuiet } from "./quiet.ts";
import { describeMachine, formatTable, quantile, show } from "./report.ts";
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

/** An account of fewer sales than this grows while it is measured: each of its samples is another account's. */
const SMALL = 100;
/** Repeated until it has cost so much, so that the kernel's clock can tell. */
const CPU_SECONDS_MIN = 0.3;
const BARE_BODY = JSON.stringify({ customer: { id: "one" } });

const program_id = 1;
const WHAT: Record<TermsName, string> = {
  plain: "kartra-classic (no tiers)",
  tiers: "kartra (tiers by a year)",
  kept: "clickfunnels (kept tiers, bonuses)",
  customers: "builderall (bonus by customers)",
};

console.log(describeMachine());
await using bare = await startBareObject();
await using worker = await startLastclick({ main: "test/bench/postings-worker.ts", onLog: () => {} });
await setUpLink(worker);
/** Those that there are in D1; the first is the busy one. */
let affiliates = 1;
await addAffiliates((rounds + 1) * sales * 2 + sizes.length * samples * 4);
if (rounds > 0) await measureRates();
await measureGrowth();

/** Postings per second, and how long one takes. */
async function measureRates(): Promise<void> {
  let posted = 0;
  const busy = { program_id, affiliate_id: 1 };
  const makeWrites = (isBusy: boolean): Delivery[] =>
    Array.from({ length: sales }, (_, n) => {
      const body = JSON.stringify({ customer: { id: isBusy ? "one" : `${posted}-${n}` } });
      return { name: `${posted}-${n}`, headers: {}, body };
    });
  const makePostings = (isBusy: boolean): Delivery[] =>
    Array.from({ length: sales }, () => {
      posted += 1;
      if (!isBusy) affiliates += 1;
      const account = isBusy ? busy : { program_id, affiliate_id: affiliates };
      return { name: `${posted}`, headers: {}, body: JSON.stringify({ account, number: posted, terms: "plain" }) };
    });
  const door = () => new URL("bench/post", worker.url).href;
  const bareDoor = () => bare.url;
  const sides = [
    { name: "bare durable write, many objects", url: bareDoor, make: () => makeWrites(false) },
    { name: "posting, many affiliates", url: door, make: () => makePostings(false) },
    { name: "bare durable write, one object", url: bareDoor, make: () => makeWrites(true) },
    { name: "posting, one busy affiliate", url: door, make: () => makePostings(true) },
  ].map((side) => ({ ...side, rounds: [] as Posting[] }));
  console.log(`\n${rounds} rounds of ${sales} sales each, ${connections} connections`);
  for (let round = -1; round < rounds; round += 1) {
    for (const side of sides) {
      const posting = await post(side.url, side.make(), connections);
      for (const refusal of posting.refusals.values()) throw new Error(`a sale was not posted: ${refusal}`);
      await awaitQuiet(worker);
      // The first warms up.
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
    const beside = sides[at - 1]?.rounds;
    const ratio = at % 2 === 0 || beside === undefined ? "" : show(rateOf(all) / rateOf(beside), 2);
    return [name, show(rateOf(all)), ratio, show(quantile(times, 0.5), 1), show(quantile(times, 0.99), 1)];
  });
  console.log(formatTable([["", "a second", "of the bare", "p50 ms", "p99 ms"], ...lines]));
}

/** What one more sale costs affiliates of several sizes. */
async function measureGrowth(): Promise<void> {
  const lines: string[][] = [];
  for (const terms of Object.keys(TERMS) as TermsName[]) {
    for (const size of sizes) {
      const accounts = Array.from({ length: size < SMALL ? samples : 1 }, () => {
        affiliates += 1;
        return { program_id, affiliate_id: affiliates };
      });
      for (const account of accounts) await ask("fill", { account, count: size, terms });
      const [first] = accounts;
      const waking = await measureCpu(async (times) => void (await ask("wake", { account: first, times })));
      const deciding = await measureCpu(async (times) => {
        await ask("decide", { account: first, number: size, terms, times });
      });
      await awaitQuiet(worker);
      const times: number[] = [];
      const bareTimes: number[] = [];
      const before = worker.readCpuSeconds();
      for (let sample = 0; sample < samples; sample += 1) {
        const account = accounts[sample % accounts.length];
        // The first sale of one account that is asked so often wakes it up.
        const number = size + (accounts.length === 1 ? sample : 0);
        times.push(await time(() => ask("post", { account, number, terms })));
        bareTimes.push(await time(() => fetch(bare.url, { method: "POST", body: BARE_BODY }).then((a) => a.text())));
      }
      await awaitQuiet(worker);
      const after = worker.readCpuSeconds();
      const cpu = before === null || after === null ? null : ((after - before) / samples) * 1_000;
      lines.push([
        WHAT[terms],
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
  console.log(`\nOne more sale, ${samples} times`);
  console.log(formatTable([["", ...titles], ...lines]));
}

/** Entries are projected for affiliates that there are. */
async function addAffiliates(count: number): Promise<void> {
  const db = await worker.openDatabase();
  const ids = JSON.stringify(Array.from({ length: count }, (_, n) => n + 2));
  const insert = `INSERT INTO affiliates (id, username, name, email, created_at)
    SELECT value, 'bench-' || value, 'Bench', value || '@bench.example', 0 FROM json_each(?)`;
  await db.prepare(insert).bind(ids).run();
}

/** CPU of one time, ms; null where the system does not say. */
async function measureCpu(work: (times: number) => Promise<void>): Promise<number | null> {
  for (let times = 1; ; times *= 4) {
    const before = worker.readCpuSeconds();
    await work(times);
    const after = worker.readCpuSeconds();
    if (before === null || after === null) return null;
    if (after - before >= CPU_SECONDS_MIN) return ((after - before) / times) * 1_000;
  }
}

async function ask(door: string, body: object) {
  const response = await fetch(new URL(`bench/${door}`, worker.url), { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`/bench/${door}: ${response.status} ${await response.text()}`);
  return await response.json();
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
