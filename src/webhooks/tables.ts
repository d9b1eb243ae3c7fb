/** The D1 tables that `webhooks/` owns: others may read them, only this folder writes them. */
import { sql } from "drizzle-orm";
import { index, integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

const time = (name: string) => integer(name);

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
