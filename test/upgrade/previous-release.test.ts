/**
 * The release before this one serves while migrations are applied, and after a rollback: each of its recorded D1 statements must
 * do on the newer schema what it did before.
 */
import { globSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { afterAll, expect, test } from "vitest";
import { PREVIOUS, readJson, readSql } from "./fixture.ts";
import type { Value } from "./sql-text.ts";

interface Statement {
  sql: string;
  values?: Value[];
}

const MIGRATIONS = resolve(import.meta.dirname, "../../migrations");

const statements = readJson<Statement[]>("statements.json", PREVIOUS);
const before = restore();
const after = restore();
const applied = new Set(
  before
    .prepare("SELECT name FROM d1_migrations")
    .all()
    .map(({ name }) => String(name)),
);
const added = globSync(join(MIGRATIONS, "*.sql"))
  .sort()
  .filter((file) => !applied.has(basename(file)));
for (const file of added) after.exec(readFileSync(file, "utf8"));

afterAll(() => {
  before.close();
  after.close();
});

/** The rows of the previous release, in its schema. */
function restore(): DatabaseSync {
  const db = new DatabaseSync(":memory:", { enableForeignKeyConstraints: false });
  for (const statement of readSql("d1.sql", PREVIOUS)) db.exec(statement);
  db.exec("PRAGMA foreign_keys = ON");
  return db;
}

/** What a statement answers, or its error. Every statement starts from the same rows. */
function outcomeOf(db: DatabaseSync, { sql, values = [] }: Statement): string {
  db.exec("SAVEPOINT statement");
  try {
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    const rows = prepared.all(...values.map(toInput)).map((row) => JSON.stringify(row));
    return rows.sort().join("\n");
  } catch (error) {
    return String(error);
  } finally {
    db.exec("ROLLBACK TO statement");
    db.exec("RELEASE statement");
  }
}

function toInput(value: Value): SQLInputValue {
  return typeof value === "object" && value !== null ? Buffer.from(value.hex, "hex") : value;
}

test("the recording is of the release before the newest migrations", () => {
  expect(applied.size).toBeGreaterThan(35);
  expect(statements.length).toBeGreaterThan(150);
  const failing = statements.filter((statement) =>
    /no such|syntax|Error: SQL logic/.test(outcomeOf(before, statement)),
  );
  expect(failing.map(({ sql }) => sql)).toEqual([]);
});

test("each of its statements has the same outcome before and after the migrations", () => {
  const changed = statements.flatMap((statement) => {
    const outcomes = { before: outcomeOf(before, statement), after: outcomeOf(after, statement) };
    return outcomes.before === outcomes.after ? [] : [{ sql: statement.sql, ...outcomes }];
  });
  expect(changed).toEqual([]);
});
