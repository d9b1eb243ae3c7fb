/** The process that `dev-server.ts` starts: wrangler's dev server, which gets commands over IPC and ends with its parent. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { buildDocs, watchDocs } from "./docs-build.ts";

/** A command to this process, which answers each one with a {@link ServerReply}. */
export type ServerCommand = ({ do: "start" } & ServerStart) | ({ do: "switch" } & ServerEntry);

/** The code to serve. */
export interface ServerEntry {
  /** The entry file, relative to the project's root. */
  main: string;
  /** Rebuild and reload when a source file changes. */
  watch: boolean;
}

/** The server's port and data folder. */
export interface ServerStart extends ServerEntry {
  port: number;
  persistTo: string;
  /** These take precedence over `wrangler.toml` and `.dev.vars`. */
  vars: Record<string, string>;
}

/** `error` is null if the command was carried out. */
export interface ServerReply {
  error: string | null;
  /** The database can't be used. */
  is_database_error: boolean;
}

class DatabaseError extends Error {}

// Not imported, because Node would parse these large CommonJS files again to detect their format.
const require = createRequire(import.meta.url);
const { Miniflare }: typeof import("miniflare") = require("miniflare");
const wrangler: typeof import("wrangler") = require("wrangler");
const { unstable_DevEnv: DevEnv, unstable_splitSqlQuery: splitSqlQuery } = wrangler;

const ROOT = resolve(import.meta.dirname, "../..");
const MIGRATIONS_FOLDER = join(ROOT, "migrations");

const devEnv = new DevEnv();
/** The start command. A switch changes only its entry. */
let started: ServerStart | null = null;

process.on("disconnect", () => process.exit());
process.on("message", (command: ServerCommand) => {
  const reply = (reply: ServerReply) => process.send?.(reply);
  const work = command.do === "start" ? start(command) : switchTo(command);
  work.then(
    () => reply({ error: null, is_database_error: false }),
    (error) => {
      const message = error instanceof Error ? error.message : String(error);
      reply({ error: message, is_database_error: error instanceof DatabaseError });
    },
  );
});

async function start(command: ServerStart): Promise<void> {
  started = command;
  await buildDocs();
  watchDocs((error) => console.warn("The docs could not be built.", error));
  await reload(() => devEnv.startWorker(toInput(command)));
  await applyMigrations(await openDatabase());
}

async function switchTo(entry: ServerEntry): Promise<void> {
  if (started === null) throw new Error("The server has not been started.");
  const input = toInput({ ...started, ...entry });
  await reload(() => devEnv.config.patch(input));
}

/** Waits until the code is built and served. Requests during a switch wait for it. */
async function reload(change: () => Promise<unknown>): Promise<void> {
  const loaded = once(devEnv, "reloadComplete");
  const failed = once(devEnv, "buildFailed").then(() => {
    throw new Error("The Worker could not be built.");
  });
  await Promise.all([Promise.race([loaded, failed]), change()]);
}

function toInput({ main, port, persistTo, vars, watch }: ServerStart): Parameters<typeof devEnv.startWorker>[0] {
  const bindings = Object.entries(vars).map(([name, value]) => [name, { type: "plain_text", value }] as const);
  return {
    config: join(ROOT, "wrangler.toml"),
    entrypoint: join(ROOT, main),
    bindings: Object.fromEntries(bindings),
    // The docs are built here: with a build command, wrangler would bundle everything again after each change.
    build: { custom: { command: "" } },
    dev: {
      server: { hostname: "127.0.0.1", port },
      inspector: false,
      persist: persistTo,
      remote: false,
      watch,
      logLevel: "warn",
    },
  };
}

/** The running server's own D1, so that migrating needs no second runtime. */
async function openDatabase(): Promise<D1Database> {
  const [runtime] = devEnv.runtimes;
  const miniflare = runtime !== undefined && "mf" in runtime ? runtime.mf : null;
  if (!(miniflare instanceof Miniflare)) throw new Error("wrangler's dev server no longer names its runtime.");
  return miniflare.getD1Database("DB");
}

/** Applies migrations like `wrangler d1 migrations apply`, and records them in the same table. */
async function applyMigrations(db: D1Database): Promise<void> {
  await db
    .prepare(
      "CREATE TABLE IF NOT EXISTS d1_migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)",
    )
    .run();
  const { results } = await db.prepare("SELECT name FROM d1_migrations").all<{ name: string }>();
  const applied = new Set(results.map(({ name }) => name));
  const names = readdirSync(MIGRATIONS_FOLDER).filter((name) => name.endsWith(".sql"));
  const unknown = results.find(({ name }) => !names.includes(name));
  if (unknown !== undefined) {
    throw new DatabaseError(
      `The database was created by another version of Lastclick: this version does not have its migration ${unknown.name}.`,
    );
  }
  for (const name of names.sort()) {
    if (applied.has(name)) continue;
    const statements = splitSqlQuery(readFileSync(join(MIGRATIONS_FOLDER, name), "utf8"));
    await db.batch([
      ...statements.map((statement) => db.prepare(statement)),
      db.prepare("INSERT INTO d1_migrations (name) VALUES (?)").bind(name),
    ]);
  }
}
