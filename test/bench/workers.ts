/** Starts the Workers that are measured, each in its own workerd process, on a loopback port without a proxy. */
import { readFileSync } from "node:fs";
import { convertV4MiniflareOptions, Miniflare, type V4ModuleDefinition, type V4WorkerOptionsShape } from "miniflare";
import { bundleWorker, migrate, moduleOf, readBindings } from "../support/shipped-worker.ts";

/** The unit of CPU times in /proc: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** The cheapest possible redirect. */
const BARE_WORKER = `
  export default {
    fetch() {
      const headers = { Location: "https://shop.example/pricing", "Cache-Control": "no-store" };
      return new Response(null, { status: 302, headers });
    },
  };`;

/** The cheapest possible durable write: each request writes one row into an object and is answered when the row is on disk. */
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

/** A running Worker. Disposing of it ends its process. */
export interface RunningWorker extends AsyncDisposable {
  /** Ends in a slash. It changes with each kill. */
  readonly url: string;
  /** CPU time of the workerd process so far; null if the system does not provide it. */
  readCpuSeconds: () => number | null;
  /** Opens its database. It must be opened again after a kill. */
  openDatabase: () => Promise<D1Database>;
  /** Runs a cron at a time in ms. Nothing else runs crons. */
  runCron: (cron: string, at: number) => Promise<void>;
  /**
   * Kills its process with SIGKILL and waits until a new one runs on the same data. Its memory is lost, but its logs
   * are not.
   */
  kill: () => Promise<void>;
}

/** Options for starting Lastclick. The defaults are the production ones. */
export interface LastclickOptions {
  /** The data folder; by default a temporary folder, which is deleted with the Worker. */
  folder?: string;
  /** Whether that folder has a database with all migrations. */
  is_migrated?: boolean;
  /** Settings that override those of wrangler.toml. */
  settings?: Record<string, string>;
  /** The entry file, relative to the project's root. */
  main?: string;
  /** Behind an assets binding with `run_worker_first`, which serves this folder. */
  assets?: string;
  /** Called with each line that the Worker logs; by default they go to the console. */
  onLog?: (line: string) => void;
}

/** The Worker's admin key. */
export const ADMIN_TOKEN = "bench-admin-token-0123456789";

/** Starts the production bundle with the bindings of wrangler.toml and migrates its database. */
export async function startLastclick({
  settings,
  main,
  assets,
  is_migrated = false,
  ...place
}: LastclickOptions = {}): Promise<RunningWorker> {
  const { bindings, ...config } = readBindings();
  const secrets = {
    ADMIN_TOKEN,
    TOKEN_KEYS: Buffer.alloc(32, 1).toString("base64url"),
    VAULT_KEY: Buffer.alloc(32, 2).toString("base64url"),
  };
  const worker = await start(
    bundleWorker(main),
    {
      ...config,
      bindings: { ...bindings, ...secrets, ...settings },
      ...(assets !== undefined && {
        assets: {
          directory: assets,
          binding: "ASSETS",
          run_worker_first: true,
          routerConfig: { has_user_worker: true },
        },
      }),
    },
    place,
  );
  if (!is_migrated) await migrate(await worker.openDatabase());
  return worker;
}

/** Starts the bare 302 Worker. */
export async function startBare(): Promise<RunningWorker> {
  const { compatibilityDate = "" } = readBindings();
  return start([moduleOf(BARE_WORKER)], { compatibilityDate });
}

/** Starts the Worker with a bare durable write. */
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
      // The options for single resources (such as `d1Persist`) have no effect anymore.
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
      if (outcome !== "ok") throw new Error(`The cron ${cron} ended with ${outcome}.`);
    },
    kill: async () => {
      if (pid === undefined) throw new Error("The system does not provide the process to kill.");
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

/** The ids of this process's children; empty if the system does not provide them. */
function childProcesses(): number[] {
  try {
    return readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8").trim().split(" ").map(Number);
  } catch {
    return [];
  }
}

/** The time in user and kernel mode: fields 14 and 15 of `stat`. The name before them may have spaces. */
function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}
