/** Creates links, for the merchants' API and the affiliates' portal. */
import { customAlphabet } from "nanoid";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { Problem } from "../lib/problem.ts";
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

/** Creates a link. Throws 409 if its slug is taken on its host. */
export async function createLink(db: Database, { redirect_host, slug = generateSlug(), ...fields }: NewLink) {
  try {
    const [link] = await db
      .insert(links)
      .values({ ...fields, slug, host: redirect_host ?? "" })
      .returning();
    if (link === undefined) throw new Error("the link was not stored");
    return link;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Problem(409, "slug_taken", `A link with the slug "${slug}" already exists.`, "slug");
  }
}

/** The hosts under which a data center that serves `host` may have cached a link. */
export function hostsOf(link: Pick<StoredLink, "host">, host: string): string[] {
  return [link.host === "" ? host : link.host];
}
