/** The merchant's own decision about who gets the credit: another affiliate, or nobody. */
import { sql } from "drizzle-orm";
import * as v from "valibot";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { answerRow, answerRows, done, keyOfRow, type RowResult, readRows } from "../../api/layout/bulk.ts";
import { auditActorOf } from "../../api/layout/commit-change.ts";
import { readIdempotencyKey } from "../../api/layout/idempotency-key.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { describeChange } from "../../audit/audit-store.ts";
import type { Decision, DecisionResult } from "../../customers/decisions/decision.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { parseAllFields } from "../../lib/validation.ts";
import { DECISION_SCOPES } from "../../webhooks/conversion-event.ts";
import { markUnrelayed } from "../../webhooks/identity/unrelayed-store.ts";
import { conversionNotFound, findApproved, findCustomer, orBusy } from "../dispute-api.ts";
import { internalNote, reasonText } from "./fields.ts";

/** A decision about one conversion. */
export const newCredit = v.strictObject({
  /** Null: nobody. */
  affiliate: v.nullable(v.string()),
  scope: v.picklist(DECISION_SCOPES),
  reason: reasonText,
  internal_note: v.optional(internalNote),
});

/** A row of the bulk call. */
export const creditRow = v.strictObject({ conversion: v.string(), ...newCredit.entries });

type Credit = v.InferOutput<typeof creditRow>;

export function addCreditRoutes(app: ApiApp): void {
  app.post("/conversions/:id/credit", permit("write", { checks_programs: true }), async (c) => {
    const key = readIdempotencyKey(c.req, "decision");
    const conversion = c.req.param("id");
    const fields = await readJson(c.req, newCredit);
    return c.json(await decide(c, { ...fields, conversion }, key));
  });

  app.post("/conversions/credits/bulk", permit("write", { checks_programs: true }), async (c) => {
    const { rows, key } = await readRows(c);
    const results: RowResult[] = [];
    // One after the other: a later row about the same conversion replaces an earlier one.
    for (const [index, row] of rows.entries()) {
      const decided = () => decide(c, parseAllFields(creditRow, row), keyOfRow(key, index), index);
      results.push(await answerRow(async () => done(await decided())));
    }
    return answerRows(c, results);
  });
}

/**
 * Makes a decision, and returns it as the API shows it. Of decisions at the same time, the one with the highest `place` counts.
 * Throws its refusals.
 */
async function decide(c: ApiCall, { conversion, ...fields }: Credit, key: string, place = 0) {
  const now = c.var.now + place;
  const { scope, reason, internal_note } = fields;
  const { program_id, customer_key } = await findCustomer(c, conversion);
  const affiliate = fields.affiliate === null ? null : await findApproved(c, program_id, fields.affiliate);
  const decision: Decision = {
    ...{ id: await hashText(`${conversion}\n${key}`), program_id, conversion, now },
    ...{ affiliate, covers: scope, reason, internal_note: internal_note ?? null },
  };
  const after = { affiliate, scope, reason, ...(internal_note !== undefined && { internal_note }) };
  const change = { action: "conversion.credited", subject_type: "conversion", subject: conversion };
  const audit = describeChange(auditActorOf(c), { ...change, program_id, before: null, after }, now);
  // For the sweep, in case the object's alarm is lost.
  await markUnrelayed(c.var.db, sql`SELECT ${customer_key}, ${now}`);
  const result = await orBusy(
    async (): Promise<DecisionResult> => c.env.CUSTOMERS.getByName(customer_key).credit(decision, audit),
  );
  if (!result.ok) throw refuseCredit(result.error);
  return { conversion, ...after, changed: result.changed };
}

/** The error for a decision that an object refuses. */
export function refuseCredit(error: Extract<DecisionResult, { ok: false }>["error"]): Problem {
  switch (error) {
    case "conversion_unknown":
      return conversionNotFound();
    case "decision_reused":
      return new Problem(
        409,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another decision.",
        "Idempotency-Key",
      );
    case "own_purchase":
      return new Problem(
        409,
        "own_purchase",
        "The affiliate is the customer, and the terms of this conversion pay nothing for own purchases.",
        "affiliate",
      );
    case "nothing_follows":
      return new Problem(
        409,
        "nothing_follows",
        "Nothing is bound together with this conversion: its terms decide each payment by itself. Use the scope conversion.",
        "scope",
      );
  }
}
