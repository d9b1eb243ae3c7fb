/** Finds links for the API. */
import { and, eq, or, sql } from "drizzle-orm";
import { affiliates } from "../affiliates/tables.ts";
import { containsText } from "../db/contains-text.ts";
import type { Database } from "../db/database.ts";
import { keysetOf } from "../db/keyset.ts";
import { type List, type SortedPage, sortedPageOf } from "../lib/paging.ts";
import { isInScope, type ProgramScope } from "../programs/scope-queries.ts";
import { programs } from "../programs/tables.ts";
import { links } from "./tables.ts";

/** A link with the names of its program and affiliate. */
export type NamedLink = Awaited<ReturnType<typeof selectLinks>>[number];

/** Filters of the list; null matches all. `q` is a part of a slug, channel or destination, in any case. */
export interface LinkFilter {
  program_ids: ProgramScope;
  affiliate_id: number | null;
  kind: "affiliate" | "tracking" | null;
  disabled: boolean | null;
  q: string | null;
}

const SEARCHED = [links.slug, links.channel, links.destination];

/** Links that match. They are numbered in the order in which they were created. */
export async function listLinks(
  db: Database,
  { program_ids, affiliate_id, kind, disabled, q }: LinkFilter,
  page: SortedPage<"created_at" | "slug">,
): Promise<List<NamedLink>> {
  const { isAfter, order } = keysetOf(page.sort === "slug" ? [links.slug, links.id] : [links.id], page);
  const rows = await selectLinks(db)
    .where(
      and(
        isInScope(links.program_id, program_ids),
        affiliate_id === null ? undefined : eq(links.affiliate_id, affiliate_id),
        kind === null ? undefined : eq(links.kind, kind),
        disabled === null ? undefined : eq(links.disabled, disabled),
        q === null ? undefined : or(...SEARCHED.map((column) => containsText(column, q))),
        isAfter,
      ),
    )
    .orderBy(...order)
    .limit(page.limit + 1);
  return sortedPageOf(
    rows,
    page,
    (row) => row,
    ({ link }) => (page.sort === "slug" ? [link.slug, link.id] : [link.id]),
  );
}

/** A link by its number. Throws if there is none. */
export async function readNamedLink(db: Database, id: number): Promise<NamedLink> {
  const row = await selectLinks(db).where(eq(links.id, id)).get();
  if (row === undefined) throw new Error(`there is no link ${id}`);
  return row;
}

function selectLinks(db: Database) {
  return db
    .select({
      link: links,
      program: sql<string>`${programs.slug}`.as("program"),
      redirect_host: programs.redirect_host,
      affiliate: affiliates.username,
    })
    .from(links)
    .innerJoin(programs, eq(programs.id, links.program_id))
    .innerJoin(affiliates, eq(affiliates.id, links.affiliate_id))
    .$dynamic();
}
