/**
 * The D1 tables as drizzle sees them. `migrations/` is the schema that ships; `test/db/schema.test.ts` applies it and
 * fails where a table here differs in a column, type, key or index.
 */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { ClickDetails } from "../clicks/click-details.ts";
import type { Difference } from "../clicks/compare-counts.ts";
import type { ProgramTerms } from "../programs/terms.ts";
import type { Target } from "../redirect/choose-destination.ts";

export { creatives } from "./creative-table.ts";
export * from "./customer-tables.ts";
export { ledgerEntries } from "./ledger-table.ts";
export { notifications, notifiedAffiliates } from "./notification-tables.ts";
export { payees, taxForms } from "./payee-tables.ts";
export * from "./payout-tables.ts";

const time = (name: string) => integer(name);

export const programs = sqliteTable("programs", {
  id: integer("id").primaryKey(),
  slug: text("slug").notNull().unique(),
  name: text("name").notNull(),
  currency: text("currency").notNull(),
  destinationHosts: text("destination_hosts", { mode: "json" }).$type<string[]>().notNull(),
  redirectHost: text("redirect_host").unique(),
  cookieMode: text("cookie_mode", { enum: ["always", "consent", "cookieless"] })
    .notNull()
    .default("always"),
  cookieDomain: text("cookie_domain"),
  fallbackUrl: text("fallback_url"),
  referralParameter: text("referral_parameter"),
  deepLinks: integer("deep_links", { mode: "boolean" }).notNull().default(false),
  isReward: integer("is_reward", { mode: "boolean" }).notNull().default(false),
  createdAt: time("created_at").notNull(),
  payoutApprovals: integer("payout_approvals").notNull().default(1),
  payoutAutoDraft: integer("payout_auto_draft", { mode: "boolean" }).notNull().default(true),
});

export const programTerms = sqliteTable(
  "program_terms",
  {
    programId: integer("program_id").notNull(),
    version: integer("version").notNull(),
    effectiveFrom: time("effective_from").notNull(),
    terms: text("terms", { mode: "json" }).$type<ProgramTerms>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.version] })],
);

export const affiliates = sqliteTable(
  "affiliates",
  {
    id: integer("id").primaryKey(),
    username: text("username").notNull().unique(),
    name: text("name").notNull(),
    email: text("email").notNull().unique(),
    sponsorId: integer("sponsor_id"),
    createdAt: time("created_at").notNull(),
    erasedAt: time("erased_at"),
  },
  (table) => [index("affiliates_by_sponsor").on(table.sponsorId).where(sql`sponsor_id IS NOT NULL`)],
);

export const enrolments = sqliteTable(
  "enrolments",
  {
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    status: text("status", { enum: ["pending", "approved", "rejected", "suspended"] }).notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.affiliateId] })],
);

export const enrolmentStatuses = sqliteTable(
  "enrolment_statuses",
  {
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    at: time("at").notNull(),
    status: text("status", { enum: ["pending", "approved", "rejected", "suspended"] }).notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.affiliateId, table.at] })],
);

export const links = sqliteTable(
  "links",
  {
    id: integer("id").primaryKey(),
    host: text("host").notNull().default(""),
    slug: text("slug").notNull(),
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    destination: text("destination").notNull(),
    targets: text("targets", { mode: "json" }).$type<Target[]>(),
    kind: text("kind", { enum: ["affiliate", "tracking"] }).notNull(),
    channel: text("channel"),
    startsAt: time("starts_at"),
    expiresAt: time("expires_at"),
    clickCap: integer("click_cap"),
    disabled: integer("disabled", { mode: "boolean" }).notNull().default(false),
    forwardQuery: integer("forward_query", { mode: "boolean" }).notNull().default(false),
    deepLinks: integer("deep_links", { mode: "boolean" }),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    uniqueIndex("links_by_slug").on(table.host, table.slug),
    index("links_by_affiliate").on(table.affiliateId, table.programId),
    index("links_by_name").on(table.slug),
    index("links_by_program").on(table.programId),
  ],
);

export const endpoints = sqliteTable(
  "endpoints",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    source: text("source").notNull(),
    createdAt: time("created_at").notNull(),
    test: integer("test", { mode: "boolean" }).notNull().default(false),
    disabled: integer("disabled", { mode: "boolean" }).notNull().default(false),
  },
  (table) => [index("endpoints_by_program").on(table.programId)],
);

export const endpointSecrets = sqliteTable(
  "endpoint_secrets",
  {
    endpointId: text("endpoint_id").notNull(),
    id: text("id").notNull(),
    sealedSecret: text("sealed_secret").notNull(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at"),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.id] })],
);

export const deliveries = sqliteTable(
  "deliveries",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    endpointId: text("endpoint_id").notNull(),
    source: text("source").notNull(),
    receivedAt: time("received_at").notNull(),
    test: integer("test", { mode: "boolean" }).notNull(),
    type: text("type"),
    eventId: text("event_id"),
    status: text("status", {
      enum: ["received", "recorded", "duplicate", "ignored", "waiting", "spooled", "refused"],
    }).notNull(),
    reason: text("reason"),
    detail: text("detail"),
    conversion: text("conversion"),
    attributedTo: text("attributed_to"),
    attempts: integer("attempts").notNull().default(0),
    nextAt: time("next_at"),
  },
  (table) => [
    index("deliveries_by_program").on(table.programId, table.id),
    index("deliveries_due").on(table.nextAt).where(sql`next_at IS NOT NULL`),
  ],
);

export const deliveryRequests = sqliteTable("delivery_requests", {
  id: text("id").primaryKey(),
  sealedRequest: text("sealed_request").notNull(),
});

export const deliveryWaits = sqliteTable(
  "delivery_waits",
  {
    programId: integer("program_id").notNull(),
    name: text("name").notNull(),
    deliveryId: text("delivery_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.programId, table.name, table.deliveryId] }),
    index("delivery_waits_by_delivery").on(table.deliveryId),
  ],
);

export const webhookEvents = sqliteTable(
  "webhook_events",
  {
    endpointId: text("endpoint_id").notNull(),
    id: text("id").notNull(),
    digest: text("digest").notNull(),
    receivedAt: time("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpointId, table.id] })],
);

export const texts = sqliteTable("texts", {
  id: integer("id").primaryKey(),
  text: text("text").notNull().unique(),
  lastDay: integer("last_day").notNull(),
});

export const clicks = sqliteTable(
  "clicks",
  {
    linkId: integer("link_id").notNull(),
    hour: integer("hour").notNull(),
    visitor: blob("visitor").notNull(),
    id: blob("id").notNull(),
    verdict: integer("verdict").notNull(),
    isFirst: integer("is_first", { mode: "boolean" }).notNull(),
    repeats: blob("repeats"),
    country: text("country"),
    device: integer("device"),
    referrer: integer("referrer"),
    userAgent: integer("user_agent"),
    reason: integer("reason"),
    subs: text("subs", { mode: "json" }).$type<(string | null)[]>(),
  },
  (table) => [primaryKey({ columns: [table.linkId, table.hour, table.visitor, table.id] })],
);

export const storedBefore = sqliteTable("stored_before", {
  place: integer("place").primaryKey(),
});

export const clickDays = sqliteTable(
  "click_days",
  {
    linkId: integer("link_id").notNull(),
    day: integer("day").notNull(),
    verdict: integer("verdict").notNull(),
    clicks: integer("clicks").notNull(),
    visitors: integer("visitors").notNull().default(0),
    details: text("details", { mode: "json" }).$type<ClickDetails>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.linkId, table.day, table.verdict] })],
);

export const clickArchives = sqliteTable(
  "click_archives",
  {
    day: integer("day").notNull(),
    key: text("key").notNull(),
    clicks: integer("clicks").notNull(),
    bytes: integer("bytes").notNull(),
    sha256: text("sha256").notNull(),
    archivedAt: time("archived_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.key] })],
);

export const clickGaps = sqliteTable("click_gaps", {
  day: integer("day").primaryKey(),
});

export const clickChecks = sqliteTable("click_checks", {
  id: integer("id").primaryKey(),
  checkedAt: time("checked_at").notNull(),
  day: integer("day").notNull(),
  clicks: integer("clicks").notNull(),
  differences: integer("differences").notNull(),
  mended: integer("mended").notNull(),
  details: text("details", { mode: "json" }).$type<Difference[]>().notNull(),
});

export const deadClicks = sqliteTable(
  "dead_clicks",
  {
    id: text("id").primaryKey(),
    receivedAt: time("received_at").notNull(),
    clicks: integer("clicks").notNull(),
    error: text("error").notNull(),
    body: text("body", { mode: "json" }).$type<unknown[]>().notNull(),
    replayedAt: time("replayed_at"),
  },
  (table) => [index("dead_clicks_by_time").on(table.receivedAt, table.id)],
);

export const visitorKeys = sqliteTable(
  "visitor_keys",
  {
    programId: integer("program_id").notNull(),
    day: integer("day").notNull(),
    key: blob("key").notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.day] })],
);

export const signInLinks = sqliteTable("sign_in_links", {
  tokenHash: text("token_hash").primaryKey(),
  affiliateId: integer("affiliate_id").notNull(),
  expiresAt: time("expires_at").notNull(),
});

export const sessions = sqliteTable("sessions", {
  tokenHash: text("token_hash").primaryKey(),
  affiliateId: integer("affiliate_id").notNull(),
  expiresAt: time("expires_at").notNull(),
});

export const signInMails = sqliteTable(
  "sign_in_mails",
  {
    affiliateId: integer("affiliate_id").notNull(),
    sentAt: time("sent_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.sentAt] })],
);
