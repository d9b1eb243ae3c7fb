import { and, eq, inArray, sql } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { affiliates, enrolmentStatuses, links } from "../db/schema.ts";
import { type ClickClaims, readClickToken } from "../redirect/click-token.ts";
import type { TokenKey } from "../redirect/signed-text.ts";
import type { Evidence, Standing } from "./fact.ts";

/** What a click token that came with an event is worth. Throws while D1 is away. */
export async function weighToken(
  db: Database,
  keys: readonly TokenKey[],
  programId: number,
  token: string,
): Promise<Evidence> {
  const reading = readClickToken(keys, token);
  if (!reading.ok) return { kind: "fault", fault: `token_${reading.error}` };
  if (reading.claims.program_id !== programId) return { kind: "fault", fault: "token_foreign" };
  return findTouch(db, reading.claims);
}

async function findTouch(db: Database, claims: ClickClaims): Promise<Evidence> {
  const { click_id, clicked_at, affiliate_id, link_id } = claims;
  const row = await db
    .select({ affiliate: affiliates.username, link: links.slug, channel: links.channel })
    .from(links)
    .innerJoin(affiliates, eq(affiliates.id, links.affiliateId))
    .where(and(eq(links.id, link_id), eq(links.affiliateId, affiliate_id)))
    .get();
  if (row === undefined) return { kind: "fault", fault: "token_unknown_link" };
  return { kind: "touch", touch: { click_id, clicked_at, affiliate_id, link_id, ...row } };
}

/** How affiliates have stood in the programme, change by change. Throws while D1 is away. */
export async function loadStandings(db: Database, programId: number, ids: readonly number[]): Promise<Standing[]> {
  if (ids.length === 0) return [];
  const { affiliateId, at, status } = enrolmentStatuses;
  return db
    .select({ affiliate_id: affiliateId, since: at, approved: sql`${status} = 'approved'`.mapWith(Boolean) })
    .from(enrolmentStatuses)
    .where(and(eq(enrolmentStatuses.programId, programId), inArray(affiliateId, [...ids])))
    .orderBy(affiliateId, at);
}
