/** The D1 tables that `links/` owns: others may read them, but only this folder writes them. */
import { index, integer, sqliteTable, text, uniqueIndex } from "drizzle-orm/sqlite-core";
import { affiliates } from "../affiliates/tables.ts";
import { checkEnum } from "../db/check-enum.ts";
import { programs } from "../programs/tables.ts";
import type { Target } from "./choose-destination.ts";

const time = (name: string) => integer(name);

export const links = sqliteTable(
  "links",
  {
    id: integer("id").primaryKey(),
    host: text("host").notNull().default(""),
    slug: text("slug").notNull(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    destination: text("destination").notNull(),
    targets: text("targets", { mode: "json" }).$type<Target[]>(),
    kind: text("kind", { enum: ["affiliate", "tracking"] }).notNull(),
    channel: text("channel"),
    starts_at: time("starts_at"),
    expires_at: time("expires_at"),
    click_cap: integer("click_cap"),
    disabled: integer("disabled", { mode: "boolean" }).notNull().default(false),
    forward_query: integer("forward_query", { mode: "boolean" }).notNull().default(false),
    deep_links: integer("deep_links", { mode: "boolean" }),
    created_at: time("created_at").notNull(),
    disabled_at: time("disabled_at"),
    archived_at: time("archived_at"),
  },
  (table) => [
    checkEnum(table.kind),
    uniqueIndex("links_by_slug").on(table.host, table.slug),
    index("links_by_affiliate").on(table.affiliate_id, table.program_id),
    index("links_by_name").on(table.slug),
    index("links_by_program").on(table.program_id),
  ],
);
