/** Finds affiliates for the API. */
import { and, eq, or } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { containsText } from "../db/contains-text.ts";
import type { Database } from "../db/database.ts";
import { keysetOf } from "../db/keyset.ts";
import { type List, type SortedPage, sortedPageOf } from "../lib/paging.ts";
import { isEnrolledInScope, type ProgramScope } from "../programs/scope-queries.ts";
import { affiliates } from "./tables.ts";

/** An affiliate as the API shows it. An erased one has no email, and a name that says so. */
export interface AffiliateView {
  username: string;
  name: string;
  email: string | null;
  sponsor: string | null;
  created_at: string;
}

/** Null for all. `q` is part of a username or name, `email` a whole address; neither depends on case. */
export interface AffiliateSearch {
  /** The affiliates enrolled in one of these programs. */
  program_ids: ProgramScope;
  q: string | null;
  email: string | null;
}

/** Affiliates that match. */
export async function searchAffiliates(
  db: Database,
  { program_ids, q, email }: AffiliateSearch,
  page: SortedPage<"username" | "created_at">,
): Promise<List<AffiliateView>> {
  const { username, created_at, id } = affiliates;
  const { isAfter, order } = keysetOf(page.sort === "username" ? [username] : [created_at, id], page);
  const rows = await selectAffiliates(db)
    .where(
      and(
        isEnrolledInScope(id, program_ids),
        isNamed(q),
        email === null ? undefined : eq(affiliates.email, email.trim().toLowerCase()),
        isAfter,
      ),
    )
    .orderBy(...order)
    .limit(page.limit + 1);
  return sortedPageOf(rows, page, viewAffiliate, (row) =>
    page.sort === "username" ? [row.username] : [row.created_at, row.id],
  );
}

/** Matches affiliates with this text in their username or name, in any case; undefined for null. */
export function isNamed(q: string | null) {
  if (q === null) return undefined;
  return or(containsText(affiliates.username, q), containsText(affiliates.name, q));
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
      id: affiliates.id,
      username: affiliates.username,
      name: affiliates.name,
      email: affiliates.email,
      sponsor: sponsors.username,
      created_at: affiliates.created_at,
      erased_at: affiliates.erased_at,
    })
    .from(affiliates)
    .leftJoin(sponsors, eq(sponsors.id, affiliates.sponsor_id))
    .$dynamic();
}

function viewAffiliate(found: Awaited<ReturnType<typeof selectAffiliates>>[number]): AffiliateView {
  const { id: _, erased_at, ...row } = found;
  return { ...row, email: erased_at === null ? row.email : null, created_at: new Date(row.created_at).toISOString() };
}
