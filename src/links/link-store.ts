/** Creates links, for the merchants' API and the affiliates' portal. */
import { and, eq, type SQL } from "drizzle-orm";
import { customAlphabet } from "nanoid";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { Problem } from "../lib/problem.ts";
import { isBesideLinksOf } from "./host-queries.ts";
import { SLUG_ALPHABET } from "./slug.ts";
import { links } from "./tables.ts";

/** A row of `links`. */
export type StoredLink = typeof links.$inferSelect;

const GENERATED_SLUG_CHARACTERS = 7;
const generateSlug = customAlphabet(SLUG_ALPHABET, GENERATED_SLUG_CHARACTERS);

/** A link to create, already validated. Without a slug it gets a random one. */
export type NewLink = Pick<StoredLink, "program_id" | "affiliate_id" | "destination" | "kind" | "created_at"> &
  Partial<Omit<StoredLink, "id" | "host" | "slug">> & {
    slug?: string | undefined;
    /** The program's own redirect host, null for the shared one. */
    redirect_host: string | null;
  };

/** The row of a new link, with the columns that it doesn't set. */
export function newLinkRow({ redirect_host, slug = generateSlug(), ...fields }: NewLink): Omit<StoredLink, "id"> {
  return {
    ...{ targets: null, channel: null, starts_at: null, expires_at: null, click_cap: null, forward_query: false },
    ...{ deep_links: null, disabled: false, disabled_at: null, archived_at: null },
    ...fields,
    slug,
    host: redirect_host ?? "",
  };
}

/** The statement that creates a link. An affiliate that the batch creates is found by a subquery. */
export function insertLink(
  db: Database,
  row: Omit<StoredLink, "id" | "affiliate_id"> & { affiliate_id: number | SQL<number> },
) {
  return db.insert(links).values(row).returning();
}

/** The statement that changes a link. Afterwards, the redirect must forget it. */
export function updateLink(db: Database, id: number, changes: Partial<Omit<StoredLink, "id" | "host" | "slug">>) {
  return db.update(links).set(changes).where(eq(links.id, id));
}

/** Runs a batch that creates a link. Throws 409 if one of the hosts that will serve it serves another link with its slug. */
export async function orTaken<Result>(
  db: Database,
  { slug, host, program_id }: Omit<StoredLink, "id">,
  commit: () => Promise<Result>,
): Promise<Result> {
  const program = { id: program_id, redirect_host: host === "" ? null : host };
  const isTaken = and(eq(links.slug, slug), isBesideLinksOf(program));
  if ((await db.select({ id: links.id }).from(links).where(isTaken).limit(1).get()) !== undefined) throw taken(slug);
  try {
    return await commit();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw taken(slug);
  }
}

/** A change of a link, for the audit log. */
export function linkChangeOf({ slug, program_id }: Pick<StoredLink, "slug" | "program_id">, verb: string) {
  return { action: `link.${verb}`, program_id, subject_type: "link", subject: slug };
}

function taken(slug: string): Problem {
  return new Problem(409, "slug_taken", `A link with the slug "${slug}" already exists.`, "slug");
}
