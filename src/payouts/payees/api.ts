import * as v from "valibot";
import { eraseAffiliate } from "../../affiliates/erasure-api.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { auditActorOf, commitChange } from "../../api/layout/commit-change.ts";
import { findAffiliate } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { diffFields } from "../../audit/diff-fields.ts";
import type { Database } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { Problem } from "../../lib/problem.ts";
import { instant } from "../../lib/validation.ts";
import { sendPayeeEmail } from "../portal/payee-email-store.ts";
import { loadPayee, type PayeeGates } from "./gate-queries.ts";
import { changePayee, erasePayee, listSharing, type Payee, readPayee, readTaxForm, setTaxForm } from "./payee-store.ts";
import { paymentDetails } from "./payment-details.ts";

type Affiliate = Awaited<ReturnType<typeof findAffiliate>>;

/** The body of `PUT …/tax-form`. */
export const taxForm = v.strictObject({
  form: v.picklist(["w9", "w8ben", "w8bene", "other"]),
  received_at: v.optional(instant),
});

/** Endpoints for an affiliate's payout method: set it in full, read it masked, erase it. */
export function addPayeeRoutes(app: ApiApp): void {
  const answer = async (c: ApiCall, { id, username }: Affiliate) => {
    const { db, actor } = c.var;
    const [payee, gates, shared_with] = await Promise.all([
      readPayee(db, readSettings(c.env).vault_key, id),
      loadPayee(db, id),
      listSharing(db, id, actor.program_ids),
    ]);
    return { ...viewPayee(username, payee, gates), shared_with };
  };

  app.get("/affiliates/:username/payee", permit("read_payees"), async (c) => {
    const affiliate = await findAffiliate(c.var.db, c.req.param("username"));
    return c.json(await answer(c, affiliate));
  });

  app.put("/affiliates/:username/payee", permit("payees"), async (c) => {
    const { db, now } = c.var;
    const affiliate = await findPresent(db, c.req.param("username"));
    const details = await readJson(c.req, paymentDetails);
    const { vault_key } = readSettings(c.env);
    const audit = { by: auditActorOf(c), username: affiliate.username };
    const change = { affiliate_id: affiliate.id, details, by: "merchant", audit } as const;
    const changed = await changePayee(db, vault_key, change, now);
    c.executionCtx.waitUntil(sendPayeeEmail(c.env, affiliate.id, changed, 0));
    return c.json(await answer(c, affiliate));
  });

  app.delete("/affiliates/:username/payee", permit("payees"), async (c) => {
    const { db, now } = c.var;
    const affiliate = await findAffiliate(db, c.req.param("username"));
    const { vault_key } = readSettings(c.env);
    const audit = { by: auditActorOf(c), username: affiliate.username };
    await erasePayee(db, vault_key, { affiliate_id: affiliate.id, by: "merchant", audit }, now);
    return c.json(await answer(c, affiliate));
  });

  app.put("/affiliates/:username/tax-form", permit("payees"), async (c) => {
    const { db, now } = c.var;
    const affiliate = await findPresent(db, c.req.param("username"));
    const { form, received_at = now } = await readJson(c.req, taxForm);
    if (received_at > now) {
      throw new Problem(422, "invalid_received_at", "received_at: must not be in the future.", "received_at");
    }
    const changed = diffFields(viewTaxForm(await readTaxForm(db, affiliate.id)), viewTaxForm({ form, received_at }));
    const change = { ...changeOf(affiliate, "tax_form.updated"), ...changed };
    await commitChange(c, [setTaxForm(db, affiliate.id, { form, received_at })], [change], { status: 200, body: {} });
    return c.json(await answer(c, affiliate));
  });

  app.delete("/affiliates/:username/tax-form", permit("payees"), async (c) => {
    const { db } = c.var;
    const affiliate = await findAffiliate(db, c.req.param("username"));
    const before = viewTaxForm(await readTaxForm(db, affiliate.id));
    const change = { ...changeOf(affiliate, "tax_form.removed"), before, after: null };
    await commitChange(c, [setTaxForm(db, affiliate.id, null)], [change], { status: 200, body: {} });
    return c.json(await answer(c, affiliate));
  });

  app.post("/affiliates/:username/erase", async (c) => {
    const { db, now } = c.var;
    const affiliate = await findAffiliate(db, c.req.param("username"));
    const { vault_key } = readSettings(c.env);
    const erased_at = await eraseAffiliate(db, vault_key, { ...affiliate, by: auditActorOf(c) }, now);
    return c.json({ username: affiliate.username, erased_at: toIsoTime(erased_at) });
  });
}

function changeOf({ username }: Affiliate, action: string) {
  return { action, program_id: null, subject_type: "affiliate", subject: username };
}

function viewTaxForm(form: Payee["tax_form"]) {
  return { form: form?.form ?? null, received_at: toIsoTime(form?.received_at ?? null) };
}

/** Finds an affiliate whose personal data hasn't been erased. */
async function findPresent(db: Database, username: string) {
  const affiliate = await findAffiliate(db, username);
  if (affiliate.erased_at === null) return affiliate;
  throw new Problem(409, "affiliate_erased", `The personal data of ${affiliate.username} was erased.`);
}

function viewPayee(username: string, { details, changed_at, tax_form, changes }: Payee, gates: PayeeGates) {
  return {
    affiliate: username,
    method: details?.method ?? null,
    details,
    changed_at: toIsoTime(changed_at),
    tax_form: tax_form && { form: tax_form.form, received_at: toIsoTime(tax_form.received_at) },
    gates: { tax_form: gates.tax_form_received_at !== null, payment_details: gates.has_payment_details },
    changes: changes.map((change) => ({ ...change, changed_at: toIsoTime(change.changed_at) })),
  };
}
