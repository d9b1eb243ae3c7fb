/** Approves applications: account, enrollment, link and coupon exist at once. */
import { and, eq, isNull, type SQL } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import { normalizeCoupon } from "../affiliates/coupon-code.ts";
import { isPayingCustomer } from "../affiliates/eligibility-queries.ts";
import { moveToGroup } from "../affiliates/group-store.ts";
import {
  assignCoupon,
  createAffiliate,
  idOfUsername,
  isCouponTaken,
  joinProgram,
} from "../affiliates/joining-store.ts";
import { isAboveSponsor, setSponsor } from "../affiliates/sponsor-store.ts";
import { affiliates, enrollments } from "../affiliates/tables.ts";
import type { Change } from "../audit/audit-store.ts";
import type { Database } from "../db/database.ts";
import { hashEmail } from "../lib/platform/vault.ts";
import { isBesideLinksOf } from "../links/host-queries.ts";
import { insertLink, linkChangeOf, newLinkRow } from "../links/link-store.ts";
import { NEW_SLUG_PATTERN, RESERVED_SEGMENTS } from "../links/slug.ts";
import { links } from "../links/tables.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import type { programs } from "../programs/tables.ts";
import { loadTerms } from "../programs/terms-queries.ts";
import type { ApplicationForm } from "./application-form.ts";
import { type Application, markApproved, requireUndecided } from "./application-store.ts";
import { useInvitation } from "./invitation-store.ts";

/** A row of `programs`. */
export type Program = typeof programs.$inferSelect;

/** What an approval makes. */
export interface Approval {
  /** The statements; the last one approves the application. */
  statements: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]];
  changes: Change[];
  username: string;
  /** The default link; null if the affiliate had one before. */
  link: { host: string; slug: string } | null;
  coupon: string | null;
}

/** The account that has an email address; null if there is none. */
export async function findAccount(db: Database, email: string) {
  const isThis = and(eq(affiliates.email, email), isNull(affiliates.erased_at));
  return (await db.select().from(affiliates).where(isThis).get()) ?? null;
}

/** Whether someone with this email may be approved under the program's terms: some are open to customers only. */
export async function isEligible(
  db: Database,
  { vault_key, program_id, email }: { vault_key: Uint8Array<ArrayBuffer>; program_id: number; email: string },
  now: number,
): Promise<boolean> {
  const { terms } = await loadTerms(db, program_id, now);
  return terms.open_to !== "customers" || isPayingCustomer(db, program_id, await hashEmail(vault_key, email));
}

/** Plans the approval of an application, in the group that it names. */
export async function planApproval(
  db: Database,
  program: Program,
  { application, form }: { application: Application; form: Pick<ApplicationForm, "coupon_suffix"> },
  now: number,
): Promise<Approval> {
  const account = await findAccount(db, application.email);
  const username = account?.username ?? application.username;
  const affiliate_id: number | SQL<number> = account?.id ?? idOfUsername(username);
  const joining = { program_id: program.id, affiliate_id };
  const before = account === null ? undefined : await findEnrolled(db, program.id, account.id);
  const link =
    account !== null && (await hasLink(db, program.id, account.id)) ? null : await planLink(db, program, username, now);
  const coupon = before === undefined ? await planCoupon(db, program.id, form.coupon_suffix, username) : null;
  const group = application.group_slug;
  const sponsor_id = await chooseSponsor(db, program.id, application, account?.id ?? null);
  // Before its first row, an enrollment is in the default group and has no sponsor.
  const since = before === undefined ? 0 : now;
  const { name, email, shares_email } = application;
  const statements: [BatchItem<"sqlite">, ...BatchItem<"sqlite">[]] = [
    requireUndecided(db, application.id),
    ...(account === null ? [createAffiliate(db, { username, name, email, created_at: now })] : []),
    ...joinProgram(db, joining, "approved", now),
    ...(group === DEFAULT_GROUP && before === undefined ? [] : [moveToGroup(db, joining, group, since)]),
    ...(sponsor_id === null ? [] : [setSponsor(db, joining, { sponsor_id, at: since, shares_email })]),
    ...(link === null ? [] : [insertLink(db, { ...link, affiliate_id })]),
    ...(coupon === null ? [] : [assignCoupon(db, joining, coupon, now)]),
    ...(application.invitation_id === null ? [] : [useInvitation(db, application.invitation_id, now)]),
    markApproved(db, application, affiliate_id, now),
  ];
  const subject = { subject_type: "affiliate", subject: username };
  const changes: Change[] = [
    ...(account === null
      ? [{ action: "affiliate.created", program_id: null, ...subject, before: null, after: { name, email } }]
      : []),
    {
      ...{
        action: before === undefined ? "enrollment.created" : "enrollment.updated",
        program_id: program.id,
        ...subject,
      },
      before: before === undefined ? null : { status: before.status },
      after: { status: "approved", group },
    },
    ...(link === null
      ? []
      : [
          {
            ...linkChangeOf(link, "created"),
            before: null,
            after: { affiliate: username, destination: link.destination },
          },
        ]),
    ...(coupon === null
      ? []
      : [
          {
            ...{ action: "coupon.created", program_id: program.id, subject_type: "coupon", subject: coupon },
            ...{ before: null, after: { affiliate: username } },
          },
        ]),
    {
      ...{
        action: "application.approved",
        program_id: program.id,
        subject_type: "application",
        subject: application.id,
      },
      ...{ before: { status: application.status }, after: { status: "approved", affiliate: username, group } },
    },
  ];
  return {
    statements,
    changes,
    username,
    link: link === null ? null : { host: link.host, slug: link.slug },
    coupon,
  };
}

async function findEnrolled(db: Database, programId: number, affiliateId: number) {
  return db
    .select({ status: enrollments.status })
    .from(enrollments)
    .where(and(eq(enrollments.program_id, programId), eq(enrollments.affiliate_id, affiliateId)))
    .get();
}

async function hasLink(db: Database, programId: number, affiliateId: number): Promise<boolean> {
  const isOwn = and(eq(links.program_id, programId), eq(links.affiliate_id, affiliateId));
  return (await db.select({ id: links.id }).from(links).where(isOwn).limit(1).get()) !== undefined;
}

/** A link to the merchant's own page: under the username if it is free, else with the program's slug, else under a random slug. */
async function planLink(db: Database, program: Program, username: string, now: number) {
  const name = username.replaceAll(/[^a-z0-9_-]/g, "-").replaceAll(/[-_]+$/g, "");
  const wanted = [name, `${name}-${program.slug}`];
  const owner = { program_id: program.id, affiliate_id: 0, redirect_host: program.redirect_host };
  const fields = { ...owner, kind: "affiliate" as const, destination: chooseHome(program), created_at: now };
  for (const slug of wanted) {
    if (!NEW_SLUG_PATTERN.test(slug) || RESERVED_SEGMENTS.has(slug)) continue;
    const isTaken = and(eq(links.slug, slug), isBesideLinksOf(program));
    const found = await db.select({ id: links.id }).from(links).where(isTaken).limit(1).get();
    if (found === undefined) return newLinkRow({ ...fields, slug });
  }
  return newLinkRow(fields);
}

/** The merchant's own page, if links may lead there; else the first allowed host. */
function chooseHome({ home_url, destination_hosts }: Program): string {
  const host = home_url === null ? null : (URL.parse(home_url)?.host ?? null);
  if (home_url !== null && host !== null && destination_hosts.includes(host)) return home_url;
  return `https://${destination_hosts[0]}/`;
}

/** A coupon of the username and the suffix that isn't taken; null without a suffix. */
async function planCoupon(db: Database, programId: number, suffix: string | null, username: string) {
  if (suffix === null) return null;
  const name = username.replaceAll(/[^a-z0-9]/g, "").toUpperCase();
  for (const number of ["", "-2", "-3", "-4"]) {
    const code = normalizeCoupon(`${name}${suffix}${number}`);
    if (!(await isCouponTaken(db, programId, code))) return code;
  }
  return null;
}

/** The application's sponsor, unless the affiliate is above it already. */
async function chooseSponsor(db: Database, programId: number, { sponsor_id }: Application, affiliateId: number | null) {
  if (sponsor_id === null || affiliateId === null) return sponsor_id;
  const isAbove = await isAboveSponsor(db, programId, { affiliate_id: affiliateId, sponsor_id });
  return isAbove ? null : sponsor_id;
}
