/** Finds affiliates for the API. */
import { and, asc, eq, gt, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Database } from "../db/database.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { affiliates } from "./tables.ts";

/** An affiliate as the API shows it. An erased one has neither name nor email. */
export interface AffiliateView {
  username: string;
  name: string;
  email: string | null;
  sponsor: string | null;
  created_at: string;
}

/** Null for all. `q` is part of a username or name, `email` a whole address; neither depends on case. */
export interface AffiliateSearch {
  q: string | null;
  email: string | null;
}

/** Affiliates by username. */
export async function searchAffiliates(
  db: Database,
  { q, email }: AffiliateSearch,
  { limit, cursor }: PageRequest,
): Promise<List<AffiliateView>> {
  const contains = (column: typeof affiliates.username | typeof affiliates.name) =>
    sql`instr(lower(${column}), ${(q ?? "").toLowerCase()}) > 0`;
  const rows = await selectAffiliates(db)
    .where(
      and(
        q === null ? undefined : or(contains(affiliates.username), contains(affiliates.name)),
        email === null ? undefined : eq(affiliates.email, email.trim().toLowerCase()),
        cursor === null ? undefined : gt(affiliates.username, cursor),
      ),
    )
    .orderBy(asc(affiliates.username))
    .limit(limit + 1);
  return pageOf(rows, limit, viewAffiliate, ({ username }) => username);
}

/** The affiliate with this username; null if there is none. */
export async function readAffiliate(db: Database, username: string): Promise<AffiliateView | null> {
  const row = await selectAffiliates(db).where(eq(affiliates.username, username)).get();
  return row === undefined ? null : viewAffiliate(row);
}

const sponsors = alias(affiliates, "sponsors");

function selectAffiliates(db: Database) {
  return db
    .select({
      username: affiliates.username,
      name: affiliates.name,
      email: affiliates.email,
      sponsor: sponsors.username,
      created_at: affiliates.created_at,
    })
    .from(affiliates)
    .leftJoin(sponsors, eq(sponsors.id, affiliates.sponsor_id))
    .$dynamic();
}

function viewAffiliate(row: Awaited<ReturnType<typeof selectAffiliates>>[number]): AffiliateView {
  return { ...row, created_at: new Date(row.created_at).toISOString() };
}
