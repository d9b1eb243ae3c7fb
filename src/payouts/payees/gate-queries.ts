/** What a payout asks of an affiliate before it pays: no details, only whether there are any. Throws while D1 is away. */
import { desc, eq } from "drizzle-orm";
import type { Database } from "../../db/database.ts";
import { defineQuery, type Query, runQuery } from "../../db/query-batch.ts";
import { payees, taxForms } from "../tables.ts";
import type { PaymentMethod } from "./payment-details.ts";

/** The gates `tax_form` and `payment_details`. */
export interface PayeeGates {
  /** Milliseconds since the epoch, null where none was received. */
  tax_form_received_at: number | null;
  has_payment_details: boolean;
  /** How the affiliate wants to be paid, null where it has not said. */
  method: PaymentMethod | null;
}

/** What holds for an affiliate now. */
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
