/** Restores a fixture into a folder's storage, before the Worker under test starts on it. */
import { readD1Migrations } from "@cloudflare/vitest-plugin";
import { readJson, readObjects, readSql } from "./fixture.ts";
import { type Server, startServer } from "./server.ts";

/** Databases of the test: the Worker's, and two copies of the fixture, with and without today's migrations. */
export const DATABASES = ["DB", "MIGRATED", "UNMIGRATED"];

/** Restores everything, and applies the migrations that the older release lacked. */
export async function restoreFixture(root: string, folder: string): Promise<void> {
  await using server = await startServer({ root, folder, main: "restore.js", databases: DATABASES });
  for (const binding of DATABASES) {
    await server.query(binding, asStatements(["PRAGMA defer_foreign_keys = ON", ...readSql("d1.sql")]));
    if (binding !== "UNMIGRATED") await migrate(server, root, binding);
  }
  await server.control("archive", readJson("archive.json"));
  await server.control("objects", [...readObjects("CUSTOMERS"), ...readObjects("ACCOUNTS")]);
}

async function migrate(server: Server, root: string, binding: string): Promise<void> {
  const [applied = []] = await server.query(binding, [{ sql: "SELECT name FROM d1_migrations" }]);
  for (const { name, queries } of await readD1Migrations(`${root}/migrations`)) {
    if (applied.some((row) => row.name === name)) continue;
    const record = `INSERT INTO d1_migrations (name) VALUES ('${name}')`; // as wrangler does
    await server.query(binding, asStatements([...queries, record]));
  }
}

function asStatements(texts: readonly string[]) {
  return texts.map((sql) => ({ sql }));
}
