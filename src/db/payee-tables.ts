import { integer, primaryKey, sqliteTable, text } from "drizzle-orm/sqlite-core";

export const payees = sqliteTable(
  "payees",
  {
    affiliateId: integer("affiliate_id").notNull(),
    version: integer("version").notNull(),
    changedAt: integer("changed_at").notNull(),
    changedBy: text("changed_by", { enum: ["affiliate", "merchant"] }).notNull(),
    method: text("method", { enum: ["paypal", "bank"] }),
    masked: text("masked"),
    sealedDetails: text("sealed_details"),
  },
  (table) => [primaryKey({ columns: [table.affiliateId, table.version] })],
);

export const taxForms = sqliteTable("tax_forms", {
  affiliateId: integer("affiliate_id").primaryKey(),
  form: text("form", { enum: ["w9", "w8ben", "w8bene", "other"] }).notNull(),
  receivedAt: integer("received_at").notNull(),
});
