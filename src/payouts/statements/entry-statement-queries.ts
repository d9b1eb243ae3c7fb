/** Finds the statements of ledger entries in D1. */
import { sql } from "drizzle-orm";
import type { AccountKey } from "../../affiliates/enrollment.ts";
import { accountKeyOf, entryNumberOf } from "../../commissions/ledger.ts";
import type { Database } from "../../db/database.ts";
import { statements } from "../tables.ts";
import { followEntries } from "./follow-statements.ts";
import type { Statement } from "./statement.ts";

/** Entries of an account by their numbers. */
export interface EntriesOfAccount extends AccountKey {
  entries: readonly number[];
}

interface Row extends AccountKey {
  statement: string;
}

interface Stated extends AccountKey {
  entry: number;
  number: number;
}

/**
 * The statements that show what happened to entries of several accounts, as the Account object's `followEntries`: a function
 * that gives those of an account's entries, in order and without their own entries.
 */
export async function readStatementsOfEntries(
  db: Database,
  wanted: readonly EntriesOfAccount[],
): Promise<(account: EntriesOfAccount) => Statement[]> {
  if (wanted.length === 0) return () => [];
  const accounts = sql`json_each(${JSON.stringify(wanted.map(({ program_id, affiliate_id }) => [affiliate_id, program_id]))}) AS a`;
  const isOfAccount = sql`s.affiliate_id = a.value ->> 0 AND s.program_id = a.value ->> 1`;
  const rows = await db.all<Row>(sql`
    SELECT s.program_id, s.affiliate_id, json_remove(s.statement, '$.entries') AS statement
    FROM ${accounts} CROSS JOIN ${statements} AS s ON ${isOfAccount} ORDER BY s.number`);
  const statementsOf = Map.groupBy(
    rows.map(({ statement }): Statement => ({ ...JSON.parse(statement), entries: [] })),
    accountKeyOf,
  );
  // A returned payment is an entry too.
  const numbers = wanted.map((account) => {
    const returned = (statementsOf.get(accountKeyOf(account)) ?? []).flatMap((one) => one.returned ?? []);
    return [account.affiliate_id, account.program_id, [...account.entries, ...returned.map(entryNumberOf)]];
  });
  const stated = await db.all<Stated>(sql`
    SELECT s.program_id, s.affiliate_id, s.number, e.value AS entry
    FROM json_each(${JSON.stringify(numbers)}) AS a
      CROSS JOIN ${statements} AS s ON ${isOfAccount} AND s.status <> 'cancelled'
      CROSS JOIN json_each(s.statement, '$.entries') AS e
        ON e.value IN (SELECT value FROM json_each(a.value, '$[2]'))`);
  const numberOf = new Map(stated.map((row) => [`${accountKeyOf(row)}:${row.entry}`, row.number]));
  return (account) => {
    const key = accountKeyOf(account);
    const statedBy = (entry: number) => numberOf.get(`${key}:${entry}`) ?? null;
    return followEntries(statementsOf.get(key) ?? [], statedBy, account.entries);
  };
}
