/** The parts needed to run the production Worker under Miniflare: bundle, bindings and database. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import type { V4ModuleDefinition, V4WorkerOptionsShape } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";

const ROOT = resolve(import.meta.dirname, "../..");
const CONFIG = join(ROOT, "wrangler.toml");

/** The bindings of wrangler.toml, without the rules of its bundler. */
export function readBindings(): V4WorkerOptionsShape {
  // Otherwise wrangler prints that it reads `.dev.vars`, which is not used here.
  process.env.WRANGLER_LOG = "warn";
  const { modulesRules, ...options } = unstable_getMiniflareWorkerOptions(CONFIG).workerOptions;
  return options;
}

/** The queues of wrangler.toml, but with immediate delivery, because waiting a second would slow down the tests. */
export function readPromptQueues(): NonNullable<V4WorkerOptionsShape["queueConsumers"]> {
  const consumers = Object.entries(readBindings().queueConsumers ?? {});
  return Object.fromEntries(consumers.map(([queue, options]) => [queue, { ...options, maxBatchTimeout: 0.01 }]));
}

/** Whether a file of a bundle is imported as text or bytes: wrangler prefixes its name with a hash. */
export function isImportedFile(file: string): boolean {
  return /^[0-9a-f]{40}-/.test(file);
}

/** A Worker's only or main module. */
export function moduleOf(contents: string): V4ModuleDefinition {
  return { type: "ESModule", path: "worker.js", contents };
}

const bundles = new Map<string, V4ModuleDefinition[]>();

/**
 * The bundle of a module below the project's root, as `npm run deploy` builds it, with the files that it imports; built once per
 * process.
 */
export function bundleWorker(main = "src/index.ts"): V4ModuleDefinition[] {
  const known = bundles.get(main);
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), "lastclick-bundle-"));
  try {
    const wrangler = join(ROOT, "node_modules/wrangler/bin/wrangler.js");
    const entry = join(ROOT, main);
    execFileSync(process.execPath, [wrangler, "deploy", entry, "--dry-run", "--outdir", folder, "--config", CONFIG]);
    const readBundled = (file: string) => readFileSync(join(folder, file), "utf8");
    const imported = readdirSync(folder).filter(isImportedFile);
    const modules: V4ModuleDefinition[] = [
      moduleOf(readBundled(`${basename(main, ".ts")}.js`)),
      ...imported.map((path) =>
        path.endsWith(".bin")
          ? { type: "Data" as const, path, contents: readFileSync(join(folder, path)) }
          : { type: "Text" as const, path, contents: readBundled(path) },
      ),
    ];
    bundles.set(main, modules);
    return modules;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Applies the production migrations to an empty database. */
export async function migrate(db: D1Database): Promise<void> {
  const migrations = await readD1Migrations(join(ROOT, "migrations"));
  await db.batch(migrations.flatMap(({ queries }) => queries.map((query) => db.prepare(query))));
}
