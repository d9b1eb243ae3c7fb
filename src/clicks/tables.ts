/** The D1 tables that `clicks/` owns: others may read them, but only this folder writes them. */
import { sql } from "drizzle-orm";
import { blob, index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { links } from "../links/tables.ts";
import type { ClickDetails } from "./click-details.ts";
import type { Difference } from "./counts/compare-counts.ts";

const time = (name: string) => integer(name);

export const texts = sqliteTable("texts", {
  id: integer("id").primaryKey(),
  text: text("text").notNull().unique(),
  last_day: integer("last_day").notNull(),
});

export const linkTexts = sqliteTable(
  "link_texts",
  {
    day: integer("day").notNull(),
    link_id: integer("link_id").notNull(),
    texts: integer("texts").notNull(),
    allowed: integer("allowed").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.link_id] })],
);

export const clicks = sqliteTable(
  "clicks",
  {
    link_id: integer("link_id")
      .notNull()
      .references(() => links.id),
    hour: integer("hour").notNull(),
    visitor: blob("visitor").notNull(),
    id: blob("id").notNull(),
    verdict: integer("verdict").notNull(),
    is_first: integer("is_first", { mode: "boolean" }).notNull(),
    repeats: blob("repeats"),
    country: text("country"),
    device: integer("device"),
    referrer: integer("referrer"),
    user_agent: integer("user_agent"),
    reason: integer("reason"),
    subs: text("subs", { mode: "json" }).$type<(string | null)[]>(),
    navigation: integer("navigation"),
  },
  (table) => [primaryKey({ columns: [table.link_id, table.hour, table.visitor, table.id] })],
);

export const storedBefore = sqliteTable("stored_before", {
  place: integer("place").primaryKey(),
});

export const clickDays = sqliteTable(
  "click_days",
  {
    link_id: integer("link_id")
      .notNull()
      .references(() => links.id),
    day: integer("day").notNull(),
    verdict: integer("verdict").notNull(),
    clicks: integer("clicks").notNull(),
    visitors: integer("visitors").notNull().default(0),
    details: text("details", { mode: "json" }).$type<ClickDetails>().notNull().default({}),
  },
  (table) => [primaryKey({ columns: [table.link_id, table.day, table.verdict] })],
);

/** A program's counted clicks of a whole day. Triggers on `click_days` delete a row whose sums change. */
export const programClickDays = sqliteTable(
  "program_click_days",
  {
    program_id: integer("program_id").notNull(),
    day: integer("day").notNull(),
    clicks: integer("clicks").notNull(),
    details: text("details", { mode: "json" }).$type<Pick<ClickDetails, "hour" | "country">>().notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.day] })],
);

export const clickArchives = sqliteTable(
  "click_archives",
  {
    day: integer("day").notNull(),
    key: text("key").notNull(),
    clicks: integer("clicks").notNull(),
    bytes: integer("bytes").notNull(),
    sha256: text("sha256").notNull(),
    archived_at: time("archived_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.day, table.key] })],
);

export const clickGaps = sqliteTable("click_gaps", {
  day: integer("day").primaryKey(),
});

export const clickChecks = sqliteTable("click_checks", {
  id: integer("id").primaryKey(),
  checked_at: time("checked_at").notNull(),
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
    received_at: time("received_at").notNull(),
    clicks: integer("clicks").notNull(),
    error: text("error").notNull(),
    body: text("body", { mode: "json" }).$type<unknown[]>().notNull(),
    replayed_at: time("replayed_at"),
  },
  (table) => [
    index("dead_clicks_by_time").on(table.received_at, table.id),
    index("dead_clicks_unreplayed").on(table.received_at, table.clicks).where(sql`replayed_at IS NULL`),
  ],
);
