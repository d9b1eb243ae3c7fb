import { eq } from "drizzle-orm";
import * as v from "valibot";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { auditActorOf } from "../api/layout/commit-change.ts";
import { findEnrollment, findVisibleAffiliate, maySee } from "../api/layout/find-records.ts";
import { readIdempotencyKey } from "../api/layout/idempotency-key.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { describeChange } from "../audit/audit-store.ts";
import type { DisputeResult } from "../customers/disputes/dispute.ts";
import { isBeingErased } from "../customers/erasure/being-erased.ts";
import { conversions } from "../customers/tables.ts";
import { hashText } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { internalNote, reasonText } from "./manual/fields.ts";

/** The body of `POST …/disputes`. */
export const newDispute = v.strictObject({
  affiliate: v.string(),
  reason: reasonText,
  internal_note: v.optional(internalNote),
});

/** A dispute credits another affiliate with a conversion. Both affiliates see the reason. */
export function addDisputeRoutes(app: ApiApp): void {
  app.post("/conversions/:id/disputes", permit("write", { checks_programs: true }), async (c) => {
    const { now } = c.var;
    const conversion = c.req.param("id");
    const key = readIdempotencyKey(c.req, "dispute");
    const { affiliate: name, reason, internal_note } = await readJson(c.req, newDispute);
    const { program_id, customer_key } = await findCustomer(c, conversion);
    const affiliate = await findApproved(c, program_id, name);
    const decided = { affiliate, reason, ...(internal_note !== undefined && { internal_note }) };
    const dispute = { id: await hashText(`${conversion}\n${key}`), program_id, conversion, ...decided, now };
    const change = { action: "conversion.disputed", subject_type: "conversion", subject: conversion };
    const audit = describeChange(auditActorOf(c), { ...change, program_id, before: null, after: decided }, now);
    const result = await orBusy(
      async (): Promise<DisputeResult> => c.env.CUSTOMERS.getByName(customer_key).dispute(dispute, audit),
    );
    if (!result.ok) throw refuseDisputed(result.error);
    return c.json({ conversion, ...decided, changed: result.changed });
  });
}

/** The customer of a conversion. Throws 404, and 409 if an older version projected it. */
export async function findCustomer(c: ApiCall, id: string): Promise<{ program_id: number; customer_key: string }> {
  const columns = { program_id: conversions.program_id, customer_key: conversions.customer_key };
  const row = await c.var.db.select(columns).from(conversions).where(eq(conversions.id, id)).get();
  if (row === undefined || !maySee(c, row.program_id)) throw conversionNotFound();
  if (row.customer_key !== "") return row;
  const detail =
    "This conversion was projected by an older version, without its customer. Rebuild the projections, then try again.";
  throw new Problem(409, "customer_unknown", detail);
}

/** The result of a call to a Customer object. Throws a 503 while its customer is being erased. */
export async function orBusy<Result>(call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!isBeingErased(error)) throw error;
    throw new Problem(503, "customer_busy", "The customer's data is being erased. Try again in a minute.");
  }
}

/** The username of an affiliate that is approved in the program. Throws 422. */
export async function findApproved(c: ApiCall, programId: number, name: string): Promise<string> {
  const affiliate = await findVisibleAffiliate(c, name, "affiliate");
  const enrollment = await findEnrollment(c.var.db, programId, affiliate.id);
  if (enrollment === null) {
    const detail = `${affiliate.username} isn't enrolled in the conversion's program.`;
    throw new Problem(422, "affiliate_not_enrolled", detail, "affiliate");
  }
  if (enrollment.status !== "approved") {
    const detail = `${affiliate.username} is ${enrollment.status} in the conversion's program.`;
    throw new Problem(422, "affiliate_not_approved", detail, "affiliate");
  }
  return affiliate.username;
}

/** The error for a dispute that an object refuses. */
export function refuseDisputed(error: Extract<DisputeResult, { ok: false }>["error"]): Problem {
  switch (error) {
    case "conversion_unknown":
      return conversionNotFound();
    case "dispute_reused":
      return new Problem(409, error, "This Idempotency-Key was already used with another affiliate or reason.");
    case "disputes_not_allowed":
      return new Problem(409, error, "The terms that apply to this conversion don't allow disputes.");
    case "dispute_too_late":
      return new Problem(409, error, "The dispute period for this conversion is over.");
  }
}

/** The answer for an unknown conversion. */
export function conversionNotFound(): Problem {
  return new Problem(
    404,
    "conversion_not_found",
    "This conversion doesn't exist, or it was recorded a moment ago: try again.",
  );
}
