/** The tables about customers: who they are, who brought them, and what affiliates see of it. Part of `schema.ts`. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

export const knownNames = sqliteTable(
  "known_names",
  {
    programId: integer("program_id").notNull(),
    name: text("name").notNull(),
    customerKey: text("customer_key").notNull(),
    payment: text("payment"),
    origin: text("origin").notNull(),
  },
  (table) => [primaryKey({ columns: [table.programId, table.name] })],
);

export const coupons = sqliteTable(
  "coupons",
  {
    programId: integer("program_id").notNull(),
    code: text("code").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.programId, table.code] }),
    index("coupons_by_affiliate").on(table.affiliateId, table.programId),
  ],
);

export const affiliateMarks = sqliteTable(
  "affiliate_marks",
  {
    affiliateId: integer("affiliate_id").notNull(),
    kind: text("kind", { enum: ["email", "payment_details", "visitor"] }).notNull(),
    hash: text("hash").notNull(),
    createdAt: time("created_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.kind, table.hash] })],
);

export const customers = sqliteTable(
  "customers",
  {
    key: text("key").primaryKey(),
    programId: integer("program_id").notNull(),
    mergedInto: text("merged_into"),
    handedOver: integer("handed_over", { mode: "boolean" }).notNull().default(false),
    namespace: text("namespace"),
    firstSeenAt: time("first_seen_at").notNull(),
  },
  (table) => [
    index("customers_merged").on(table.mergedInto, table.handedOver).where(sql`merged_into IS NOT NULL`),
    index("customers_by_program").on(table.programId, table.key),
  ],
);

export const unrelayedCustomers = sqliteTable("unrelayed_customers", {
  key: text("key").primaryKey(),
  since: time("since").notNull(),
});

export const conversions = sqliteTable(
  "conversions",
  {
    id: text("id").primaryKey(),
    programId: integer("program_id").notNull(),
    affiliateId: integer("affiliate_id"),
    linkId: integer("link_id"),
    type: text("type").notNull(),
    status: text("status").notNull(),
    amount: integer("amount"),
    refunded: integer("refunded").notNull(),
    currency: text("currency"),
    occurredAt: time("occurred_at").notNull(),
    reason: text("reason").notNull(),
    record: text("record").notNull(),
    revision: integer("revision").notNull(),
    test: integer("test", { mode: "boolean" }).notNull().default(false),
    customerKey: text("customer_key").notNull().default(""),
    product: text("product"),
    clickId: text("click_id"),
  },
  (table) => [
    index("conversions_by_program").on(table.programId, table.occurredAt),
    index("conversions_by_affiliate").on(
      table.affiliateId,
      table.programId,
      table.occurredAt,
      table.id,
      table.test,
      table.type,
      table.linkId,
      table.product,
      table.clickId,
    ),
    index("conversions_in_test").on(table.occurredAt).where(sql`${table.test} = 1`),
  ],
);

export const creditedClicks = sqliteTable(
  "credited_clicks",
  {
    id: text("id").primaryKey(),
    linkId: integer("link_id").notNull(),
    hour: integer("hour").notNull(),
    sought: integer("sought", { mode: "boolean" }).notNull().default(true),
    country: text("country"),
    device: integer("device"),
    referrer: text("referrer"),
    subs: text("subs", { mode: "json" }).$type<(string | null)[]>(),
  },
  (table) => [index("credited_clicks_sought").on(table.hour).where(sql`${table.sought} = 1`)],
);

export const touchedConversions = sqliteTable(
  "touched_conversions",
  {
    conversionId: text("conversion_id").notNull(),
    affiliateId: integer("affiliate_id").notNull(),
    programId: integer("program_id").notNull(),
    occurredAt: time("occurred_at").notNull(),
    revision: integer("revision").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversionId, table.affiliateId] }),
    index("touched_conversions_by_affiliate").on(table.affiliateId, table.programId, table.occurredAt),
  ],
);
