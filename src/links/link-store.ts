/** Creates links, for the merchants' API and the affiliates' portal. */
import { and, eq } from "drizzle-orm";
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
export type NewLink = Omit<typeof links.$inferInsert, "id" | "host" | "slug"> & {
  slug?: string | undefined;
  /** The program's own redirect host, null for the shared one. */
  redirect_host: string | null;
};

/** Creates a link. Throws 409 if one of the hosts that will serve it serves another link with its slug. */
export async function createLink(db: Database, { redirect_host, slug = generateSlug(), ...fields }: NewLink) {
  const isTaken = and(eq(links.slug, slug), isBesideLinksOf({ id: fields.program_id, redirect_host }));
  if ((await db.select({ id: links.id }).from(links).where(isTaken).limit(1).get()) !== undefined) throw taken(slug);
  try {
    const [link] = await db
      .insert(links)
      .values({ ...fields, slug, host: redirect_host ?? "" })
      .returning();
    if (link === undefined) throw new Error("the link was not stored");
    return link;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw taken(slug);
  }
}

function taken(slug: string): Problem {
  return new Problem(409, "slug_taken", `A link with the slug "${slug}" already exists.`, "slug");
}
