/** The D1 tables that `links/` owns: others may read them, only this folder writes them. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import type { Target } from "./choose-destination.ts";

const time = (name: string) => integer(name);

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
