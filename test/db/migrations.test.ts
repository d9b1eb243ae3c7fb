/** The Worker's list of migrations is that of the folder. `npm run migrations:list` writes it. */
import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { expect, test } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
const LIST = join(ROOT, "src/db/migrations.ts");
const files = globSync("migrations/*.sql", { cwd: ROOT }).sort();

/** All tables, indexes and triggers of a database, and all columns as `table.column`. */
function listObjects(db: DatabaseSync): string[] {
  const objects = db
    .prepare("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type = 'table' DESC, name")
    .all()
    .map(({ type, name }) => ({ type: String(type), name: String(name) }));
  const columns = objects
    .filter(({ type }) => type === "table")
    .flatMap(({ name }) =>
      db
        .prepare(`PRAGMA table_info("${name}")`)
        .all()
        .map((column) => `${name}.${column.name}`),
    );
  return [...objects.map(({ name }) => name), ...columns];
}

/** Each migration with the first object that it adds and that no later one removes; null if it adds none. */
function listMigrations(): { name: string; adds: string | null }[] {
  const db = new DatabaseSync(":memory:");
  const added = files.map((file) => {
    const before = new Set(listObjects(db));
    db.exec(readFileSync(join(ROOT, file), "utf8"));
    return { name: basename(file), objects: listObjects(db).filter((object) => !before.has(object)) };
  });
  const left = new Set(listObjects(db));
  db.close();
  return added.map(({ name, objects }) => ({ name, adds: objects.find((object) => left.has(object)) ?? null }));
}

test("the list is that of the folder", async () => {
  const lines = listMigrations().map(
    ({ name, adds }) => `  { name: "${name}", adds: ${adds === null ? "null" : `"${adds}"`} },`,
  );
  const text = `/** Written by \`npm run migrations:list\` from the folder \`migrations\`; a test fails where they differ. */

/** A migration of this release. */
export interface Migration {
  /** The file, under which wrangler records it. */
  name: string;
  /** A table, index, trigger or \`table.column\` that it adds and no later one removes; null if it adds none. */
  adds: string | null;
}

export const MIGRATIONS: readonly Migration[] = [
${lines.join("\n")}
];
`;
  await expect(text).toMatchFileSnapshot(LIST);
});

test("nearly every migration can be recognized by what it adds", () => {
  const all = listMigrations();
  expect(all.length).toBeGreaterThan(30);
  expect(all.filter(({ adds }) => adds === null).length).toBeLessThan(all.length / 4);
});
