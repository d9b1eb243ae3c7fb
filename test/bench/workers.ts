/** The two Workers that are compared: each in a workerd process of its own, on a loopback port without a proxy in front. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptionsShape } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const ROOT = resolve(import.meta.dirname, "../..");
const CONFIG = join(ROOT, "wrangler.toml");
/** Of the kernel's clock that /proc counts in: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The least that a redirect costs. */
const BARE_WORKER = `
  export default {
    fetch() {
      const headers = { Location: "https://shop.example/pricing", "Cache-Control": "no-store" };
      return new Response(null, { status: 302, headers });
    },
  };`;

/** A Worker that listens; disposing of it ends its process. */
export interface RunningWorker extends AsyncDisposable {
  /** Ends in a slash. */
  url: string;
  /** CPU time of the workerd process up to now, null where the system does not say. */
  readCpuSeconds: () => number | null;
}

/** The admin key of the Worker under load. */
export const ADMIN_TOKEN = "bench-admin-token-0123456789";

/** Starts the bundle that ships, with the bindings of wrangler.toml, on an empty database with the shipped migrations. */
export async function startLastclick(): Promise<RunningWorker> {
  const bindings = {
    ADMIN_TOKEN,
    TOKEN_KEYS: Buffer.alloc(32, 1).toString("base64url"),
    VAULT_KEY: Buffer.alloc(32, 2).toString("base64url"),
  };
  const { miniflare, worker } = await start(bundle(), { ...readConfig(), bindings });
  await migrate(await miniflare.getD1Database("DB"));
  return worker;
}

/** Starts the bare 302. */
export async function startBare(): Promise<RunningWorker> {
  const { compatibilityDate = "" } = readConfig();
  const { worker } = await start(BARE_WORKER, { compatibilityDate });
  return worker;
}

async function start(script: string, options: V4WorkerOptionsShape) {
  const unsafeDirectSockets = [{ host: "127.0.0.1", port: 0 }];
  const before = childProcesses();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({ ...options, name: "worker", script, modules: true, unsafeDirectSockets }),
  );
  await miniflare.ready;
  const pid = childProcesses().find((child) => !before.includes(child));
  const worker: RunningWorker = {
    url: (await miniflare.unsafeGetDirectURL()).href,
    readCpuSeconds: () => (pid === undefined ? null : cpuSecondsOf(pid)),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
  return { miniflare, worker };
}

/** What wrangler.toml says, without the rules of its bundler. */
function readConfig(): V4WorkerOptionsShape {
  // Otherwise it says that it reads `.dev.vars`, which nothing here uses.
  process.env.WRANGLER_LOG = "warn";
  const { modulesRules, ...options } = unstable_getMiniflareWorkerOptions(CONFIG).workerOptions;
  return options;
}

function bundle(): string {
  const folder = mkdtempSync(join(tmpdir(), "lastclick-bench-"));
  try {
    const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
    execFileSync(process.execPath, [wrangler, "deploy", "--dry-run", "--outdir", folder, "--config", CONFIG]);
    return readFileSync(join(folder, "index.js"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function migrate(db: D1Database): Promise<void> {
  for (const { queries } of await readD1Migrations(join(ROOT, "migrations"))) {
    await db.batch(queries.map((query) => db.prepare(query)));
  }
}

/** Empty where the system does not say. */
function childProcesses(): number[] {
  try {
    return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ").map(Number);
  } catch {
    return [];
  }
}

/** Time in user and in kernel mode, fields 14 and 15 of its `stat`; the name before them may hold spaces. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
