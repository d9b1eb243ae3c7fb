/**
 * The generic event, signed according to the Standard Webhooks specification: `webhook-id`, `webhook-timestamp` and
 * `webhook-signature`, or Svix's names of these headers (`svix-id` and so on).
 */
import { Webhook } from "standardwebhooks";
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { currencyCode, instant, minorUnits, parseFields, shortText } from "../../../lib/validation.ts";
import { EVENT_TYPES, type EventType } from "../../conversion-event.ts";
import {
  type Provider,
  type ProviderEvent,
  providerEvent,
  type Reading,
  type SampleRequest,
  type SampleSale,
} from "../../provider.ts";
import { type ClaimReading, readAttributionClaim } from "../../reading/attribution-claim.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { readContent } from "../../reading/parsed-events.ts";
import { describePlaceholder, isNoId } from "../../reading/placeholders.ts";
import { readCoupons, readCustomer, readId, readJsonBody } from "../../reading/read-fields.ts";
import { checkStandardSecret, STANDARD_PREFIX, verifyStandardSignature } from "../../signatures/standard-signature.ts";
import { correctBody } from "./correct-body.ts";

const NEEDS_PAYMENT: ReadonlySet<EventType> = new Set([
  "sale",
  "refund",
  "refund_failed",
  "chargeback",
  "chargeback_won",
]);
/** A failed refund and a won chargeback are matched to the earlier one by its id. */
const NEEDS_REFUND: ReadonlySet<EventType> = new Set(["refund_failed", "chargeback", "chargeback_won"]);

// Senders may add fields: unknown ones are ignored.
const body = v.object({
  type: v.picklist(EVENT_TYPES),
  occurred_at: v.nullish(instant, null),
  customer: v.object({
    id: v.nullish(shortText),
    email: v.optional(v.unknown()),
  }),
  // An invalid token is kept as evidence and isn't an error; only its length is limited.
  click: v.nullish(v.pipe(v.string(), v.maxLength(2_000))),
  payer: v.nullish(shortText),
  coupon: v.nullish(shortText),
  coupons: v.nullish(v.pipe(v.array(shortText), v.maxLength(20, "must have at most 20 codes"))),
  payment: v.nullish(shortText),
  refund: v.nullish(shortText),
  amount: v.nullish(minorUnits),
  currency: v.nullish(currencyCode),
  product: v.nullish(shortText),
  subscription: v.nullish(
    v.object({
      id: shortText,
      interval: v.nullish(shortText),
      interval_count: v.nullish(v.pipe(minorUnits, v.minValue(1, "must be at least 1"))),
      replaces: v.nullish(shortText),
    }),
  ),
  affiliate: v.nullish(shortText),
  binding: v.nullish(v.boolean()),
  country: v.nullish(v.pipe(v.string(), v.regex(/^[A-Z]{2}$/, "is not a country code such as DE"))),
  platform: v.nullish(shortText),
  commissionable: v.nullish(v.boolean()),
  affiliate_attribution: v.optional(v.unknown()),
});

export const standard: Provider = {
  source: "standard",

  ids: "merchant",

  secret: { made_by: "us", make: (random) => `${STANDARD_PREFIX}${random.toBase64()}`, check: checkStandardSecret },

  headers: ["webhook-id", "svix-id"],

  verify(request, secrets, { now }) {
    const keys = secrets.map((secret) => new Webhook(secret));
    return verifyStandardSignature(request, keys, now, prefixOf(request.headers));
  },

  sample: { marks_test: false, sign: signSample },

  parse({ body: text, headers }) {
    const json = readJsonBody(text);
    const id = headers.get(`${prefixOf(headers)}-id`) ?? "";
    return readContent({ type: readId(Object(json).type) ?? "", event_id: id }, () => readEvent(json, id));
  },
};

function signSample({ name, click, amount, currency, at }: SampleSale, secret: string): SampleRequest {
  const time = new Date(at);
  const id = `test_${name}`;
  const sale = { type: "sale", occurred_at: time.toISOString(), customer: { id: `customer_${name}` }, click };
  const body = JSON.stringify({ ...sale, payment: `payment_${name}`, amount, currency });
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, time, body),
  };
  return { headers, body };
}

function readEvent(json: unknown, id: string): Reading {
  const corrected = correctBody(json);
  const { fields, notes } = dropPlaceholders(parseFields(body, corrected.json));
  notes.push(...corrected.notes);
  requireFields(fields);
  const claim = readAttributionClaim(fields.affiliate_attribution);
  if (claim.note !== null) notes.push(claim.note);
  const event = { ...withClaim(eventOf(id, fields), claim), ...(notes.length > 0 && { notes }) };
  return { type: fields.type, event_id: id, events: [event] };
}

/** The prefix of the headers. It depends only on the id header, which is stored with the request, so that a replay reads the same. */
function prefixOf(headers: Headers): "webhook" | "svix" {
  return headers.has("svix-id") && !headers.has("webhook-id") ? "svix" : "webhook";
}

type Fields = v.InferOutput<typeof body>;

/** Leaves out ids that are placeholders. As ids they would make all customers or payments the same one. */
function dropPlaceholders(fields: Fields): { fields: Fields; notes: string[] } {
  const notes: string[] = [];
  const keepId = (field: string, id: string | null | undefined) => {
    if (!id || !isNoId(id)) return id;
    notes.push(describePlaceholder(field, id));
    return null;
  };
  const { customer, subscription, payment, refund } = fields;
  const subscriptionId = keepId("subscription.id", subscription?.id);
  const replaced = keepId("subscription.replaces", subscription?.replaces);
  const kept = {
    ...fields,
    customer: { ...customer, id: keepId("customer.id", customer.id) },
    payment: keepId("payment", payment),
    refund: keepId("refund", refund),
    subscription: subscription && subscriptionId ? { ...subscription, id: subscriptionId, replaces: replaced } : null,
  };
  return { fields: kept, notes };
}

function requireFields(fields: Fields): void {
  const missing = (field: string) =>
    new Problem(422, `invalid_${field.replaceAll(".", "_")}`, `${field} is missing.`, field);
  if (!fields.customer.id && !fields.customer.email) {
    throw new Problem(422, "invalid_customer", "customer needs an id or an email.", "customer");
  }
  if (fields.type === "referral" && !fields.affiliate) throw missing("affiliate");
  if (!NEEDS_PAYMENT.has(fields.type)) return;
  if (!fields.payment) throw missing("payment");
  if (fields.type !== "refund_failed") {
    if (typeof fields.amount !== "number") throw missing("amount");
    if (!fields.currency) throw missing("currency");
  }
  if (NEEDS_REFUND.has(fields.type) && !fields.refund) throw missing("refund");
}

function eventOf(id: string, fields: Fields): ProviderEvent {
  const { type, subscription, affiliate, binding } = fields;
  const { replaces } = subscription ?? {};
  return providerEvent({
    id,
    type,
    occurred_at: fields.occurred_at,
    customer: readCustomer(fields.customer.id ?? null, fields.customer.email),
    click: fields.click ?? null,
    ...readCoupons([fields.coupon, ...(fields.coupons ?? [])]),
    payment: fields.payment ?? null,
    refund: fields.refund ?? null,
    amount: fields.amount ?? null,
    currency: fields.currency ?? null,
    product: fields.product ?? null,
    // Fields that are not sent are left out, so that an event's digest is the same as before the field existed.
    subscription: subscription
      ? { id: subscription.id, interval: subscription.interval ?? null, ...(replaces && { replaces }) }
      : null,
    ...(subscription?.interval_count &&
      withPlan(planEvery(subscription.interval, subscription.interval_count), subscription.interval ?? null)),
    ...(fields.payer && { payer: fields.payer }),
    // Other events ignore `affiliate`, like any unknown field.
    ...(type === "referral" && affiliate && { named: { affiliate, ...(binding && { binds: true }) } }),
    ...(fields.country && { country: fields.country }),
    ...(fields.platform && { platform: fields.platform }),
    ...(fields.commissionable === false && { commissionable: false }),
  });
}

/** The event with a shopping agent's click, unless the merchant's own site had one. */
function withClaim(event: ProviderEvent, { click }: ClaimReading): ProviderEvent {
  return event.click !== null || click === null ? event : { ...event, click, is_claim: true };
}
