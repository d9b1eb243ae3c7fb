import { and, desc, eq, gte, lte, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import type { Database } from "../db/database.ts";
import { type List, type PageRequest, pageOf } from "../lib/paging.ts";
import { MS_PER_HOUR } from "../lib/time.ts";
import { DEVICES, type DeviceClass } from "../links/choose-destination.ts";
import { COUNTED, timeOfClickId, VERDICTS, type Verdict } from "../redirect/click.ts";
import { type Navigation, unpackNavigation } from "../redirect/verdict/navigation.ts";
import { clicks, texts } from "./tables.ts";

interface ClickFacts {
  /** Whether it is its visitor's first click on this link on this day. */
  unique: boolean;
  country: string | null;
  referrer: string | null;
  user_agent: string | null;
}

/** A logged click in the API. */
export interface LoggedClick extends ClickFacts {
  id: string;
  at: string;
  verdict: Verdict | null;
  reason: string | null;
  device: DeviceClass | null;
  /** What the browser reported of how the request came about; all null if it reported nothing. */
  user_gesture: boolean | null;
  fetch_site: Navigation["fetch_site"];
  fetch_mode: Navigation["fetch_mode"];
  sub1: string | null;
  sub2: string | null;
  sub3: string | null;
  sub4: string | null;
  sub5: string | null;
}

const referrers = alias(texts, "referrers");
const userAgents = alias(texts, "user_agents");
const reasons = alias(texts, "reasons");

/**
 * Reads a link's logged clicks, newest first. Within an hour the log is ordered by visitor, so this reads all rows of the
 * hours on the page.
 */
export async function readClicks(db: Database, linkId: number, page: PageRequest): Promise<List<LoggedClick>> {
  const {
    verdict,
    is_first: isFirst,
    repeats,
    country,
    device,
    referrer,
    user_agent: userAgent,
    reason,
    subs,
    navigation,
  } = clicks;
  const shown = db
    .select({
      id: clicks.id,
      verdict,
      isFirst,
      repeats,
      country,
      device,
      referrer,
      userAgent,
      reason,
      subs,
      navigation,
    })
    .from(clicks)
    .where(and(eq(clicks.link_id, linkId), page.cursor === null ? undefined : isBefore(page.cursor)))
    .orderBy(desc(clicks.hour), desc(clicks.id))
    .limit(page.limit + 1)
    .as("shown");
  const rows = await db
    .select({
      id: sql<string>`lower(hex(${shown.id}))`,
      verdict: shown.verdict,
      unique: shown.isFirst,
      reason: reasons.text,
      repeats: sql<string | null>`lower(nullif(hex(${shown.repeats}), ''))`,
      country: shown.country,
      device: shown.device,
      referrer: referrers.text,
      user_agent: userAgents.text,
      subs: shown.subs,
      navigation: shown.navigation,
    })
    .from(shown)
    .leftJoin(referrers, eq(referrers.id, shown.referrer))
    .leftJoin(userAgents, eq(userAgents.id, shown.userAgent))
    .leftJoin(reasons, eq(reasons.id, shown.reason))
    // Ids begin with their time.
    .orderBy(desc(shown.id));
  return pageOf(rows, page.limit, viewClick, (row) => row.id);
}

function isBefore(id: string) {
  const hour = Math.floor(timeOfClickId(Uint8Array.fromHex(id)) / MS_PER_HOUR);
  return and(lte(clicks.hour, hour), sql`(${clicks.hour}, ${clicks.id}) < (${hour}, unhex(${id}))`);
}

interface ClickRow extends ClickFacts {
  id: string;
  verdict: number;
  reason: string | null;
  repeats: string | null;
  device: number | null;
  subs: (string | null)[] | null;
  navigation: number | null;
}

const NOT_REPORTED = { user_gesture: null, fetch_site: null, fetch_mode: null };

function viewClick({ subs, verdict, device, reason, repeats, navigation, ...facts }: ClickRow): LoggedClick {
  const [sub1 = null, sub2 = null, sub3 = null, sub4 = null, sub5 = null] = subs ?? [];
  return {
    ...facts,
    at: new Date(timeOfClickId(Uint8Array.fromHex(facts.id))).toISOString(),
    verdict: VERDICTS[verdict] ?? null,
    reason: reason ?? (repeats === null ? null : `the same visitor within the hour: repeats ${repeats}`),
    device: device === null ? null : (DEVICES[device] ?? null),
    ...(navigation === null ? NOT_REPORTED : unpackNavigation(navigation)),
    sub1,
    sub2,
    sub3,
    sub4,
    sub5,
  };
}

/** A click as its token names it: both in bytes. */
export interface ClickIdentity {
  id: Uint8Array;
  visitor: Uint8Array;
}

/** A link's newest click that was counted since `since` (ms); null if there is none. */
export async function readNewestClick(db: Database, linkId: number, since: number): Promise<ClickIdentity | null> {
  const isRecent = gte(clicks.hour, Math.floor(since / MS_PER_HOUR));
  const row = await db
    .select({ id: sql<string>`lower(hex(${clicks.id}))`, visitor: sql<string>`lower(hex(${clicks.visitor}))` })
    .from(clicks)
    .where(and(eq(clicks.link_id, linkId), isRecent, eq(clicks.verdict, COUNTED)))
    .orderBy(desc(clicks.hour), desc(clicks.id))
    .limit(1)
    .get();
  return row === undefined ? null : { id: Uint8Array.fromHex(row.id), visitor: Uint8Array.fromHex(row.visitor) };
}
