/** The D1 tables that `webhooks/` owns: other folders may read them, only this one writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { programs } from "../programs/tables.ts";

const time = (name: string) => integer(name);

export const endpoints = sqliteTable(
  "endpoints",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id")
      .notNull()
      .references(() => programs.id),
    source: text("source").notNull(),
    created_at: time("created_at").notNull(),
    test: integer("test", { mode: "boolean" }).notNull().default(false),
    disabled: integer("disabled", { mode: "boolean" }).notNull().default(false),
    sealed_api_key: text("sealed_api_key"),
  },
  (table) => [index("endpoints_by_program").on(table.program_id)],
);

export const endpointSecrets = sqliteTable(
  "endpoint_secrets",
  {
    endpoint_id: text("endpoint_id")
      .notNull()
      .references(() => endpoints.id),
    id: text("id").notNull(),
    sealed_secret: text("sealed_secret").notNull(),
    created_at: time("created_at").notNull(),
    expires_at: time("expires_at"),
  },
  (table) => [primaryKey({ columns: [table.endpoint_id, table.id] })],
);

export const deliveries = sqliteTable(
  "deliveries",
  {
    id: text("id").primaryKey(),
    program_id: integer("program_id").notNull(),
    endpoint_id: text("endpoint_id").notNull(),
    source: text("source").notNull(),
    received_at: time("received_at").notNull(),
    test: integer("test", { mode: "boolean" }).notNull(),
    type: text("type"),
    event_id: text("event_id"),
    status: text("status", {
      enum: ["received", "recorded", "duplicate", "ignored", "waiting", "spooled", "refused"],
    }).notNull(),
    reason: text("reason"),
    detail: text("detail"),
    conversion: text("conversion"),
    attributed_to: text("attributed_to"),
    attempts: integer("attempts").notNull().default(0),
    next_at: time("next_at"),
  },
  (table) => [
    index("deliveries_by_program").on(table.program_id, table.id),
    index("deliveries_by_endpoint").on(table.endpoint_id, table.id),
    index("deliveries_due").on(table.next_at).where(sql`next_at IS NOT NULL`),
  ],
);

export const deliveryRequests = sqliteTable("delivery_requests", {
  id: text("id").primaryKey(),
  sealed_request: text("sealed_request").notNull(),
});

export const deliveryWaits = sqliteTable(
  "delivery_waits",
  {
    program_id: integer("program_id").notNull(),
    name: text("name").notNull(),
    delivery_id: text("delivery_id").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.program_id, table.name, table.delivery_id] }),
    index("delivery_waits_by_delivery").on(table.delivery_id),
  ],
);

export const webhookEvents = sqliteTable(
  "webhook_events",
  {
    endpoint_id: text("endpoint_id")
      .notNull()
      .references(() => endpoints.id),
    id: text("id").notNull(),
    digest: text("digest").notNull(),
    received_at: time("received_at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.endpoint_id, table.id] })],
);

/**
 * Identifiers of customers: payments, subscriptions, related ids and email hashes. Earlier releases write this table while a
 * new release is deployed, so it keeps its SQL name.
 */
export const customerIdentifiers = sqliteTable(
  "known_names",
  {
    program_id: integer("program_id").notNull(),
    name: text("name").notNull(),
    customer_key: text("customer_key").notNull(),
    payment: text("payment"),
    origin: text("origin").notNull(),
  },
  (table) => [primaryKey({ columns: [table.program_id, table.name] })],
);

export const customers = sqliteTable(
  "customers",
  {
    key: text("key").primaryKey(),
    program_id: integer("program_id").notNull(),
    merged_into: text("merged_into"),
    handed_over: integer("handed_over", { mode: "boolean" }).notNull().default(false),
    namespace: text("namespace"),
    first_seen_at: time("first_seen_at").notNull(),
  },
  (table) => [
    index("customers_merged").on(table.merged_into, table.handed_over).where(sql`merged_into IS NOT NULL`),
    index("customers_by_program").on(table.program_id, table.key),
    index("customers_by_namespace").on(table.program_id, table.namespace),
  ],
);

export const clickCustomers = sqliteTable(
  "click_customers",
  {
    click_id: text("click_id").notNull(),
    customer_key: text("customer_key").notNull(),
    number: integer("number").notNull(),
  },
  (table) => [primaryKey({ columns: [table.click_id, table.customer_key] })],
);

export const unrelayedCustomers = sqliteTable("unrelayed_customers", {
  key: text("key").primaryKey(),
  since: time("since").notNull(),
});
