import { createRequire } from "node:module";
import type { RunningWorker } from "./workers.ts";

/** The requests to a Worker in one round. */
export interface Load {
  /** Relative to the Worker's URL. */
  path: string;
  headers: Record<string, string>;
  requests: number;
  connections: number;
}

/** The result of a round. */
export interface Round {
  /** The number of answers with status 302. */
  redirects: number;
  /** The number of answers with any other status, and of requests without an answer. */
  failures: number;
  /** The time until the last answer. */
  seconds: number;
  /** One for each answer. */
  latencies_ms: number[];
  /** CPU time of the Worker's process; null if the system does not provide it. */
  worker_cpu_seconds: number | null;
  /** CPU time of the load generator, which is this process. */
  generator_cpu_seconds: number;
}

/** The part of autocannon that is used here. It ships no types. */
type Autocannon = (options: {
  url: string;
  connections: number;
  amount: number;
  headers: object;
  timeout: number;
  bailout: number;
}) => PromiseLike<unknown> & {
  on(event: "response", listener: (client: unknown, status: number, bytes: number, ms: number) => void): void;
};

const autocannon: Autocannon = createRequire(import.meta.url)("autocannon");

const TIMEOUT_SECONDS = 10;
const BAIL_OUT_AFTER_ERRORS = 100;

/** Sends exactly `requests` requests, one after the other on each connection. None is sent again. */
export async function runRound(worker: RunningWorker, load: Load): Promise<Round> {
  const latencies: number[] = [];
  let redirects = 0;
  const workerCpu = worker.readCpuSeconds();
  const generatorCpu = process.cpuUsage();
  const startedAt = performance.now();
  let endedAt = startedAt;
  const run = autocannon({
    url: new URL(load.path, worker.url).href,
    connections: load.connections,
    amount: load.requests,
    headers: load.headers,
    timeout: TIMEOUT_SECONDS,
    bailout: BAIL_OUT_AFTER_ERRORS,
  });
  run.on("response", (_client, status, _bytes, ms) => {
    latencies.push(ms);
    if (status === 302) redirects += 1;
    endedAt = performance.now();
  });
  await run;
  const { user, system } = process.cpuUsage(generatorCpu);
  const workerCpuNow = worker.readCpuSeconds();
  return {
    redirects,
    failures: load.requests - redirects,
    seconds: (endedAt - startedAt) / 1_000,
    latencies_ms: latencies,
    worker_cpu_seconds: workerCpu === null || workerCpuNow === null ? null : workerCpuNow - workerCpu,
    generator_cpu_seconds: (user + system) / 1e6,
  };
}
