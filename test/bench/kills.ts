/**
 * Checks that a kill loses, duplicates or corrupts nothing: posts customers' histories (leads by email, first payments by id,
 * renewals with both, refunds and chargebacks, in any order and partly twice) to the Worker that ships, kills its process
 * with SIGKILL at random moments, starts it again on the same data and, as a checkout would, posts again what was not
 * acknowledged. Then it compares each conversion, its refunds and the ledger with an independent calculation, and looks for
 * each event in the objects' own files. Fails on any difference, and lists it.
 *
 *     npm run bench:kills -- --kills 100 --backlog 60 --connections 5 --min-ms 200 --max-ms 1200 --seed 7
 *
 * --kills        number of kills
 * --backlog      deliveries to post before each kill; those not acknowledged yet come first
 * --connections  concurrent connections
 * --min-ms, --max-ms  time under load before a kill: random between these
 * --seed         seed of the histories and the times; by default a new one, which is printed
 * --always-by-id every event has the customer's id, so that no customers are merged
 */
import { randomInt } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRandom } from "../support/seeded-random.ts";
import { type Delivery, post } from "./checkout.ts";
import { readCount } from "./flags.ts";
import { compareAll, countOpen, type Findings, readObjectFiles } from "./kills-audit.ts";
import { type AffiliateClick, createHistory, type Expected, SPAN_MS, shuffle } from "./kills-histories.ts";
import { describeMachine, show } from "./report.ts";
import { call, PROGRAM, setUpAffiliate, setUpProgram } from "./set-up.ts";
import { startLastclick } from "./workers.ts";

/** How long to wait after the last change. */
const TIMEOUT_MS = 60_000;
const POLL_MS = 1_000;
/** Deliveries left open are retried after a minute, and lost alarms are looked for after ten: a cron run this much later finds all of them. */
const LATER_MS = 900_000;
const ATTEMPTS = 5;
const MAX_LISTED = 50;
const AFFILIATES = ["anna", "boris"];

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "100" },
    backlog: { type: "string", default: "60" },
    connections: { type: "string", default: "5" },
    "min-ms": { type: "string", default: "200" },
    "max-ms": { type: "string", default: "1200" },
    seed: { type: "string", default: String(randomInt(1, 1_000_000)) },
    "always-by-id": { type: "boolean", default: false },
  },
});
const kills = readCount("kills", flags.kills, 10_000);
const backlog = readCount("backlog", flags.backlog, 10_000);
const connections = readCount("connections", flags.connections, 200);
const minMs = readCount("min-ms", flags["min-ms"], 60_000);
const maxMs = readCount("max-ms", flags["max-ms"], 60_000, minMs);
const seed = readCount("seed", flags.seed, 1_000_000_000);
const always_by_id = flags["always-by-id"];

const startedAt = performance.now();
const random = createRandom(seed);
const folder = mkdtempSync(join(tmpdir(), "lastclick-kills-"));
try {
  process.exitCode = (await run()) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

/** Returns whether everything is correct. */
async function run(): Promise<boolean> {
  const worker = await startLastclick({ folder, onLog: () => {} });
  try {
    await setUpProgram(worker);
    for (const affiliate of AFFILIATES) await setUpAffiliate(worker, affiliate, [affiliate]);
    const { id, secret } = await call(worker, `programs/${PROGRAM}/endpoints`, { source: "standard" });
    // The port changes with each kill.
    const webhookUrl = () => new URL(`v1/webhooks/${id}`, worker.url).href;
    const click = async (affiliate: string): Promise<AffiliateClick> => {
      const headers = { "User-Agent": "Mozilla/5.0 Chrome/126.0" };
      const response = await fetch(new URL(affiliate, worker.url), { redirect: "manual", headers });
      const token = new URL(response.headers.get("location") ?? "").searchParams.get("lc_click") ?? "";
      return { affiliate, token };
    };
    const [one = "", other = ""] = AFFILIATES;

    console.log(describeMachine());
    console.log(`${kills} kills after ${minMs} to ${maxMs} ms under load, ${connections} connections, seed ${seed}`);
    const expected = new Map<string, Expected>();
    const acknowledged = new Set<string>();
    const refusals = new Map<string, string>();
    let customers = 0;
    let duringKills = 0;
    let open: Delivery[] = [];

    const addHistories = async () => {
      const first = await click(one);
      await sleep(5);
      const early = [first, await click(other)] as const;
      const first_at = Date.now() + 1;
      await sleep(2 * SPAN_MS);
      const late = await click(random.pick([one, other]));
      const renewed_at = Date.now() + 1;
      const fresh: Delivery[] = [];
      while (open.length + fresh.length < backlog) {
        const given = { random, secret, early, late, first_at, renewed_at, always_by_id };
        const history = createHistory(customers, given);
        customers += 1;
        fresh.push(...history.deliveries);
        for (const [name, conversion] of history.expected) expected.set(name, conversion);
      }
      // The customers' events are interleaved. No event is posted before it has happened.
      open.push(...interleave(fresh));
      await sleep(2 * SPAN_MS);
    };
    const interleave = (deliveries: readonly Delivery[]) => {
      const byCustomer = [...Map.groupBy(deliveries, ({ name }) => name.slice(0, name.lastIndexOf("_"))).values()];
      const order = shuffle(
        byCustomer.flatMap((own, at) => own.map(() => at)),
        random,
      );
      return order.flatMap((at) => byCustomer[at]?.splice(0, 1) ?? []);
    };
    const record = (posting: Awaited<ReturnType<typeof post>>) => {
      for (const name of posting.acknowledged) acknowledged.add(name);
      for (const [name, refusal] of posting.refusals) refusals.set(name, refusal);
      open = open.filter((delivery) => !posting.posted.has(delivery));
    };

    for (let kill = 1; kill <= kills; kill += 1) {
      if (open.length < backlog) await addHistories();
      let killed = false;
      const posting = post(webhookUrl, open, connections, () => killed);
      await sleep(minMs + random.below(maxMs - minMs + 1));
      killed = true;
      await worker.kill();
      const before = await posting;
      duringKills += before.failures;
      record(before);
      if (kill % 10 === 0) {
        console.log(`kill ${kill}: ${acknowledged.size} events acknowledged, ${show(elapsed())} s`);
      }
    }
    for (let attempts = 0; open.length > 0 && attempts < ATTEMPTS; attempts += 1)
      record(await post(webhookUrl, open, connections));
    const recovering = performance.now();
    const found = await waitUntilRight(worker, expected);
    const left = await countOpen(worker);
    const recovered = (performance.now() - recovering) / 1_000;

    await worker[Symbol.asyncDispose]();
    const objects = readObjectFiles(folder, acknowledged);
    const known = [...refusals].filter(([name]) => !acknowledged.has(name));
    console.log(
      `${customers} customers, ${acknowledged.size} events acknowledged; ${duringKills} deliveries were cut off by kills and posted again.`,
    );
    console.log(
      `${objects.customers} Customer objects, ${objects.merged} of them merged into another: ${objects.lost.length} events lost, ${objects.duplicated.length} in two, ${objects.unsent} messages unsent.`,
    );
    console.log(
      `${expected.size} conversions expected, ${found.conversions} found: ${found.lost} lost, ${found.duplicated} duplicated, ${found.wrong} wrong.`,
    );
    console.log(
      `${found.entries} ledger entries add up to ${show(found.ledger)}, expected ${show(found.ledger_expected)}; ${left} deliveries or objects still open, recovered in ${show(recovered)} s, ${show(elapsed())} s in total.`,
    );
    const differences = [
      ...known.map(([name, refusal]) => `refused: ${name}: ${refusal}`),
      ...open.map(({ name }) => `never acknowledged: ${name}`),
      ...objects.lost.map((event) => `in no object: ${event}`),
      ...objects.duplicated.map((event) => `in two objects: ${event}`),
      ...found.differences,
    ];
    for (const difference of differences.slice(0, MAX_LISTED)) console.log(difference);
    if (differences.length > MAX_LISTED) console.log(`… and ${differences.length - MAX_LISTED} more`);
    return differences.length === 0 && left === 0 && objects.unsent === 0 && found.ledger === found.ledger_expected;
  } finally {
    await worker[Symbol.asyncDispose]();
  }
}

/** Waits until everything is correct or nothing changes anymore, and runs the cron like the platform. Returns the comparison. */
async function waitUntilRight(
  worker: Awaited<ReturnType<typeof startLastclick>>,
  expected: ReadonlyMap<string, Expected>,
): Promise<Findings> {
  let last = "";
  let changedAt = Date.now();
  for (;;) {
    await worker.runCron("* * * * *", Date.now() + LATER_MS);
    const found = await compareAll(worker, expected, AFFILIATES);
    const left = await countOpen(worker);
    if (found.differences.length === 0 && left === 0) return found;
    const now = `${left} ${found.entries} ${found.differences.join("\n")}`;
    if (now !== last) changedAt = Date.now();
    if (Date.now() - changedAt > TIMEOUT_MS) return found;
    last = now;
    await sleep(POLL_MS);
  }
}

function elapsed(): number {
  return (performance.now() - startedAt) / 1_000;
}
