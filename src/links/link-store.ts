/** Makes links, for the merchants' API and for affiliates in their portal alike. */
import { customAlphabet } from "nanoid";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { Problem } from "../lib/problem.ts";
import { SLUG_ALPHABET } from "./slug.ts";
import { links } from "./tables.ts";

/** A link as it is stored. */
export type StoredLink = typeof links.$inferSelect;

const GENERATED_SLUG_CHARACTERS = 7;
const generateSlug = customAlphabet(SLUG_ALPHABET, GENERATED_SLUG_CHARACTERS);

/** What a link is made of; all of it has been checked. Without a slug it gets a random one. */
export type NewLink = Omit<typeof links.$inferInsert, "id" | "host" | "slug"> & {
  slug?: string | undefined;
  /** The programme's own host, null where it shares that of all. */
  redirect_host: string | null;
};

/** Makes a link. Throws 409 where its slug is taken on its host. */
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
    throw new Problem(409, "slug_taken", `There is already a link "${slug}".`, "slug");
  }
}

/** The hosts under which a data centre that is asked at `host` may remember a link. */
export function hostsOf(link: Pick<StoredLink, "host">, host: string): string[] {
  return [link.host === "" ? host : link.host];
}
