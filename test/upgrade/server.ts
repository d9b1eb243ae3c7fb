/** Workers of the upgrade test: bundled from a checkout, started in workerd with their storage in a folder. */
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { convertV4MiniflareOptions, Miniflare, type V4WorkerOptionsShape } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import { isImportedFile } from "../support/shipped-worker.ts";
import type { Row, Value } from "./sql-text.ts";

/** The secrets and settings of both releases. */
export const SETTINGS = {
  ADMIN_TOKEN: "upgrade-admin-token-0123456789",
  TOKEN_KEYS: Buffer.alloc(32, 3).toString("base64url"),
  VAULT_KEY: Buffer.alloc(32, 4).toString("base64url"),
  MAIL_FROM: "portal@example.com",
  PORTAL_ORIGIN: "https://go.example.com",
};

/** Names the Durable Objects on disk, so it never changes. */
const WORKER_NAME = "lastclick";
/** The header that sets a Worker's clock; see `workers/surroundings.js`. */
const CLOCK = "x-test-clock";
const POLL_MS = 5;
const SETTLE_MS = 20_000;

/** A request to a Worker. */
export interface ServerRequest {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  /** The visitor's country from the edge, ISO 3166-1. */
  country?: Country;
}

/** A country as given by the edge. */
export type Country = NonNullable<IncomingRequestCfProperties["country"]>;

/** A message as delivered by a queue. */
export interface QueueMessage {
  id: string;
  timestamp: Date;
  attempts: number;
  body: unknown;
}

/** A statement with optional parameters. */
export interface Statement {
  sql: string;
  values?: readonly Value[];
}

/** A running Worker. */
export interface Server extends AsyncDisposable {
  /** Sends a request at a time in ms, to which the Worker's clock is set. */
  fetch: (url: string, at: number, request?: ServerRequest) => Promise<Response>;
  /** Sets the Worker's clock in ms. */
  setClock: (at: number) => Promise<void>;
  /** Delivers messages of a queue at once. */
  deliver: (queue: string, messages: readonly QueueMessage[]) => Promise<void>;
  /** Runs a cron at a time in ms. */
  runCron: (cron: string, at: number) => Promise<void>;
  /** The Worker's queue messages and emails since the last call. */
  takeSent: () => Promise<Sent>;
  /** Waits until no request, alarm or background work is in progress or due. */
  settle: () => Promise<void>;
  /** A command of the module in `workers/`. */
  control: <Answer>(command: string, body?: unknown) => Promise<Answer>;
  /** Runs statements in a database as one transaction; returns the rows of each, with bytes as `{ hex }`. */
  query: (binding: string, statements: readonly Statement[]) => Promise<Row[][]>;
  archive: () => ReturnType<Miniflare["getR2Bucket"]>;
  /** The errors that the Worker logged. */
  errors: string[];
}

/** Messages and emails that a Worker sent to the platform. */
export interface Sent {
  clicks: unknown[];
  dead_clicks: unknown[];
  emails: { to: string; text: string; headers: Record<string, string> }[];
}

/** Options for starting a Worker. */
export interface ServerOptions {
  /** The checkout with the Worker's bindings and settings. */
  root: string;
  /** The folder of the Worker's storage. */
  folder: string;
  /** The Worker's module in `workers/`, which may import the other modules there and the bundle. */
  main: string;
  bundle?: Bundle;
  /** The initial time of the clock in ms. */
  starts_at?: number;
  /** Databases besides `DB`, by binding. */
  databases?: string[];
}

/** The files of a deployed Worker by name: `index.js`, and the texts that it imports. */
export type Bundle = Record<string, string>;

/** Bundles the Worker of a checkout like `npm run deploy`. */
export async function bundleWorker(root: string): Promise<Bundle> {
  const folder = mkdtempSync(join(tmpdir(), "lastclick-bundle-"));
  try {
    const wrangler = join(root, "node_modules/wrangler/bin/wrangler.js");
    const options = ["deploy", "--dry-run", "--outdir", folder, "--config", join(root, "wrangler.toml")];
    await promisify(execFile)(process.execPath, [wrangler, ...options], { cwd: root });
    // Nobody opens the docs (`.bin`).
    const names = readdirSync(folder).filter((name) => !/\.(md|map|bin)$/.test(name));
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), "utf8")]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Starts a Worker. Only the test runs its queues and crons; its alarms run by themselves. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const errors: string[] = [];
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      ...readConfig(options),
      name: WORKER_NAME,
      modules: modulesOf(options),
      r2Buckets: ["ARCHIVE"],
      cf: false,
      resourcePersistencePath: options.folder,
      handleStructuredLogs: ({ level, message }) => level === "error" && errors.push(message),
    }),
  );
  await miniflare.ready;
  const control = async <Answer>(command: string, body?: unknown): Promise<Answer> => {
    const init = body === undefined ? {} : { method: "POST", body: JSON.stringify(body) };
    const response = await miniflare.dispatchFetch(`http://control.invalid/${command}`, init);
    if (!response.ok) throw new Error(`${command}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Answer;
  };
  const worker = await miniflare.getWorker();
  return {
    errors,
    control,
    async fetch(url, at, { country, ...request } = {}) {
      const cf = country === undefined ? {} : { cf: { country } };
      const response = await miniflare.dispatchFetch(url, {
        ...{ ...request, ...cf, redirect: "manual" },
        headers: { ...request.headers, [CLOCK]: String(at) },
      });
      const { status, headers } = response;
      const isEmpty = status === 204 || status === 304;
      return new Response(isEmpty ? null : await response.arrayBuffer(), { status, headers: [...headers] });
    },
    setClock: (at) => control("clock", at),
    async deliver(queue, messages) {
      const { outcome, retryMessages, retryBatch } = await worker.queue(queue, [...messages]);
      if (outcome !== "ok" || retryBatch.retry || retryMessages.length > 0) throw new Error(`${queue}: not taken`);
    },
    async runCron(cron, at) {
      await control("clock", at);
      const { outcome } = await worker.scheduled({ cron, scheduledTime: new Date(at) });
      if (outcome !== "ok") throw new Error(`${cron}: ${outcome}`);
    },
    takeSent: () => control("sent"),
    async settle() {
      for (const until = Date.now() + SETTLE_MS; !(await control("is-idle")); await sleep(POLL_MS)) {
        if (Date.now() > until) throw new Error(`the Worker has not finished its work: ${errors.at(-1) ?? "no error"}`);
      }
    },
    query: (binding, statements) => control("query", { binding, statements }),
    archive: () => miniflare.getR2Bucket("ARCHIVE"),
    [Symbol.asyncDispose]: () => miniflare.dispose(),
  };
}

function readConfig({ root, databases = [] }: ServerOptions): V4WorkerOptionsShape {
  // Otherwise wrangler prints that it reads `.dev.vars`, which is not used here.
  process.env.WRANGLER_LOG = "warn";
  const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, "wrangler.toml"));
  const { modulesRules, queueConsumers, bindings, ...config } = workerOptions;
  const d1Databases = Object.fromEntries(["DB", ...databases].map((binding) => [binding, { id: binding }]));
  return { ...config, bindings: { ...(bindings as Record<string, string>), ...SETTINGS }, d1Databases };
}

function modulesOf({ main, bundle = {}, starts_at = 0 }: ServerOptions) {
  const own = ["clock.js", "surroundings.js", "databases.js"].map((name) => [name, readModule(name)] as const);
  const files = [["main.js", readModule(main)] as const, ...own, ...Object.entries(bundle)];
  const texts = [["starts-at.txt", String(starts_at)] as const];
  return [...files, ...texts].map(([path, contents]) => {
    const isScript = path.endsWith(".js") && !isImportedFile(path);
    const type = isScript ? ("ESModule" as const) : ("Text" as const);
    return { type, path, contents };
  });
}

function readModule(name: string): string {
  return readFileSync(join(import.meta.dirname, "workers", name), "utf8");
}
