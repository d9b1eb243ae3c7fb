/**
 * Writes the fixture of the upgrade test with the Worker of an older commit. See test/upgrade/README.md.
 *
 *     node test/upgrade/record/write-fixture.ts <checkout of that commit> [previous]
 */
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { continueStory } from "../continue-story.ts";
import { dumpDatabase } from "../dump-database.ts";
import {
  ENDS_AT,
  folderOf,
  PREVIOUS,
  PREVIOUS_FILES,
  type StoredObject,
  writeJson,
  writeObjects,
  writeSql,
  writeTo,
} from "../fixture.ts";
import { Player, timeOf } from "../player.ts";
import { readAnswers } from "../read-answers.ts";
import { bundleWorker, type Server, type Statement, startServer } from "../server.ts";
import { type Row, writeInsert } from "../sql-text.ts";
import { tellChapters } from "./chapters.ts";
import { setUp } from "./set-up.ts";
import { Story } from "./story.ts";
import { leaveUnfinished } from "./unfinished.ts";

/** An object's tables, as returned by `workers/record.js`. */
interface Dump {
  schema: string[];
  tables: [name: string, rows: Row[]][];
  counters: Row[];
}

const [, , checkout, which] = process.argv;
if (checkout === undefined) throw new Error("Name the folder that the commit is checked out in.");
const root = resolve(checkout);
const folder = mkdtempSync(join(tmpdir(), "lastclick-upgrade-"));
if (which === "previous") writeTo(PREVIOUS);
try {
  await record();
  if (which === "previous") {
    const others = readdirSync(folderOf(PREVIOUS)).filter((name) => !PREVIOUS_FILES.includes(name));
    for (const name of others) rmSync(join(folderOf(PREVIOUS), name));
  }
} finally {
  rmSync(folder, { recursive: true });
}

async function record(): Promise<void> {
  const bundle = await bundleWorker(root);
  await using server = await startServer({
    root,
    folder,
    main: "record.js",
    bundle,
    starts_at: timeOf("2026-01-05 09:00"),
  });
  await migrate(server);
  const player = new Player(server);
  const story = new Story(player, await setUp(player));
  await tellChapters(story);
  const left = await leaveUnfinished(story);
  writeJson("left-behind.json", left);
  writeSql("d1.sql", await dumpDatabase(server));
  writeJson("archive.json", await dumpArchive(await server.archive()));
  const [customers = [], accounts = []] = await server.query("DB", [
    { sql: "SELECT key AS name FROM customers ORDER BY key" },
    { sql: "SELECT program_id || ':' || affiliate_id AS name FROM enrolments ORDER BY program_id, affiliate_id" },
  ]);
  await dumpObjects("CUSTOMERS", customers);
  await dumpObjects("ACCOUNTS", accounts);
  await goOn();
  writeJson("statements.json", await server.control<Statement[]>("statements"));

  /** The old release's own actions and answers. */
  async function goOn(): Promise<void> {
    await server.control("faults", []);
    await player.server.setClock(timeOf(ENDS_AT));
    await server.control("relay", { binding: "ACCOUNTS", name: "1:3" });
    await server.settle();
    const next = new Player(server);
    writeJson("steps.json", await continueStory(next, structuredClone(left)));
    writeJson("answers.json", await readAnswers(next, left));
  }

  async function dumpObjects(binding: string, rows: readonly Row[]): Promise<void> {
    const objects: StoredObject[] = [];
    let schema: string[] | null = null;
    for (const name of rows.map((row) => String(row.name))) {
      const dump = await server.control<Dump>("dump", { binding, name });
      schema ??= dump.schema;
      if (dump.schema.join() !== schema.join()) throw new Error(`${name} has another schema`);
      const inserts = dump.tables.flatMap(([table, rows]) => rows.map((row) => writeInsert(table, row)));
      const hasMessages = dump.tables.some(([table, rows]) => table === "outbox" && rows.length > 0);
      // The account's alarm continues after the upgrade. The customer's is lost, so the cron must find its messages.
      const has_alarm = hasMessages && binding === "ACCOUNTS";
      objects.push({ binding, name, statements: [...inserts, ...dump.counters.map(writeCounter)], has_alarm });
    }
    writeObjects(binding, schema ?? [], objects);
  }
}

/** The statement that sets an AUTOINCREMENT counter; inserting rows creates it for tables with rows. */
function writeCounter({ name, seq }: Row): string {
  return `INSERT INTO sqlite_sequence (name, seq) SELECT '${name}', ${seq} WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = '${name}')`;
}

/** Applies the commit's migrations like `wrangler d1 migrations apply`. */
async function migrate(server: Server): Promise<void> {
  const table = `CREATE TABLE d1_migrations(
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT UNIQUE, applied_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL)`;
  await server.query("DB", [{ sql: table }]);
  for (const { name, queries } of await readD1Migrations(join(root, "migrations"))) {
    const keep = "INSERT INTO d1_migrations (name, applied_at) VALUES (?, '2026-01-05 09:00:00')";
    await server.query("DB", [...queries.map((sql) => ({ sql })), { sql: keep, values: [name] }]);
  }
}

async function dumpArchive(bucket: Awaited<ReturnType<Server["archive"]>>) {
  const { objects } = await bucket.list({ include: ["httpMetadata", "customMetadata"] });
  return Promise.all(
    objects.map(async ({ key, httpMetadata, customMetadata }) => {
      const body = Buffer.from((await (await bucket.get(key))?.arrayBuffer()) ?? new ArrayBuffer()).toString("base64");
      return { key, body, http_metadata: httpMetadata ?? {}, custom_metadata: customMetadata ?? {} };
    }),
  );
}
