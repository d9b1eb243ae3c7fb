/**
 * Reads the requirements for paying an affiliate: only whether details exist, not the details. Throws if D1 is
 * unavailable.
 */
import { desc, eq } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { defineQuery, type Query, runQuery } from "../../db/query-batch.ts";
import { payees, taxForms } from "../tables.ts";
import type { PaymentMethod } from "./payment-details.ts";

/** The inputs of the `tax_form` and `payment_details` gates. */
export interface PayeeGates {
  /** Milliseconds since the epoch, or null if none was received. */
  tax_form_received_at: number | null;
  has_payment_details: boolean;
  /** The affiliate's payout method, or null if they haven't added one. */
  method: PaymentMethod | null;
}

/** Reads the affiliate's current details. */
export async function loadPayee(db: Database, affiliateId: number): Promise<PayeeGates> {
  return runQuery(db, definePayeeQuery(db, affiliateId));
}

/** Defines the same query for a batch. */
export function definePayeeQuery(db: Database, affiliateId: number): Query<PayeeGates> {
  const newest = db
    .select({ method: payees.method })
    .from(payees)
    .where(eq(payees.affiliate_id, affiliateId))
    .orderBy(desc(payees.version))
    .limit(1);
  const received = db
    .select({ received_at: taxForms.received_at })
    .from(taxForms)
    .where(eq(taxForms.affiliate_id, affiliateId));
  return defineQuery([newest, received], ([[payee], [form]]) => {
    const method = payee?.method ?? null;
    return { tax_form_received_at: form?.received_at ?? null, has_payment_details: method !== null, method };
  });
}
