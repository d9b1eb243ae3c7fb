/**
 * Whether a kill loses, doubles or falsifies anything: posts customers' histories (leads by e-mail, first payments by id,
 * renewals that name both, refunds, chargebacks, all in any order and some twice) to the Worker that ships, kills its process
 * with SIGKILL at random moments, starts it again on the same data, and posts once more, as a checkout would, what was not
 * acknowledged. Then holds each conversion, its refunds and the ledger against a plain calculation, and looks for each
 * event in the objects' own files. Fails on any difference, and lists it.
 *
 *     npm run bench:kills -- --kills 100 --backlog 60 --connections 5 --min-ms 200 --max-ms 1200 --seed 7
 *
 * --kills        how many
 * --backlog      deliveries that are there to be posted when each load begins; what was not acknowledged comes first
 * --connections  that post at the same time
 * --min-ms, --max-ms  how long the Worker is under load before a kill: a random time between them
 * --seed         of the histories and the times; printed, and another one each run unless given
 * --always-by-id every event names the customer's id, so that no customer turns out to be another one
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
import { type Clicked, type Expected, makeHistory, SPAN_MS, shuffle } from "./histories.ts";
import { compareAll, countOpen, type Findings, readObjectFiles } from "./kills-audit.ts";
import { call, PROGRAM, setUpAffiliate, setUpProgram } from "./link.ts";
import { describeMachine, show } from "./report.ts";
import { startLastclick } from "./workers.ts";

/** As long as something still changes it is waited for. */
const PATIENCE_MS = 60_000;
const POLL_MS = 1_000;
/** What a crash left open is tried again after a minute, and what an alarm missed is looked for after ten: this run finds all of it. */
const LATER_MS = 900_000;
const TRIES = 5;
const LISTED = 50;
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

/** Whether all is right. */
async function run(): Promise<boolean> {
  const worker = await startLastclick({ folder, onLog: () => {} });
  try {
    await setUpProgram(worker);
    for (const affiliate of AFFILIATES) await setUpAffiliate(worker, affiliate, [affiliate]);
    const { id, secret } = await call(worker, `programs/${PROGRAM}/endpoints`, { source: "standard" });
    // The port is another one after a kill.
    const webhookUrl = () => new URL(`v1/webhooks/${id}`, worker.url).href;
    const click = async (affiliate: string): Promise<Clicked> => {
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

    const makeMore = async () => {
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
        const history = makeHistory(customers, given);
        customers += 1;
        fresh.push(...history.deliveries);
        for (const [name, wanted] of history.expected) expected.set(name, wanted);
      }
      // Customers' histories lie across each other, and what has happened is over before it is told.
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
    const note = (posting: Awaited<ReturnType<typeof post>>) => {
      for (const name of posting.acknowledged) acknowledged.add(name);
      for (const [name, refusal] of posting.refusals) refusals.set(name, refusal);
      open = open.filter((delivery) => !posting.posted.has(delivery));
    };

    for (let kill = 1; kill <= kills; kill += 1) {
      if (open.length < backlog) await makeMore();
      let killed = false;
      const posting = post(webhookUrl, open, connections, () => killed);
      await sleep(minMs + random.below(maxMs - minMs + 1));
      killed = true;
      await worker.kill();
      const before = await posting;
      duringKills += before.failures;
      note(before);
      if (kill % 10 === 0) {
        console.log(`kill ${kill}: ${acknowledged.size} events acknowledged, ${show(elapsed())} s`);
      }
    }
    for (let tries = 0; open.length > 0 && tries < TRIES; tries += 1) note(await post(webhookUrl, open, connections));
    const recovering = performance.now();
    const found = await awaitRight(worker, expected);
    const left = await countOpen(worker);
    const recovered = (performance.now() - recovering) / 1_000;

    await worker[Symbol.asyncDispose]();
    const objects = readObjectFiles(folder, acknowledged);
    const known = [...refusals].filter(([name]) => !acknowledged.has(name));
    console.log(
      `${customers} customers, ${acknowledged.size} events acknowledged; ${duringKills} deliveries were cut off by kills and posted again.`,
    );
    console.log(
      `${objects.customers} Customer objects, ${objects.merged} of them merged into another: ${objects.lost.length} events lost, ${objects.doubled.length} in two, ${objects.unsent} messages unsent.`,
    );
    console.log(
      `${expected.size} conversions expected, ${found.conversions} there: ${found.lost} lost, ${found.doubled} doubled, ${found.wrong} wrong.`,
    );
    console.log(
      `${found.entries} ledger entries add up to ${show(found.ledger)}, expected ${show(found.ledger_expected)}; ${left} deliveries or objects still open, recovered in ${show(recovered)} s, ${show(elapsed())} s in all.`,
    );
    const differences = [
      ...known.map(([name, refusal]) => `refused: ${name}: ${refusal}`),
      ...open.map(({ name }) => `never acknowledged: ${name}`),
      ...objects.lost.map((event) => `in no object: ${event}`),
      ...objects.doubled.map((event) => `in two objects: ${event}`),
      ...found.differences,
    ];
    for (const difference of differences.slice(0, LISTED)) console.log(difference);
    if (differences.length > LISTED) console.log(`… and ${differences.length - LISTED} more`);
    return differences.length === 0 && left === 0 && objects.unsent === 0 && found.ledger === found.ledger_expected;
  } finally {
    await worker[Symbol.asyncDispose]();
  }
}

/** What is there once it is right, or nothing changes any more. The minute's run comes as the platform would have it. */
async function awaitRight(
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
    if (Date.now() - changedAt > PATIENCE_MS) return found;
    last = now;
    await sleep(POLL_MS);
  }
}

function elapsed(): number {
  return (performance.now() - startedAt) / 1_000;
}
