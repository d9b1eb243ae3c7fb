/** A sale that the merchant enters by hand, for an affiliate that it names. */
import { eq } from "drizzle-orm";
import * as v from "valibot";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { auditActorOf } from "../../api/layout/commit-change.ts";
import { findVisibleProgram } from "../../api/layout/find-records.ts";
import { readIdempotencyKey } from "../../api/layout/idempotency-key.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { describeChange } from "../../audit/audit-store.ts";
import type { EnteredSale, PreviewedSale } from "../../customers/decisions/manual-sale.ts";
import type { Database } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import { hashEmail, hashText } from "../../lib/platform/vault.ts";
import { Problem } from "../../lib/problem.ts";
import {
  currencyCode,
  ENTERED_AMOUNT_MAX,
  emailAddress,
  instant,
  minorUnits,
  shortText,
} from "../../lib/validation.ts";
import { type ConversionEvent, customerKeyOf, type EventSubscription } from "../../webhooks/conversion-event.ts";
import { deleteIdentifiers, peekCustomer, storeCustomer } from "../../webhooks/identity/customer-store.ts";
import { findCustomers } from "../../webhooks/identity/erasure-store.ts";
import { listIdentifiers, withoutNamespace } from "../../webhooks/identity/identifiers.ts";
import { handOverCustomer } from "../../webhooks/identity/merge-job.ts";
import { providerEvent } from "../../webhooks/provider.ts";
import { providers } from "../../webhooks/providers.ts";
import { planEvery, withPlan } from "../../webhooks/reading/billing-plan.ts";
import { isNoId } from "../../webhooks/reading/placeholders.ts";
import { endpoints } from "../../webhooks/tables.ts";
import { describeAmbiguity, namespace } from "../customers/api.ts";
import { readDetails } from "../detail-queries.ts";
import { findApproved, orBusy } from "../dispute-api.ts";
import { viewConversion } from "../view.ts";
import { viewPreview } from "./credit-preview-api.ts";
import { reasonText } from "./fields.ts";

const id = v.pipe(
  shortText,
  v.check((text) => !isNoId(text), "is a placeholder, not an id"),
);

/** The body of `POST /v1/conversions`. */
export const newSale = v.strictObject({
  program: v.string(),
  /** Username. */
  affiliate: v.string(),
  customer: id,
  /** Whose ids the customer, the payment and the subscription have; see `ConversionEvent.namespace`. */
  namespace: v.optional(namespace),
  email: v.optional(emailAddress),
  payment: id,
  amount: v.pipe(
    minorUnits,
    v.minValue(1, "must be at least 1"),
    v.maxValue(ENTERED_AMOUNT_MAX, `must be at most ${ENTERED_AMOUNT_MAX}`),
  ),
  currency: currencyCode,
  occurred_at: instant,
  product: v.optional(shortText),
  subscription: v.optional(
    v.union([
      v.pipe(
        id,
        v.transform((text) => ({ id: text })),
      ),
      v.strictObject({
        id,
        interval: v.optional(shortText),
        interval_count: v.optional(v.pipe(minorUnits, v.minValue(1, "must be at least 1"))),
      }),
    ]),
  ),
  reason: reasonText,
});

type NewSale = v.InferOutput<typeof newSale>;

/** What sales entered by hand have in place of an endpoint. */
const ENDPOINT = "manual";

export function addManualSaleRoutes(app: ApiApp): void {
  app.post("/conversions", permit("write", { checks_programs: true }), async (c) => {
    const key = readIdempotencyKey(c.req, "sale");
    const { program, sale } = await readSale(c, (programId) => hashText(`${programId}\n${key}`));
    const { db, now } = c.var;
    const entered = await enter(c, sale);
    if ("record" in entered) {
      const details = await readDetails(db, [entered.record], now);
      const view = viewConversion(entered.record, program.slug, details(entered.record));
      return c.json(view, entered.status === "recorded" ? 201 : 200);
    }
    throw refusalOf(entered);
  });

  app.post("/conversions/preview", permit("write", { checks_programs: true }), async (c) => {
    // An id that no sale has: an `Idempotency-Key` has no line break.
    const { sale } = await readSale(c, (programId) => hashText(`${programId}\npreview\n${c.var.now}`));
    const { named } = nameCustomer(sale, c.var.now);
    const { customer_key, merges, payment } = await peekCustomer(c.var.db, named);
    if (customer_key === null) throw new Error("a customer with an id has no object");
    const recorded = payment === null ? sale.payment : withoutNamespace(sale.namespace, payment);
    const previewed = await orBusy(
      async (): Promise<PreviewedSale> =>
        c.env.CUSTOMERS.getByName(customer_key).previewEntry({ ...sale, payment: recorded }, c.var.now),
    );
    if (previewed.status !== "previewed") throw refusalOf(previewed);
    // Of customers that turn out to be the same one, only the history of one is known here.
    const known = merges ? { ...previewed, sales: null } : previewed;
    return c.json({ affiliate: sale.entered.affiliate, ...(await viewPreview(c, previewed.conversion, known)) });
  });
}

/** Reads a sale that is to be entered. Throws its refusals. */
async function readSale(c: ApiCall, makeId: (programId: number) => Promise<string>) {
  const fields = await readJson(c.req, newSale);
  const program = await findVisibleProgram(c, fields.program, "program");
  if (fields.occurred_at > c.var.now) {
    throw new Problem(422, "invalid_occurred_at", "occurred_at: must not be in the future.", "occurred_at");
  }
  const affiliate = await findApproved(c, program.id, fields.affiliate);
  const sale = await eventOf(c, { ...fields, affiliate }, program.id, await makeId(program.id));
  return { program, sale };
}

type SaleEvent = ConversionEvent & Required<Pick<ConversionEvent, "entered">>;

async function eventOf(c: ApiCall, fields: NewSale, program_id: number, id: string): Promise<SaleEvent> {
  const { db, env } = { db: c.var.db, env: c.env };
  const { customer, payment, amount, currency, occurred_at, product = null, email, affiliate, reason } = fields;
  return {
    ...{ program_id, endpoint: ENDPOINT, id, type: "sale", test: false, occurred_at },
    namespace: fields.namespace ?? (await findNamespace(db, program_id, customer)),
    customer: {
      id: customer,
      email_hash: email === undefined ? null : await hashEmail(readSettings(env).vault_key, email),
    },
    ...{ click: null, coupon: null, payment, refund: null, amount, gross: null, currency, product },
    ...readSubscription(fields.subscription),
    entered: { affiliate, reason },
  };
}

function readSubscription(
  stated: { id: string; interval?: string | undefined; interval_count?: number | undefined } | undefined,
): Pick<ConversionEvent, "subscription" | "plan"> {
  if (stated === undefined) return { subscription: null };
  const { id, interval = null, interval_count } = stated;
  const subscription: EventSubscription = { id, interval };
  if (interval_count === undefined) return { subscription };
  return { subscription, ...withPlan(planEvery(interval, interval_count), interval) };
}

/** The namespace of a customer's id: that of the customer who is known by it. Throws 409 and 422. */
async function findNamespace(db: Database, programId: number, customer: string): Promise<string> {
  const known = (await findCustomers(db, programId, { id: customer, namespace: null })).filter(({ test }) => !test);
  const [first, second] = known;
  if (second !== undefined) {
    throw new Problem(409, "customer_ambiguous", describeAmbiguity(known, customer), "namespace");
  }
  if (first !== undefined) return (first.qualified_id ?? "").slice(0, -customer.length).replace(/:$/, "");
  const sources = await db
    .selectDistinct({ source: endpoints.source })
    .from(endpoints)
    .where(eq(endpoints.program_id, programId));
  if (sources.every(({ source }) => providers.get(source)?.ids !== "provider")) return "";
  const detail =
    "namespace is missing: this customer isn't known, and the program's checkouts have ids of their own. Use \"\" for your own ids, or the provider's source, such as stripe.";
  throw new Problem(422, "namespace_missing", detail, "namespace");
}

/** How a sale names its customer. */
function nameCustomer(event: ConversionEvent, now: number) {
  const { id, program_id, namespace, occurred_at, payment, subscription } = event;
  const identifiers = listIdentifiers(providerEvent({ id, type: "sale", occurred_at, payment, subscription }), event);
  const origin = `${ENDPOINT}:${id}`;
  const named = { program_id, at: now, origin, identifiers, namespace, customer_key: customerKeyOf(event) };
  return { named, origin, identifiers };
}

/** Records the sale in the customer's object. Nothing is left of a sale that is refused. */
async function enter(c: ApiCall, event: ConversionEvent): Promise<EnteredSale> {
  const { env } = c;
  const { db, now } = c.var;
  const { program_id, payment, entered, amount, currency, occurred_at, product } = event;
  const { named, origin, identifiers } = nameCustomer(event, now);
  const stored = await storeCustomer(db, named);
  const { customer_key } = stored;
  if (customer_key === null) throw new Error("a customer with an id has no object");
  for (const from of stored.merging) await handOverCustomer(env, from, customer_key);
  const recorded = stored.payment === null ? payment : withoutNamespace(event.namespace, stored.payment);
  const after = { ...entered, amount, currency, occurred_at: new Date(occurred_at).toISOString(), product };
  const change = { action: "conversion.created", subject_type: "conversion", subject: "" };
  const audit = describeChange(auditActorOf(c), { ...change, program_id, before: null, after }, now);
  const result = await orBusy(
    async (): Promise<EnteredSale> =>
      env.CUSTOMERS.getByName(customer_key).enter({ ...event, payment: recorded }, now, audit),
  );
  if (!("record" in result)) await deleteIdentifiers(db, { program_id, origin, identifiers });
  return result;
}

function refusalOf(
  refused: Exclude<EnteredSale, { record: unknown }> | Exclude<PreviewedSale, { status: "previewed" }>,
): Problem {
  switch (refused.status) {
    case "payment_exists": {
      const detail = `This payment is recorded already, as the conversion ${refused.conversion}. To credit it to another affiliate, use POST /v1/conversions/${refused.conversion}/credit.`;
      return new Problem(409, "payment_exists", detail, "payment");
    }
    case "reused":
      return new Problem(
        409,
        "idempotency_key_reused",
        "This Idempotency-Key was used for another sale.",
        "Idempotency-Key",
      );
    case "own_purchase":
      return new Problem(
        409,
        "own_purchase",
        "The affiliate is the customer, and the program's terms pay nothing for own purchases.",
        "affiliate",
      );
  }
}
