/** A program's redirect host, and those that it had before: their links keep working. */
import { and, eq, ne, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { links } from "../links/tables.ts";
import { formerHosts, programs } from "./tables.ts";

interface HostedProgram {
  id: number;
  redirect_host: string | null;
}

/** The statements that keep the host that a program leaves. They don't change the program. `now` in ms. */
export function leaveHost(db: Database, { id, redirect_host }: HostedProgram, to: string | null, now: number) {
  const { host, program_id } = formerHosts;
  const returns = to === null ? [] : [db.delete(formerHosts).where(and(eq(host, to), eq(program_id, id)))];
  if (redirect_host === null) return returns;
  const row = { host: redirect_host, program_id: id, left_at: now };
  const set = { program_id: id, left_at: now };
  return [...returns, db.insert(formerHosts).values(row).onConflictDoUpdate({ target: host, set })];
}

/** Whether another program has this host, or had it and its links still need it. `programId` is null for a new program. */
export async function isHostTaken(db: Database, host: string, programId: number | null): Promise<boolean> {
  const [now, before] = await db.batch([
    db
      .select({ id: programs.id })
      .from(programs)
      .where(and(eq(programs.redirect_host, host), programId === null ? undefined : ne(programs.id, programId))),
    db
      .select({ id: formerHosts.program_id })
      .from(formerHosts)
      .where(and(eq(formerHosts.host, host), programId === null ? undefined : ne(formerHosts.program_id, programId))),
  ]);
  return now.length + before.length > 0;
}

/** Slugs named in an error. */
const SLUGS_MAX = 10;

/** Slugs of a program's links that other programs' links have on the shared hosts; the first few. */
export async function listSharedSlugs(db: Database, programId: number): Promise<string[]> {
  const isShared = sql`EXISTS (SELECT 1 FROM ${links} AS o JOIN ${programs} AS q ON q.id = o.program_id
    WHERE o.slug = ${links.slug} AND o.program_id <> ${programId} AND (o.host = '' OR q.redirect_host IS NULL))`;
  const rows = await db
    .select({ slug: links.slug })
    .from(links)
    .where(and(eq(links.program_id, programId), isShared))
    .limit(SLUGS_MAX);
  return rows.map(({ slug }) => slug);
}

/** Slugs of a program's links that lead to one of these hosts; the first few. Destinations are stored as normalized URLs. */
export async function listLinksTo(db: Database, programId: number, hosts: readonly string[]): Promise<string[]> {
  const { slug, destination, targets, program_id } = links;
  const origins = hosts.flatMap((host) => [`https://${host}/`, `http://${host}/`]);
  const leads = sql`EXISTS (SELECT 1 FROM json_each(${JSON.stringify(origins)}) AS h
    WHERE substr(${destination}, 1, length(h.value)) = h.value OR instr(${targets}, '"' || h.value) > 0)`;
  const rows = await db
    .select({ slug })
    .from(links)
    .where(and(eq(program_id, programId), leads))
    .limit(SLUGS_MAX);
  return rows.map((row) => row.slug);
}
