/** A D1 database as SQL statements. */
import type { Server } from "./server.ts";
import { writeInsert } from "./sql-text.ts";

const DEFINITIONS = `SELECT type, name, sql FROM sqlite_schema
  WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\'
  ORDER BY type DESC, rowid`;

/** The definitions and all rows of the Worker's database. Triggers come last, so that restored rows do not run them. */
export async function dumpDatabase(server: Server): Promise<string[]> {
  const [schema = []] = await server.query("DB", [{ sql: DEFINITIONS }]);
  const tables = schema.filter(({ type }) => type === "table").map(({ name }) => String(name));
  const rows = await server.query(
    "DB",
    tables.map((name) => ({ sql: `SELECT * FROM "${name}"` })),
  );
  const definitionsOf = (isTrigger: boolean) =>
    schema.filter(({ type }) => (type === "trigger") === isTrigger).map(({ sql }) => String(sql));
  const inserts = tables.flatMap((name, n) => (rows[n] ?? []).map((row) => writeInsert(name, row)));
  return [...definitionsOf(false), ...inserts, ...definitionsOf(true)];
}
