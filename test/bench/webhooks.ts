/**
 * Measures what a webhook costs, and checks that none is lost: posts signed sales of different customers to the Worker that
 * ships, next to a bare Worker whose object writes one row, in alternating rounds. Then it posts more while it kills the
 * Worker's process with SIGKILL at random moments and, as a checkout would, posts again what was not acknowledged. Fails if
 * an acknowledged sale is missing, or a sale or its commission is there twice.
 *
 *     npm run bench:webhooks -- --rounds 6 --sales 300 --connections 5 --kills 5 --min-ms 300 --max-ms 1500 --seed 7
 *
 * --rounds       rounds per Worker
 * --sales        sales per round
 * --connections  concurrent connections
 * --kills        kills after the rounds; 0 for none
 * --min-ms, --max-ms  time under load before a kill: random between these
 * --seed         seed of the random times; by default a new one, which is printed
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRandom } from "../support/seeded-random.ts";
import { createSales, type Posting, post, SALE_AMOUNT } from "./checkout.ts";
import { readCount } from "./flags.ts";
import { describeMachine, formatTable, quantile, show } from "./report.ts";
import { call, PROGRAM, SLUG, setUpLink } from "./set-up.ts";
import { type RunningWorker, startBareObject, startLastclick } from "./workers.ts";

/** Alarms relay within a moment. Those of a killed process run again in the next one. */
const TIMEOUT_MS = 60_000;
const POLL_MS = 500;
/** The rate of the preset kartra-classic, in basis points. */
const RATE_BPS = 4_000;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "6" },
    sales: { type: "string", default: "300" },
    connections: { type: "string", default: "5" },
    kills: { type: "string", default: "5" },
    "min-ms": { type: "string", default: "300" },
    "max-ms": { type: "string", default: "1500" },
    seed: { type: "string", default: String(randomInt(1, 1_000_000)) },
  },
});
const rounds = readCount("rounds", flags.rounds, 100);
const sales = readCount("sales", flags.sales, 100_000);
const connections = readCount("connections", flags.connections, 200);
const kills = readCount("kills", flags.kills, 100, 0);
const minMs = readCount("min-ms", flags["min-ms"], 60_000);
const maxMs = readCount("max-ms", flags["max-ms"], 60_000, minMs);
const seed = readCount("seed", flags.seed, 1_000_000_000);

await using bare = await startBareObject();
await using lastclick = await startLastclick({ onLog: () => {} });
await setUpLink(lastclick);
const endpoint = await call(lastclick, `programs/${PROGRAM}/endpoints`, { source: "standard" });
const click = await clickToken(lastclick);
// The port changes with each kill.
const webhookUrl = () => new URL(`v1/webhooks/${endpoint.id}`, lastclick.url).href;
let salesCreated = 0;
const nextSales = (count: number) => {
  const created = createSales(count, salesCreated, click, endpoint.secret);
  salesCreated += count;
  return created;
};

console.log(describeMachine());
console.log(`${rounds} rounds of ${sales} sales each, ${connections} connections\n`);
await post(() => bare.url, nextSales(sales), connections);
const acknowledged = (await post(webhookUrl, nextSales(sales), connections)).acknowledged;
const sides = [
  { name: "bare durable write", url: () => bare.url, rounds: [] as Posting[] },
  { name: "Lastclick", url: webhookUrl, rounds: [] as Posting[] },
];
for (let round = 0; round < rounds; round += 1) {
  for (const side of sides) {
    const posting = await post(side.url, nextSales(sales), connections);
    side.rounds.push(posting);
    if (side.name === "Lastclick") for (const payment of posting.acknowledged) acknowledged.add(payment);
  }
}
const results = sides.map(({ rounds }) => {
  const latencies = rounds.flatMap((round) => round.latencies_ms);
  const rate = quantile(
    rounds.map((round) => round.acknowledged.size / round.seconds),
    0.5,
  );
  return [rate, quantile(latencies, 0.5), quantile(latencies, 0.99)];
});
const [bareResults = [], ownResults = []] = results;
const ratios = ownResults.map((result, at) => (result ?? Number.NaN) / (bareResults[at] ?? Number.NaN));
console.log(
  formatTable([
    ["", "acknowledged/s", "p50 ms", "p99 ms"],
    ...sides.map(({ name }, at) => [
      name,
      ...(results[at] ?? []).map((result, column) => show(result, column === 0 ? 0 : 1)),
    ]),
    ["ratio", ...ratios.map((ratio) => show(ratio, 2))],
  ]),
);
const failures = sides.flatMap((side) => side.rounds).reduce((sum, round) => sum + round.failures, 0);
if (failures > 0) console.log(`${failures} were not acknowledged.`);

if (kills > 0) {
  console.log(`\n${kills} kills after ${minMs} to ${maxMs} ms under load, seed ${seed}`);
  const random = createRandom(seed);
  for (let kill = 0; kill < kills; kill += 1) {
    const batch = nextSales(sales);
    let killed = false;
    const posting = post(webhookUrl, batch, connections, () => killed);
    await sleep(minMs + random.below(maxMs - minMs + 1));
    killed = true;
    await lastclick.kill();
    const before = (await posting).acknowledged;
    const again = await post(
      webhookUrl,
      batch.filter(({ name }) => !before.has(name)),
      connections,
    );
    for (const payment of [...before, ...again.acknowledged]) acknowledged.add(payment);
    console.log(`kill ${kill + 1}: ${before.size} acknowledged before, ${again.acknowledged.size} after`);
  }
}

const found = await audit(lastclick, acknowledged.size);
const lost = [...acknowledged].filter((payment) => !found.payments.has(payment)).length;
console.log(
  `\n${acknowledged.size} sales acknowledged, ${found.conversions} conversions, ${found.entries} commissions, ${show(found.amount)} in total: ${lost} lost, ${found.conversions - found.payments.size} duplicated.`,
);
const isRight =
  lost === 0 &&
  found.conversions === found.payments.size &&
  found.entries === found.conversions &&
  found.amount === (found.conversions * SALE_AMOUNT * RATE_BPS) / 10_000;
process.exitCode = isRight ? 0 : 1;

async function clickToken(worker: RunningWorker): Promise<string> {
  const response = await fetch(new URL(SLUG, worker.url), {
    redirect: "manual",
    headers: { "User-Agent": "Mozilla/5.0 Chrome/126.0" },
  });
  return new URL(response.headers.get("location") ?? "").searchParams.get("lc_click") ?? "";
}

/** Waits until as many sales are stored as were acknowledged, or for a minute. Returns the stored totals. */
async function audit(worker: RunningWorker, expected: number) {
  const db = await worker.openDatabase();
  const until = Date.now() + TIMEOUT_MS;
  const count = (table: string) => db.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n");
  while (Date.now() < until) {
    if (((await count("conversions")) ?? 0) >= expected && ((await count("ledger_entries")) ?? 0) >= expected) break;
    await sleep(POLL_MS);
  }
  const rows = await db.prepare("SELECT record ->> 'payment' AS payment FROM conversions").all<{ payment: string }>();
  const ledger = await db
    .prepare("SELECT count(*) AS entries, coalesce(sum(amount), 0) AS amount FROM ledger_entries")
    .first<{ entries: number; amount: number }>();
  return {
    conversions: rows.results.length,
    payments: new Set(rows.results.map((row) => row.payment)),
    entries: ledger?.entries ?? 0,
    amount: ledger?.amount ?? 0,
  };
}
