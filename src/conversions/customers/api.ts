/** A customer's data: find it, and erase it. Ids and addresses are in the body, because URLs end up in logs. */

import * as v from "valibot";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { auditActorOf } from "../../api/layout/commit-change.ts";
import { findVisibleProgram } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { recordChange } from "../../audit/audit-store.ts";
import { readSettings } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { hashEmail } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import { emailAddress, shortText } from "../../lib/validation.ts";
import { isErasedKey } from "../../webhooks/conversion-event.ts";
import { type FoundCustomer, findCustomers, type WantedCustomer } from "../../webhooks/identity/erasure-store.ts";
import { providers } from "../../webhooks/providers.ts";
import { completeErasure, type Erased, eraseCustomer } from "./erasure-job.ts";
import { readCustomer } from "./find-queries.ts";

/** Longer than any id in a key; see `refuseLongIds`. */
const ID_MAX_CHARACTERS = 400;

const TOO_LONG = `must have at most ${ID_MAX_CHARACTERS} characters`;

/** Whose ids an event has; see `ConversionEvent.namespace`. */
export const namespace = v.pipe(
  v.string(),
  v.maxLength(ID_MAX_CHARACTERS, TOO_LONG),
  v.check(isNamespace, "must be empty for your own ids, or a provider's source, such as stripe"),
);

/** The body of `POST /v1/customers/find` and of `…/erase`. */
export const wantedCustomer = v.strictObject({
  program: shortText,
  customer: v.optional(
    v.pipe(v.string(), v.minLength(1, "must not be empty"), v.maxLength(ID_MAX_CHARACTERS, TOO_LONG)),
  ),
  namespace: v.optional(namespace),
  email: v.optional(emailAddress),
});

/** See `ConversionEvent.namespace`. */
function isNamespace(text: string): boolean {
  return text === "" || providers.has(text.split(":", 1).join());
}

export function addCustomerRoutes(app: ApiApp): void {
  app.post("/customers/find", permit("read", { checks_programs: true }), async (c) => {
    const { program_id, found } = await findWanted(c);
    const data = [];
    for (const customer of found) data.push(await readCustomer(c.env, program_id, customer));
    return c.json({ data, next: null });
  });

  app.post("/customers/erase", permit("write", { checks_programs: true }), async (c) => {
    const { program_id, found } = await findWanted(c);
    const erased: Erased = { identifiers: 0, requests: 0, deliveries: 0, events: 0, conversions: 0 };
    for (const { key } of found) add(erased, await erase(c, { key, program_id }));
    return c.json({ customers: found.length, erased });
  });
}

/** Completes an erasure that an earlier call began. */
async function erase(c: ApiCall, customer: { key: string; program_id: number }): Promise<Erased> {
  try {
    return await (isErasedKey(customer.key)
      ? completeErasure(c.env, customer)
      : eraseCustomer(c.env, customer, c.var.now, [recordErasure(c, customer.program_id)]));
  } catch (error) {
    if (error instanceof Problem) throw error;
    logError("customer_not_erased", { error });
    const detail = "Something could not be reached. The erasure is completed within minutes; call again to be sure.";
    throw new Problem(503, "erasure_incomplete", detail);
  }
}

/** The statement that records an erasure. It names no customer: the log would keep what was erased. */
function recordErasure(c: ApiCall, program_id: number) {
  const subject = { program_id, subject_type: "customer", subject: "erased" };
  const change = { action: "customer.erased", ...subject, before: {}, after: null };
  return recordChange(c.var.db, auditActorOf(c), change, c.var.now, { always: true });
}

function add(sum: Erased, { identifiers, requests, deliveries, events, conversions }: Erased): void {
  sum.identifiers += identifiers;
  sum.requests += requests;
  sum.deliveries += deliveries;
  sum.events += events;
  sum.conversions += conversions;
}

/** The customers that a call names: one for live mode and one for test mode at most. Throws 404, 409 or 422. */
async function findWanted(c: ApiCall): Promise<{ program_id: number; found: FoundCustomer[] }> {
  const { db, env } = { db: c.var.db, env: c.env };
  const { program: slug, customer, namespace = null, email } = await readJson(c.req, wantedCustomer);
  if ((customer === undefined) === (email === undefined)) {
    throw new Problem(422, "invalid_customer", "Give either customer (the id) or email, and not both.", "customer");
  }
  const program = await findVisibleProgram(c, slug, "program");
  const wanted: WantedCustomer =
    customer === undefined
      ? { email_hash: await hashEmail(readSettings(env).vault_key, email ?? "") }
      : { id: customer, namespace };
  const rows = await findCustomers(db, program.id, wanted);
  const found = [...new Map(rows.map((row) => [row.key, row])).values()];
  if (found.length === 0) throw new Problem(404, "customer_not_found", "The program knows no such customer.");
  if (found.filter(({ test }) => test).length > 1 || found.filter(({ test }) => !test).length > 1) {
    throw new Problem(409, "customer_ambiguous", describeAmbiguity(rows, customer ?? ""), "namespace");
  }
  return { program_id: program.id, found };
}

/** Equal ids of two namespaces are two customers. */
export function describeAmbiguity(rows: readonly FoundCustomer[], id: string): string {
  const namespaces = rows.map(({ qualified_id }) => (qualified_id ?? "").slice(0, -id.length).replace(/:$/, ""));
  const list = [...new Set(namespaces)].sort().map((namespace) => JSON.stringify(namespace));
  return `Several customers have this id. Say which one you mean with namespace: ${list.join(", ")}.`;
}
