/** The Workers that are measured: each in a workerd process of its own, on a loopback port without a proxy in front. */
import { readFileSync } from "node:fs";
import { convertV4MiniflareOptions, Miniflare, type V4ModuleDefinition, type V4WorkerOptionsShape } from "miniflare";
import { bundleWorker, migrate, moduleOf, readBindings } from "../support/shipped-worker.ts";

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

/** The least that durable costs: each request writes one row into an object of its own, and is answered once that is on disk. */
const BARE_OBJECT_WORKER = `
  import { DurableObject } from "cloudflare:workers";
  export class Bare extends DurableObject {
    async write(body) {
      this.ctx.storage.sql.exec("CREATE TABLE IF NOT EXISTS events (id INTEGER PRIMARY KEY, body TEXT NOT NULL)");
      this.ctx.storage.sql.exec("INSERT INTO events (body) VALUES (?)", body);
      await this.ctx.storage.sync();
    }
  }
  export default {
    async fetch(request, env) {
      const body = await request.text();
      await env.BARE.getByName(JSON.parse(body).customer.id).write(body);
      return Response.json({ status: "recorded" });
    },
  };`;

/** A Worker that listens; disposing of it ends its process. */
export interface RunningWorker extends AsyncDisposable {
  /** Ends in a slash; another one after a kill. */
  readonly url: string;
  /** CPU time of the workerd process up to now, null where the system does not say. */
  readCpuSeconds: () => number | null;
  /** Its database; to be opened anew after a kill. */
  openDatabase: () => Promise<D1Database>;
  /** Its scheduled run of a cron, as of a time (ms); nothing else runs it. */
  runCron: (cron: string, at: number) => Promise<void>;
  /**
   * Ends its process by SIGKILL, at once, and waits until another one runs on the same data. What it had in memory is gone,
   * what it had logged is not.
   */
  kill: () => Promise<void>;
}

/** How Lastclick is started, where that is not as it ships. */
export interface LastclickOptions {
  /** Where it keeps its data, which stays there; without one, in a temporary folder that goes when it is disposed of. */
  folder?: string;
  /** Settings over those of wrangler.toml. */
  settings?: Record<string, string>;
  /** The module to bundle, below the project's root: by default that of wrangler.toml. */
  main?: string;
  /** Takes each line that the Worker logs, instead of the console. */
  onLog?: (line: string) => void;
}

/** The admin key of the Worker under load. */
export const ADMIN_TOKEN = "bench-admin-token-0123456789";

/** Starts the bundle that ships, with the bindings of wrangler.toml, on an empty database with the shipped migrations. */
export async function startLastclick({ settings, main, ...place }: LastclickOptions = {}): Promise<RunningWorker> {
  const { bindings, ...config } = readBindings();
  const secrets = {
    ADMIN_TOKEN,
    TOKEN_KEYS: Buffer.alloc(32, 1).toString("base64url"),
    VAULT_KEY: Buffer.alloc(32, 2).toString("base64url"),
  };
  const worker = await start(
    bundleWorker(main),
    { ...config, bindings: { ...bindings, ...secrets, ...settings } },
    place,
  );
  await migrate(await worker.openDatabase());
  return worker;
}

/** Starts the bare 302. */
export async function startBare(): Promise<RunningWorker> {
  const { compatibilityDate = "" } = readBindings();
  return start([moduleOf(BARE_WORKER)], { compatibilityDate });
}

/** Starts the bare durable write. */
export async function startBareObject(): Promise<RunningWorker> {
  const { compatibilityDate = "" } = readBindings();
  return start([moduleOf(BARE_OBJECT_WORKER)], {
    compatibilityDate,
    durableObjects: { BARE: { className: "Bare", useSQLite: true } },
  });
}

async function start(
  modules: V4ModuleDefinition[],
  options: V4WorkerOptionsShape,
  { folder, onLog }: Pick<LastclickOptions, "folder" | "onLog"> = {},
): Promise<RunningWorker> {
  const unsafeDirectSockets = [{ host: "127.0.0.1", port: 0 }];
  const before = childProcesses();
  const findProcess = () => childProcesses().find((child) => !before.includes(child));
  let restarted = Promise.withResolvers<void>();
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...options,
      name: "worker",
      modules,
      unsafeDirectSockets,
      unsafeHandleRuntimeRestart: () => restarted.resolve(),
      ...(onLog !== undefined && { handleStructuredLogs: ({ message }) => onLog(message) }),
      // The options for single resources (`d1Persist` …) have no effect any more.
      ...(folder !== undefined && { resourcePersistencePath: folder }),
    }),
  );
  await miniflare.ready;
  let disposed: Promise<void> | null = null;
  let pid = findProcess();
  let { href: url } = await miniflare.unsafeGetDirectURL();
  return {
    get url() {
      return url;
    },
    readCpuSeconds: () => (pid === undefined ? null : cpuSecondsOf(pid)),
    openDatabase: () => miniflare.getD1Database("DB"),
    runCron: async (cron, at) => {
      const { outcome } = await (await miniflare.getWorker()).scheduled({ cron, scheduledTime: new Date(at) });
      if (outcome !== "ok") throw new Error(`The run of ${cron} ended with ${outcome}.`);
    },
    kill: async () => {
      if (pid === undefined) throw new Error("The system does not say which process to kill.");
      restarted = Promise.withResolvers();
      process.kill(pid, "SIGKILL");
      await restarted.promise;
      pid = findProcess();
      url = (await miniflare.unsafeGetDirectURL()).href;
    },
    [Symbol.asyncDispose]: () => {
      disposed ??= miniflare.dispose();
      return disposed;
    },
  };
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
