/**
 * Measures how many clicks a crash loses: puts the Worker under load, kills its process with SIGKILL at random moments,
 * starts it again on the same data, and compares the redirects that visitors received with what is stored and counted.
 * Each redirect's landing URL names its click, so every single click can be looked for. The first period is without a
 * kill, under the same load. Fails only if a click is stored or counted twice, or counts differ from rows.
 *
 *     npm run bench:crash -- --kills 10 --sink both --connections 50 --rate 0 --min-ms 500 --max-ms 3000 --calm-ms 10000 --seed 7
 *
 * --kills            kills per sink; 0 for only the load
 * --sink             queue, d1 or both: the setting CLICK_SINK
 * --connections      concurrent connections, each sending one visit after the other
 * --rate             maximum of visits per second; 0 (default) for as many as are answered
 * --min-ms, --max-ms time under load before a kill: random between these
 * --calm-ms          duration of the load without a kill
 * --seed             seed of the random times; by default a new one, which is printed
 *
 * A click is lost if it was answered but is not stored after the kill. The Worker logs each message that its queue accepts,
 * which shows where a lost click was when the process died. "In isolate": in the packing window (5 ms, more while the machine
 * is busy), or in a send or an insert in progress. "In queue": accepted by the local queue, which lives in the same process
 * and keeps everything in memory. Cloudflare's queue is durable and delivers a message again unless it is acknowledged. So
 * does this benchmark: after each kill it sends everything that the queue had accepted again, stored or not. What is still
 * missing then is lost permanently.
 */
import { randomInt } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Click } from "../../src/redirect/click.ts";
import { createRandom } from "../support/seeded-random.ts";
import { audit, findLost, readStoredIds } from "./crash-audit.ts";
import { describeOutcomes, type Outcome } from "./crash-report.ts";
import { readCount } from "./flags.ts";
import { describeMachine, show } from "./report.ts";
import { type Answer, sendVisits, type Visit } from "./send-visits.ts";
import { setUpAffiliate, setUpProgram } from "./set-up.ts";
import { type RunningWorker, startLastclick } from "./workers.ts";

const SINKS = ["queue", "d1"];
const SLUGS = Array.from({ length: 20 }, (_, n) => `link-${n}`);
/** Half of the people have their own IP address, so that their second click is a duplicate; the others have none. */
const VISITS: Visit[] = Array.from({ length: 2_000 }, (_, n) => ({
  path: `${SLUGS[n % SLUGS.length]}?sub1=campaign-${n % 7}`,
  headers: {
    "User-Agent": `Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${100 + (n % 30)}.0.0.0 Safari/537.36`,
    Referer: `https://review-site-${n % 30}.example/`,
    ...(n % (2 * SLUGS.length) < SLUGS.length && { "CF-Connecting-IP": `10.0.${n >> 8}.${n & 255}` }),
  },
}));
/** The beginning of a log line with a message that the queue accepted. */
const ACCEPTED = "accepted ";
/** Longer than the local queue takes: it delivers within a second and retries after five. */
const TIMEOUT_MS = 20_000;
const POLL_MS = 500;
const DIFFERENCES_SHOWN = 10;

const { values: flags } = parseArgs({
  options: {
    kills: { type: "string", default: "10" },
    sink: { type: "string", default: "both" },
    connections: { type: "string", default: "50" },
    rate: { type: "string", default: "0" },
    "min-ms": { type: "string", default: "500" },
    "max-ms": { type: "string", default: "3000" },
    "calm-ms": { type: "string", default: "10000" },
    seed: { type: "string", default: String(randomInt(1, 1_000_000)) },
  },
});
const kills = readCount("kills", flags.kills, 1_000, 0);
const connections = readCount("connections", flags.connections, 500);
const rate = readCount("rate", flags.rate, 100_000, 0) || null;
const minMs = readCount("min-ms", flags["min-ms"], 60_000);
const maxMs = readCount("max-ms", flags["max-ms"], 60_000, minMs);
const calmMs = readCount("calm-ms", flags["calm-ms"], 600_000);
const seed = readCount("seed", flags.seed, 1_000_000_000);
const sinks = flags.sink === "both" ? SINKS : SINKS.filter((sink) => sink === flags.sink);
if (sinks.length === 0) throw new Error(`--sink takes ${SINKS.join(", ")} or both.`);

console.log(describeMachine());
const load = rate === null ? "full load" : `${show(rate)} visits per second`;
console.log(`${kills} kills after ${minMs} to ${maxMs} ms under ${load} on ${connections} connections, seed ${seed}`);
for (const sink of sinks) {
  if (!(await measureCrashes(sink))) process.exitCode = 1;
}

/** Runs all kills for one sink. Returns whether no click was counted twice and all counts are correct. */
async function measureCrashes(sink: string): Promise<boolean> {
  let accepted: Click[][] = [];
  const onLog = (line: string) => {
    if (line.startsWith(ACCEPTED)) accepted.push(JSON.parse(line.slice(ACCEPTED.length)));
    else console.log(line);
  };
  await using worker = await startLastclick({
    settings: { CLICK_SINK: sink },
    main: "test/bench/crash-worker.ts",
    onLog,
  });
  await setUpProgram(worker);
  await setUpAffiliate(worker, "bench", SLUGS);
  const random = createRandom(seed);
  const everyAnswer: Answer[] = [];
  const outcomes: Outcome[] = [];
  for (let kill = 0; kill <= kills; kill++) {
    accepted = [];
    const since = Date.now();
    const { answers, failures, stop, ended } = sendVisits(worker.url, VISITS, { connections, rate });
    await sleep(kill === 0 ? calmMs : minMs + random.below(maxMs - minMs + 1));
    const ended_at = Date.now();
    await (kill === 0 ? stop() : Promise.all([worker.kill(), ended]));
    const db = await worker.openDatabase();
    const lost = kill === 0 ? await waitForClicks(db, answers, since) : await readLost(db, answers, since);
    const wasAccepted = new Set(accepted.flatMap((pack) => pack.map(({ id }) => id)));
    const isolate = lost.filter(({ click_id }) => !wasAccepted.has(click_id));
    const queue = lost.filter(({ click_id }) => wasAccepted.has(click_id));
    if (kill > 0) await redeliver(worker, accepted);
    outcomes.push({
      name: kill === 0 ? "without a kill" : `kill ${kill}`,
      seconds: (ended_at - since) / 1_000,
      ended_at,
      answered: answers.length,
      lost: { isolate, queue },
      lost_permanently: isolate.length + (await waitForClicks(db, queue, since)).length,
    });
    everyAnswer.push(...answers);
    if (failures() > 0) console.log(`${failures()} answers were not a redirect with a click.`);
  }
  console.log(describeOutcomes(sink, outcomes));
  return await checkAll(await worker.openDatabase(), everyAnswer);
}

async function redeliver(worker: RunningWorker, packs: readonly Click[][]): Promise<void> {
  const response = await fetch(new URL("bench/redeliver", worker.url), { method: "POST", body: JSON.stringify(packs) });
  if (!response.ok) throw new Error(`The queue did not accept the messages again: ${response.status}`);
}

function readLost(db: D1Database, answers: readonly Answer[], since: number): Promise<Answer[]> {
  return readStoredIds(db, since).then((stored) => findLost(answers, stored));
}

/** Waits until no click is missing, or their number stops falling. Returns the missing clicks. */
async function waitForClicks(db: D1Database, answers: readonly Answer[], since: number): Promise<Answer[]> {
  let lost = await readLost(db, answers, since);
  let changedAt = Date.now();
  while (lost.length > 0 && Date.now() - changedAt < TIMEOUT_MS) {
    await sleep(POLL_MS);
    const now = await readLost(db, answers, since);
    if (now.length !== lost.length) changedAt = Date.now();
    lost = now;
  }
  return lost;
}

/** Prints what is stored and counted of all answered clicks. Returns whether counts are right and nothing is stored twice. */
async function checkAll(db: D1Database, answers: readonly Answer[]): Promise<boolean> {
  const { rows, counted, stored_twice, differences } = await audit(db);
  const stored = await readStoredIds(db, 0);
  const lost = findLost(answers, stored).length;
  const answeredTwice = answers.length - new Set(answers.map(({ click_id }) => click_id)).size;
  console.log(
    [
      `${show(answers.length)} redirects answered, ${show(answers.length - lost)} of their clicks stored, ${show(lost)} lost.`,
      `${show(rows)} rows (${show(stored.size - (answers.length - lost))} of clicks whose answer was cut off by a kill), ${show(counted)} counted.`,
      `${show(stored_twice)} stored twice, ${show(answeredTwice)} ids used twice, ${show(differences.length)} days of links with counts that differ from their rows.`,
    ].join("\n"),
  );
  for (const difference of differences.slice(0, DIFFERENCES_SHOWN)) console.log(`  ${JSON.stringify(difference)}`);
  return stored_twice === 0 && answeredTwice === 0 && differences.length === 0 && counted === rows;
}
