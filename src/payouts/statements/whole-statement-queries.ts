/** Reads a statement with all its entries from the Account object. */
import { eq, inArray } from "drizzle-orm";
import { affiliates } from "../../affiliates/tables.ts";
import { explainRows } from "../../commissions/entry-queries.ts";
import { accountKeyOf, type LedgerEntry } from "../../commissions/ledger.ts";
import type { Database } from "../../db/database.ts";
import { type Env, readSettings } from "../../env.ts";
import { programs } from "../../programs/tables.ts";
import { readPostalAddress } from "../payees/payee-store.ts";
import { windowOf } from "../payout-window.ts";
import { payoutRuns } from "../tables.ts";
import type { Statement } from "./statement.ts";

/** An entry of a statement with its explanation and, for a second-tier commission, the affiliate who made the sale. */
export type StatementLine = LedgerEntry & { from: string | null; explanation: string | null };

/** A statement as printed. */
export interface WholeStatement {
  /** The merchant's legal name and address, if the program has them. */
  program: { slug: string; name: string; legal_name: string | null; address: string[] | null };
  /** Without the person's own name and address once they are erased. */
  affiliate: { username: string; name: string; address: string[] | null };
  statement: Statement;
  /** The first and last payment day of its run, in ms. Null if the run can't be found. */
  window: { from: number; to: number } | null;
  lines: StatementLine[];
}

/** The owner of a statement, with display names. */
export interface StatementOwner {
  program: { id: number; slug: string; name: string; currency: string };
  affiliate: { id: number; username: string };
}

/** The format of a statement number in a URL. */
const NUMBER = /^[1-9]\d{0,8}$/;

/** Reads one of an account's statements by number, or null. */
export async function readWholeStatement(
  db: Database,
  env: Env,
  { program, affiliate }: StatementOwner,
  number: string,
): Promise<WholeStatement | null> {
  const accounts = env.ACCOUNTS;
  if (!NUMBER.test(number)) return null;
  const account = accounts.getByName(accountKeyOf({ program_id: program.id, affiliate_id: affiliate.id }));
  const found: { statement: Statement; entries: LedgerEntry[] } | null = await account.readStatement(Number(number));
  if (found === null) return null;
  const { status, changed_at, run: runId } = found.statement;
  const [names, [owner], [merchant], [run], address] = await Promise.all([
    readNames(db, found.entries),
    db.select({ name: affiliates.name }).from(affiliates).where(eq(affiliates.id, affiliate.id)),
    db
      .select({ legal_name: programs.legal_name, address: programs.address })
      .from(programs)
      .where(eq(programs.id, program.id)),
    db.select({ payout: payoutRuns.payout }).from(payoutRuns).where(eq(payoutRuns.id, runId)),
    readPostalAddress(
      db,
      readSettings(env).vault_key,
      affiliate.id,
      // A statement that isn't settled yet shows the current address.
      status === "drafted" ? Number.MAX_SAFE_INTEGER : changed_at,
    ),
  ]);
  const named = found.entries.map((entry) => ({ ...entry, from: names.get(entry.from_affiliate_id ?? 0) ?? null }));
  const explained = await explainRows(db, program, named, "affiliate");
  return {
    program: {
      slug: program.slug,
      name: program.name,
      legal_name: merchant?.legal_name ?? null,
      address: merchant?.address?.split("\n") ?? null,
    },
    affiliate: { username: affiliate.username, name: owner?.name ?? affiliate.username, address },
    statement: found.statement,
    window: run === undefined ? null : windowOf(run.payout, found.statement),
    lines: named.map((line, n) => ({ ...line, explanation: explained[n]?.explanation ?? null })),
  };
}

/** D1 allows 100 parameters per query. */
const NAMES_AT_ONCE = 90;

async function readNames(db: Database, entries: readonly LedgerEntry[]): Promise<Map<number, string>> {
  const ids = [...new Set(entries.flatMap(({ from_affiliate_id }) => from_affiliate_id ?? []))];
  const names = new Map<number, string>();
  for (let from = 0; from < ids.length; from += NAMES_AT_ONCE) {
    const rows = await db
      .select({ id: affiliates.id, username: affiliates.username })
      .from(affiliates)
      .where(inArray(affiliates.id, ids.slice(from, from + NAMES_AT_ONCE)));
    for (const { id, username } of rows) names.set(id, username);
  }
  return names;
}
