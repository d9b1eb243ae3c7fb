/** The drizzle schema against the migrations: tables, columns, keys, foreign keys and CHECK constraints are the same. */
import { env } from "cloudflare:workers";
import { getTableConfig, SQLiteSyncDialect, type SQLiteTable } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";

const modules = import.meta.glob<Record<string, SQLiteTable>>("../../src/**/tables.ts", { eager: true });
const tables = Object.values(modules).flatMap((module) => Object.values(module).map(getTableConfig));

async function query<Row>(sql: string): Promise<Row[]> {
  return (await env.DB.prepare(sql).all<Row>()).results;
}

test("every table of the migrations is in the schema", async () => {
  const rows = await query<{ name: string }>("SELECT name FROM sqlite_schema WHERE type = 'table'");
  const names = rows.map((row) => row.name).filter((name) => !/^(sqlite_|_cf_|d1_migrations)/.test(name));
  expect(names.sort()).toEqual(tables.map((table) => table.name).sort());
});

test.each(tables.map((table) => [table.name, table] as const))("%s", async (name, table) => {
  type Column = { name: string; type: string; notnull: number; dflt_value: string | null; pk: number };
  const columns = await query<Column>(`PRAGMA table_info(${name})`);
  const composite = table.primaryKeys[0]?.columns.map((column) => column.name) ?? [];
  expect(
    columns.map(({ name, type, notnull, pk }) => ({ name, type, notnull: notnull === 1 || pk > 0, pk: pk > 0 })),
  ).toEqual(
    table.columns.map((column) => {
      const pk = column.primary || composite.includes(column.name);
      return { name: column.name, type: column.getSQLType().toUpperCase(), notnull: column.notNull || pk, pk };
    }),
  );
  expect(columns.filter((column) => column.dflt_value !== null).map((column) => column.name)).toEqual(
    table.columns.filter((column) => column.hasDefault && !column.primary).map((column) => column.name),
  );
});

test.each(tables.map((table) => [table.name, table] as const))("the keys of %s", async (name, table) => {
  const rows = await query<{ name: string; unique: number; origin: string }>(`PRAGMA index_list(${name})`);
  const named = rows.filter((row) => row.origin === "c").map((row) => ({ name: row.name, unique: row.unique === 1 }));
  const declared = table.indexes.map(({ config }) => ({ name: config.name, unique: config.unique }));
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  expect(named.sort(byName)).toEqual(declared.sort(byName));
  for (const { config } of table.indexes) {
    const columns = await query<{ name: string | null }>(`PRAGMA index_info(${config.name})`);
    // An expression has no name.
    expect(columns.map((column) => column.name ?? "")).toEqual(
      config.columns.map((column) => ("name" in column ? column.name : "")),
    );
  }
  expect(rows.filter((row) => row.origin === "u").length).toBe(
    table.columns.filter((column) => column.isUnique).length,
  );
});

test.each(tables.map((table) => [table.name, table] as const))("the foreign keys of %s", async (name, table) => {
  type ForeignKey = { id: number; from: string; table: string; to: string; on_update: string; on_delete: string };
  const rows = await query<ForeignKey>(`PRAGMA foreign_key_list(${name})`);
  const declared = table.foreignKeys.map((key) => {
    const { columns, foreignTable, foreignColumns } = key.reference();
    const names = (some: typeof columns) => some.map((column) => column.name).join(", ");
    const { onUpdate = "no action", onDelete = "no action" } = key;
    const target = `${getTableConfig(foreignTable).name}(${names(foreignColumns)})`;
    return `${names(columns)} → ${target}, ${onUpdate}, ${onDelete}`;
  });
  const migrated = [...Map.groupBy(rows, (row) => row.id).values()].map((columns) => {
    const [key] = columns;
    const [from, to] = [columns.map((row) => row.from).join(", "), columns.map((row) => row.to).join(", ")];
    return `${from} → ${key?.table}(${to}), ${key?.on_update.toLowerCase()}, ${key?.on_delete.toLowerCase()}`;
  });
  expect(migrated.sort()).toEqual(declared.sort());
});

test.each(tables.map((table) => [table.name, table] as const))("the CHECK constraints of %s", async (name, table) => {
  const [row] = await query<{ sql: string }>(`SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = '${name}'`);
  const sql = (row?.sql ?? "").replaceAll(/--.*$/gm, "");
  const migrated = [...sql.matchAll(/\bCHECK\s*\(((?:[^()]|\([^()]*\))*)\)/gi)].map(([, condition]) => condition);
  expect(migrated.length, "a CHECK that this test can't read").toBe([...sql.matchAll(/\bCHECK\b/gi)].length);
  const dialect = new SQLiteSyncDialect();
  expect(migrated.sort()).toEqual(table.checks.map(({ value }) => dialect.sqlToQuery(value).sql).sort());
});
