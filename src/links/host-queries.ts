/**
 * On which hosts a link is served. It keeps the host that it was created for (empty for the hosts that programs without one
 * share), and is also served on the present redirect host of its program and on those that the program had before.
 */
import { eq, type SQL, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { formerHosts, programs } from "../programs/tables.ts";
import { links } from "./tables.ts";

/** The program that a redirect host belongs or belonged to; null for a host that programs share. */
function ownerOf(host: string): SQL<number | null> {
  return sql`coalesce((SELECT o.id FROM ${programs} AS o WHERE o.redirect_host = ${host}),
    (SELECT f.program_id FROM ${formerHosts} AS f WHERE f.host = ${host}))`;
}

const redirectHost = sql`(SELECT p.redirect_host FROM ${programs} AS p WHERE p.id = ${links.program_id})`;

/** The redirect host that a link's program has now; empty for none. */
export const CURRENT_HOST = sql<string>`coalesce(${redirectHost}, '')`;

/** Matches links of programs that have no redirect host now, and all that were created for the shared hosts. */
const IS_SHARED = sql`(${links.host} = '' OR ${redirectHost} IS NULL)`;

/** Matches the links that a host serves. */
export function isServedOn(host: string): SQL {
  const owner = ownerOf(host);
  return sql`CASE WHEN ${owner} IS NULL THEN ${IS_SHARED} ELSE ${links.program_id} = ${owner} END`;
}

/** Matches the links among which a program's new link needs a slug of its own. */
export function isBesideLinksOf(program: { id: number; redirect_host: string | null }): SQL {
  return program.redirect_host === null ? IS_SHARED : eq(links.program_id, program.id);
}

/** The order in which a host chooses among links with one slug, should there be several: those created for it, the oldest first. */
export function preferenceOn(host: string): [SQL, typeof links.id] {
  return [
    sql`${links.host} <> coalesce((SELECT o.redirect_host FROM ${programs} AS o WHERE o.redirect_host = ${host}), '')`,
    links.id,
  ];
}

/** The hosts under which a data center that serves `host` may have cached a link. */
export async function listHosts(
  db: Database,
  link: { host: string; program_id: number },
  host: string,
): Promise<string[]> {
  const [now, before] = await db.batch([
    db.select({ host: programs.redirect_host }).from(programs).where(eq(programs.id, link.program_id)),
    db.select({ host: formerHosts.host }).from(formerHosts).where(eq(formerHosts.program_id, link.program_id)),
  ]);
  const all = [host, link.host, ...[...now, ...before].map((row) => row.host ?? "")];
  return [...new Set(all)].filter((one) => one !== "");
}
