/**
 * Measures what a redirect costs, and whether each one is counted: the Worker that ships next to a bare 302 Worker, under
 * the same load in alternating rounds. Fails only if the clicks counted differ from the redirects served.
 *
 *     npm run bench -- --rounds 10 --requests 10000 --connections 50 --returning
 *     npm run bench -- --throttled
 *     npm run bench -- --assets
 */
import { parseArgs } from "node:util";
import { readCount } from "./flags.ts";
import { describeMachine, formatReport } from "./report.ts";
import { type Load, type Round, runRound } from "./run-round.ts";
import { SLUG, setUpLink, visit, waitForClicks } from "./set-up.ts";
import { type RunningWorker, startBare, startLastclick } from "./workers.ts";

const USER_AGENT =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36";
/** Enough for V8 to optimize the code. */
const WARM_UP_REQUESTS = 20_000;

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "10" },
    requests: { type: "string", default: "10000" },
    connections: { type: "string", default: "50" },
    /** Every visitor has the cookie of an earlier click. */
    returning: { type: "boolean", default: false },
    /** All requests come from one network, which has used up its rows of the click log. */
    throttled: { type: "boolean", default: false },
    /** Behind an assets binding, as the docs might be served; the shipped Worker has none. */
    assets: { type: "boolean", default: false },
  },
});
const rounds = readCount("rounds", flags.rounds, 100);
const requests = readCount("requests", flags.requests, 100_000);
const connections = readCount("connections", flags.connections, 500);
const verdicts = flags.throttled ? ["counted", "duplicate", "throttled"] : [flags.returning ? "duplicate" : "counted"];

await using bare = await startBare();
await using lastclick = await startLastclick(flags.assets ? { assets: import.meta.dirname } : {});
await setUpLink(lastclick);
const headers: Record<string, string> = { "User-Agent": USER_AGENT };
if (flags.returning) headers.Cookie = await visit(lastclick, USER_AGENT);
if (flags.throttled) headers["CF-Connecting-IP"] = "203.0.113.7";
const load: Load = { path: SLUG, headers, requests, connections };

console.log(describeMachine());
console.log(
  `${rounds} rounds of ${requests} requests each, ${connections} connections, visitors ${flags.returning ? "with" : "without"} a cookie${flags.throttled ? ", of one network" : ""}\n`,
);

const warmUp = { ...load, requests: WARM_UP_REQUESTS };
await runRound(bare, warmUp);
let served = (await runRound(lastclick, warmUp)).redirects;
let stored = await waitForClicks(lastclick, verdicts, served);

const bareSide = openSide("bare 302", bare);
const lastclickSide = openSide("Lastclick", lastclick);
for (let round = 0; round < rounds && stored === served; round++) {
  bareSide.rounds.push(await runRound(bare, load));
  const ownRound = await runRound(lastclick, load);
  lastclickSide.rounds.push(ownRound);
  served += ownRound.redirects;
  // No click of this round may be stored during the next Worker's round.
  stored = await waitForClicks(lastclick, verdicts, served);
}

console.log(formatReport(closeSide(bareSide), closeSide(lastclickSide)));
for (const { name, rounds } of [bareSide, lastclickSide]) {
  const failures = rounds.reduce((total, round) => total + round.failures, 0);
  if (failures > 0) console.log(`\n${name}: ${failures} requests were not answered with a 302.`);
}
console.log(
  `\n${served} redirects served, ${stored} clicks ${verdicts.join(" or ")}${served === stored ? "" : ": they differ"}.`,
);
process.exitCode = served === stored ? 0 : 1;

function openSide(name: string, worker: RunningWorker) {
  return { name, worker, rounds: [] as Round[], cpu_before: worker.readCpuSeconds() };
}

function closeSide({ name, worker, rounds, cpu_before }: ReturnType<typeof openSide>) {
  const cpuNow = worker.readCpuSeconds();
  return { name, rounds, cpu_seconds: cpu_before === null || cpuNow === null ? null : cpuNow - cpu_before };
}
