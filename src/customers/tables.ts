/** The D1 tables owned by `customers/`. Other folders may read them; only this one writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { affiliates } from "../affiliates/tables.ts";
import { links } from "../links/tables.ts";
import { programs } from "../programs/tables.ts";

/** The id of a conversion's payment, as the index has it. */
const PAYMENT = sql<string | null>`json_extract(record, '$.payment')`;

const time = (name: string) => integer(name);

export const conversions = sqliteTable(
  "conversions",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    affiliate_id: integer("affiliate_id").references(() => affiliates.id),
    link_id: integer("link_id").references(() => links.id),
    type: text("type").notNull(),
    status: text("status").notNull(),
    amount: integer("amount"),
    refunded: integer("refunded").notNull(),
    currency: text("currency"),
    occurred_at: time("occurred_at").notNull(),
    reason: text("reason").notNull(),
    record: text("record").notNull(),
    revision: integer("revision").notNull(),
    test: integer("test", { mode: "boolean" }).notNull().default(false),
    customer_key: text("customer_key").notNull().default(""),
    product: text("product"),
    click_id: text("click_id"),
  },
  (table) => [
    index("conversions_by_program").on(
      table.program_id,
      table.occurred_at,
      table.id,
      table.test,
      table.type,
      table.affiliate_id,
      table.link_id,
      table.currency,
      table.amount,
      table.refunded,
      table.click_id,
    ),
    index("conversions_by_customer").on(table.customer_key, table.occurred_at, table.id),
    index("conversions_by_payment").on(table.program_id, PAYMENT).where(sql`${PAYMENT} IS NOT NULL`),
    index("conversions_by_affiliate").on(
      table.affiliate_id,
      table.program_id,
      table.occurred_at,
      table.id,
      table.test,
      table.type,
      table.link_id,
      table.product,
      table.click_id,
    ),
    index("conversions_in_test").on(table.occurred_at).where(sql`${table.test} = 1`),
  ],
);

export const touchedConversions = sqliteTable(
  "touched_conversions",
  {
    conversion_id: text("conversion_id").notNull(),
    affiliate_id: integer("affiliate_id")
      .notNull()
      .references(() => affiliates.id),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    occurred_at: time("occurred_at").notNull(),
    revision: integer("revision").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.conversion_id, table.affiliate_id] }),
    index("touched_conversions_by_affiliate").on(table.affiliate_id, table.program_id, table.occurred_at),
  ],
);
