/** D1 lookups for an event, made once before it is folded and stored with the fact. All throw if D1 is unavailable. */
import { and, eq, inArray, isNotNull, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import { normalizeCoupon } from "../affiliates/coupon-code.ts";
import {
  affiliateMarks,
  affiliates,
  couponOwners,
  enrollmentSponsors,
  enrollmentStatuses,
} from "../affiliates/tables.ts";
import type { Database } from "../db/database.ts";
import { hashEmail, hashVisitor } from "../lib/platform/vault.ts";
import type { TokenKey } from "../lib/signed-text.ts";
import { MS_PER_SECOND } from "../lib/time.ts";
import { links } from "../links/tables.ts";
import { type ClickClaims, readClickToken, type TokenReading } from "../redirect/click-token.ts";
import type { ConversionEvent, Named } from "../webhooks/conversion-event.ts";
import type { ApprovalChange, Mark, OwnMark, TokenFault, Touch, TouchSource } from "./fact.ts";

/** The touches, identifiers and token fault of an event. */
export interface EventLookup {
  touches: Touch[];
  fault: TokenFault | null;
  marks: Mark[];
  /** Whether the event names an affiliate that doesn't exist. */
  names_unknown_affiliate: boolean;
}

/** The keys that verify click tokens and hash identifiers. */
export interface LookUpKeys {
  token_keys: readonly TokenKey[];
  vault_key: Uint8Array<ArrayBuffer>;
}

/** Looks up an event's touches and identifiers. `at` is the event's time (ms); `factId` gives its touches their ids. */
export async function lookUpEvent(
  db: Database,
  { token_keys, vault_key }: LookUpKeys,
  event: ConversionEvent,
  { at, factId }: { at: number; factId: string },
): Promise<EventLookup> {
  const reading = event.click === null ? null : readClickToken(token_keys, event.click);
  const claims = reading?.ok && reading.claims.program_id === event.program_id ? reading.claims : null;
  const codes = event.coupons ?? (event.coupon === null ? [] : [event.coupon]);
  const named = namedIn(event);
  const [click, coupon, affiliate] = await Promise.all([
    claims === null ? null : findClick(db, claims, event.click_customer_number),
    findCoupon(db, { program_id: event.program_id, codes: codes.map(normalizeCoupon), at }),
    named === undefined ? null : findNamed(db, event.program_id, named),
  ]);
  const isClick = click !== null && typeof click === "object";
  const common = { clicked_at: at, link_id: null, link: null, channel: null };
  const touches: (Touch | null)[] = [
    isClick ? click : null,
    coupon && { ...common, ...coupon, click_id: `coupon:${factId}`, source: "coupon" },
    affiliate && {
      ...common,
      ...affiliate,
      click_id: `${event.type}:${factId}`,
      source: sourceOf(event),
      coupon: null,
    },
  ];
  return {
    touches: touches.filter((touch) => touch !== null),
    fault: typeof click === "string" ? click : faultOf(reading, claims),
    marks: await collectMarks(vault_key, event, claims),
    names_unknown_affiliate: named !== undefined && named.or_slug !== true && affiliate === null,
  };
}

/** The affiliate that the event names. A decision that nobody is credited names none. */
function namedIn({ named, decision, entered }: ConversionEvent): Named | undefined {
  if (entered !== undefined) return { affiliate: entered.affiliate };
  return decision?.affiliate == null ? named : { affiliate: decision.affiliate };
}

function sourceOf({ type, entered }: ConversionEvent): TouchSource {
  if (type === "credit" || entered !== undefined) return "manual";
  return type === "dispute" ? "dispute" : "referral";
}

async function collectMarks(
  vaultKey: Uint8Array<ArrayBuffer>,
  { customer, payer_hash }: ConversionEvent,
  claims: ClickClaims | null,
): Promise<Mark[]> {
  const { email_hash } = customer;
  return [
    ...(email_hash === null ? [] : [{ kind: "email" as const, hash: email_hash }]),
    ...(payer_hash === undefined ? [] : [{ kind: "payment_details" as const, hash: payer_hash }]),
    ...(claims === null ? [] : [{ kind: "visitor" as const, hash: await hashVisitor(vaultKey, claims.visitor) }]),
  ];
}

function faultOf(reading: TokenReading | null, claims: ClickClaims | null): TokenFault | null {
  if (reading === null || claims !== null) return null;
  return reading.ok ? "token_foreign" : `token_${reading.error}`;
}

/** The click of a valid token, or why it isn't a touch. */
async function findClick(
  db: Database,
  claims: ClickClaims,
  customer_number: number | undefined,
): Promise<Touch | TokenFault> {
  const { click_id, clicked_at, affiliate_id, link_id } = claims;
  const found = await db
    .select({
      row: { affiliate: affiliates.username, link: links.slug, channel: links.channel },
      expires_at: links.expires_at,
      // Null too for a link that an earlier release disabled: nobody knows when.
      disabled_at: sql<number | null>`CASE WHEN ${links.disabled} THEN ${links.disabled_at} END`,
    })
    .from(links)
    .innerJoin(affiliates, eq(affiliates.id, links.affiliate_id))
    .where(and(eq(links.id, link_id), eq(links.affiliate_id, affiliate_id)))
    .get();
  if (found === undefined) return "token_unknown_link";
  const { row, expires_at, disabled_at } = found;
  if (clicked_at >= Math.min(expires_at ?? Number.POSITIVE_INFINITY, disabled_at ?? Number.POSITIVE_INFINITY)) {
    return "token_link_ended";
  }
  return {
    ...{ click_id, source: "click", clicked_at, affiliate_id, link_id, ...row, coupon: null },
    ...(customer_number !== undefined && { customer_number }),
  };
}

const whose = { affiliate_id: affiliates.id, affiliate: affiliates.username };

/** The first of these coupons that belongs to an affiliate at a time (ms), with its owner; null if none does. */
async function findCoupon(
  db: Database,
  { program_id, codes, at }: { program_id: number; codes: readonly string[]; at: number },
): Promise<{ affiliate_id: number; affiliate: string; coupon: string } | null> {
  if (codes.length === 0) return null;
  const { at: since, code } = couponOwners;
  const rows = await db
    .select({ ...whose, code, since })
    .from(couponOwners)
    .leftJoin(affiliates, eq(affiliates.id, couponOwners.affiliate_id))
    .where(and(eq(couponOwners.program_id, program_id), inArray(code, [...codes])))
    .orderBy(since);
  for (const coupon of codes) {
    const changes = rows.filter((row) => row.code === coupon);
    // Many checkouts truncate times to the second.
    const until = at % MS_PER_SECOND === 0 ? at + MS_PER_SECOND - 1 : at;
    // By its last change until then, or its first owner if the time is earlier.
    const { affiliate_id = null, affiliate = null } = changes.findLast((row) => row.since <= until) ?? changes[0] ?? {};
    if (affiliate_id !== null && affiliate !== null) return { affiliate_id, affiliate, coupon };
  }
  return null;
}

/** The affiliate with this username or, where the event allows it, with a link of the program with this slug. */
async function findNamed(db: Database, program_id: number, { affiliate, or_slug }: Named) {
  const name = affiliate.toLowerCase();
  const found = await db.select(whose).from(affiliates).where(eq(affiliates.username, name)).get();
  if (found !== undefined || or_slug !== true) return found ?? null;
  const owned = await db
    .select({ ...whose, link_id: links.id, link: links.slug, channel: links.channel })
    .from(links)
    .innerJoin(affiliates, eq(affiliates.id, links.affiliate_id))
    .where(and(eq(links.slug, name), eq(links.program_id, program_id)))
    .orderBy(links.id)
    .get();
  return owned ?? null;
}

const sponsors = alias(affiliates, "sponsors");

/**
 * Looks up the status history of the affiliates in a customer's touches, and which of them are the customer themselves or
 * have it as their sponsor in the program, or had: whatever the order of events, the answer is the same.
 */
export async function lookUpAffiliates(
  db: Database,
  vaultKey: Uint8Array<ArrayBuffer>,
  programId: number,
  ids: readonly number[],
  customer: readonly Mark[],
): Promise<{ standings: ApprovalChange[]; own: OwnMark[] }> {
  if (ids.length === 0) return { standings: [], own: [] };
  const { affiliate_id: affiliateId, at, status } = enrollmentStatuses;
  const hashes = JSON.stringify(customer.map(({ hash }) => hash));
  const isKnown = sql`${affiliateMarks.hash} IN (SELECT value FROM json_each(${hashes}))`;
  const isSponsored = and(
    eq(enrollmentSponsors.program_id, programId),
    inArray(enrollmentSponsors.affiliate_id, [...ids]),
    isNotNull(enrollmentSponsors.sponsor_id),
  );
  const sponsorIds = db.select({ id: enrollmentSponsors.sponsor_id }).from(enrollmentSponsors).where(isSponsored);
  const [standings, people, sponsored, marks] = await db.batch([
    db
      .select({ affiliate_id: affiliateId, since: at, approved: sql`${status} = 'approved'`.mapWith(Boolean) })
      .from(enrollmentStatuses)
      .where(and(eq(enrollmentStatuses.program_id, programId), inArray(affiliateId, [...ids])))
      .orderBy(affiliateId, at),
    db
      .select({ affiliate_id: affiliates.id, email: affiliates.email })
      .from(affiliates)
      .where(inArray(affiliates.id, [...ids])),
    db
      .selectDistinct({
        affiliate_id: enrollmentSponsors.affiliate_id,
        sponsor_id: sponsors.id,
        sponsor_email: sponsors.email,
      })
      .from(enrollmentSponsors)
      .innerJoin(sponsors, eq(sponsors.id, enrollmentSponsors.sponsor_id))
      .where(isSponsored),
    db
      .select({ affiliate_id: affiliateMarks.affiliate_id, kind: affiliateMarks.kind, hash: affiliateMarks.hash })
      .from(affiliateMarks)
      .where(
        and(
          or(inArray(affiliateMarks.affiliate_id, [...ids]), inArray(affiliateMarks.affiliate_id, sponsorIds)),
          isKnown,
        ),
      ),
  ]);
  const addresses = new Map([
    ...people.map(({ affiliate_id, email }) => [affiliate_id, email] as const),
    ...sponsored.map(({ sponsor_id, sponsor_email }) => [sponsor_id, sponsor_email] as const),
  ]);
  const emails = await Promise.all(
    [...addresses].map(async ([affiliate_id, email]) => ({
      affiliate_id,
      kind: "email" as const,
      hash: await hashEmail(vaultKey, email),
    })),
  );
  const matched = matchMarks([...emails, ...marks], customer);
  const found = new Set(matched.map(({ affiliate_id }) => affiliate_id));
  const ofSponsors = sponsored.flatMap(({ affiliate_id, sponsor_id }): OwnMark[] =>
    found.has(sponsor_id) && sponsor_id !== affiliate_id ? [{ affiliate_id, by: "sponsor" }] : [],
  );
  const own = matched.filter(({ affiliate_id }) => ids.includes(affiliate_id));
  return { standings, own: [...own, ...ofSponsors] };
}

/**
 * An email address counts as a match even if one side has it as a contact address and the other as a payout address.
 */
function matchMarks(ofAffiliates: readonly (Mark & { affiliate_id: number })[], customer: readonly Mark[]): OwnMark[] {
  return ofAffiliates.flatMap(({ affiliate_id, kind, hash }) => {
    const same = customer.filter((mark) => mark.hash === hash);
    if (same.length === 0) return [];
    const by = same.some((mark) => mark.kind === kind) ? kind : ("payment_details" as const);
    return [{ affiliate_id, by }];
  });
}
