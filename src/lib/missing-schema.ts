/** Errors of a database that lacks a migration of this release. */
import { Problem } from "./problem.ts";

/** SQLite's words, as D1 and drizzle pass them on. An object's own storage fails without these prefixes. */
const MISSING = /^(?:D1_ERROR|Failed query): [\s\S]*\b(?:no such (?:table|column): |has no column named )/;

/** Whether D1 refused a statement because it names a table or a column that the database doesn't have. */
export function isSchemaMissing(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (MISSING.test(e.message)) return true;
  return false;
}

/** 503, for calls that need a table or a column that is missing. */
export function databaseNotMigrated(): Problem {
  const detail =
    "The database lacks a migration of this release. Run `npm run deploy`, which applies it, and send this again.";
  return new Problem(503, "database_not_migrated", detail);
}
