/** What is needed to run the Worker that ships under Miniflare: its bundle, its bindings, its database. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import type { V4WorkerOptionsShape } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const ROOT = resolve(import.meta.dirname, "../..");
const CONFIG = join(ROOT, "wrangler.toml");

/** The bindings of wrangler.toml, without the rules of its bundler. */
export function readBindings(): V4WorkerOptionsShape {
  // Otherwise wrangler says that it reads `.dev.vars`, which nothing here uses.
  process.env.WRANGLER_LOG = "warn";
  const { modulesRules, ...options } = unstable_getMiniflareWorkerOptions(CONFIG).workerOptions;
  return options;
}

/** The queues of wrangler.toml, but that a message is delivered at once: nothing else is slower in tests than its second. */
export function readPromptQueues(): NonNullable<V4WorkerOptionsShape["queueConsumers"]> {
  const consumers = Object.entries(readBindings().queueConsumers ?? {});
  return Object.fromEntries(consumers.map(([queue, options]) => [queue, { ...options, maxBatchTimeout: 0.01 }]));
}

const bundles = new Map<string, string>();

/** The bundle of a module below the project's root, as `npm run deploy` makes it; once a process. */
export function bundleWorker(main = "src/index.ts"): string {
  const known = bundles.get(main);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "lastclick-bundle-"));
  try {
    const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
    const entry = join(ROOT, main);
    execFileSync(process.execPath, [wrangler, "deploy", entry, "--dry-run", "--outdir", folder, "--config", CONFIG]);
    const script = readFileSync(join(folder, `${basename(main, ".ts")}.js`), "utf8");
    bundles.set(main, script);
    return script;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Applies the migrations that ship to an empty database. */
export async function migrate(db: D1Database): Promise<void> {
  const migrations = await readD1Migrations(join(ROOT, "migrations"));
  await db.batch(migrations.flatMap(({ queries }) => queries.map((query) => db.prepare(query))));
}
