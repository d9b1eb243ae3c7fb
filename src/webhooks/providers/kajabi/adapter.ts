/**
 * Kajabi: the webhooks ("hooks") of its API. Source: the samples in its API reference, "Webhooks". They are not signed; the URL
 * contains the secret. Kajabi reports neither refunds nor cancellations. A payment doesn't name its purchase: both name the
 * customer.
 */
import * as v from "valibot";
import { minorDigitsOf, roundScaled } from "../../../lib/currency.ts";
import { MS_PER_MINUTE } from "../../../lib/time.ts";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { readStatedPlan, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, anyTime, lenient, providerId } from "../../reading/provider-fields.ts";
import {
  findClick,
  invalidField,
  readClick,
  readClickInUrl,
  readCoupons,
  readCustomer,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { urlSecret, verifyUrlSecret } from "../../signatures/url-secret.ts";

/** "In cents", whatever the currency's own digits are. */
const CENT_DIGITS = 2;

/** The purchase may be dated some seconds after its payment, but its coupon was entered before. */
const CHECKOUT_MS = 10 * MS_PER_MINUTE;

const envelope = v.object({ event: v.pipe(v.string(), v.maxLength(100)) });

/** Of JSON:API, the main resource and those that it is related to. */
const resource = v.object({
  id: providerId,
  type: v.string(),
  attributes: v.optional(v.unknown()),
  relationships: v.optional(v.unknown()),
});
const hook = v.object({ payload: v.array(resource) });
type Resource = v.InferOutput<typeof resource>;

const transaction = v.object({
  action: v.nullish(v.string(), "charge"),
  state: v.nullish(v.string(), "succeeded"),
  amount_in_cents: minorUnits,
  sales_tax_in_cents: v.nullish(minorUnits, 0),
  currency: anyCaseCurrency,
  formatted_amount: lenient(v.string()),
  created_at: anyTime,
});

const purchase = v.object({
  coupon_code: v.nullish(v.unknown()),
  raw_extra_contact_information: v.nullish(v.unknown()),
  source: v.nullish(v.unknown()),
  referrer: v.nullish(v.unknown()),
  created_at: anyTime,
});

export const kajabi: Provider = {
  source: "kajabi",

  ids: "provider",

  secret: urlSecret,

  headers: [],

  verify: verifyUrlSecret,

  parse({ body, query }) {
    const json = readJsonBody(body);
    const { event: type } = parseFields(envelope, json);
    // The webhooks of Kajabi's settings call it `payment.succeeded`.
    if (type.includes(".")) return toReading({ type, event_id: null }, () => OF_SETTINGS);
    return toReading({ type, event_id: null }, () => READERS.get(type)?.(parseFields(hook, json).payload, query));
  },
};

const OF_SETTINGS =
  "This webhook is of Kajabi's settings, whose fields aren't documented in full. Create it with Kajabi's API instead.";

const READERS: ReadonlyMap<string, (payload: readonly Resource[], query: URLSearchParams) => ParsedEvents> = new Map([
  ["payment_succeeded", readPayment],
  ["purchase", readPurchase],
  ["form_submission", readForm],
  ["order_created", () => "The payment is recorded from payment_succeeded."],
]);

/** A first payment, a renewal, or a part of a payment plan. */
function readPayment(payload: readonly Resource[], query: URLSearchParams): ParsedEvents {
  const { id, attributes, relationships } = pick(payload, "transactions");
  const paid = readAttributes(transaction, "transactions", attributes);
  if (paid.action !== "charge" || paid.state !== "succeeded") {
    return `The transaction is no payment: ${paid.action}, ${paid.state}.`;
  }
  const { currency } = paid;
  const gross = toMinorUnits(paid, paid.amount_in_cents);
  const amount = gross - toMinorUnits(paid, paid.sales_tax_in_cents);
  if (amount < 0) throw invalidField("payload.transactions.amount_in_cents", "is less than its sales tax");
  const customer = customerOf(payload, relationships);
  const offer = relatedId(relationships, "offer") ?? payload.find(({ type }) => type === "offers")?.id ?? null;
  const known = {
    id: `payment:${id}`,
    occurred_at: paid.created_at,
    customer,
    product: offer,
    ...subscriptionTo(offer, { payload, customer, query }),
  };
  if (amount === 0) return "Nothing was paid, or only tax.";
  return [providerEvent({ ...known, type: "sale", payment: id, amount, gross, currency })];
}

/** The click and the coupon of a purchase, whose payment is reported by `payment_succeeded`. */
function readPurchase(payload: readonly Resource[]): ParsedEvents {
  const { id, attributes, relationships } = pick(payload, "purchases");
  const bought = readAttributes(purchase, "purchases", attributes);
  const { raw_extra_contact_information: extra, referrer, source, created_at } = bought;
  const known = {
    id: `purchase:${id}`,
    occurred_at: created_at === null ? null : created_at - CHECKOUT_MS,
    customer: customerOf(payload, relationships),
    click:
      readClick(extra) ??
      findClick(...Object.values(Object(extra))) ??
      readClickInUrl(referrer) ??
      readClickInUrl(source),
    ...readCoupons([bought.coupon_code]),
    product: relatedId(relationships, "offer"),
  };
  return touchOrNote(known, "The purchase has no click or coupon. Its payment is recorded from payment_succeeded.");
}

/** A form of the landing page, with the click in one of the site's three custom fields. */
function readForm(payload: readonly Resource[]): ParsedEvents {
  const { id, attributes } = pick(payload, "form_submissions");
  const fields = Object(attributes) as Record<string, unknown>;
  const click = readClick(fields) ?? findClick(fields.custom_1, fields.custom_2, fields.custom_3);
  const known = {
    id: `form_submission:${id}:${click}`,
    occurred_at: null,
    customer: readCustomer(null, fields.email),
    click,
  };
  return touchOrNote(known, "The form has no click.");
}

/**
 * The amount in the currency's own minor units. Currencies without cents may be sent in their own unit or in hundredths; the
 * formatted amount says which.
 */
function toMinorUnits(
  { currency, amount_in_cents, formatted_amount }: v.InferOutput<typeof transaction>,
  cents: number,
) {
  const digits = formatted_amount?.replaceAll(/\D/g, "") ?? "";
  const isHundredths = minorDigitsOf(currency) < CENT_DIGITS && digits !== "" && digits !== String(amount_in_cents);
  return isHundredths ? (roundScaled(cents, CENT_DIGITS, currency) ?? cents) : cents;
}

/** A customer has an offer once: its payments belong to one subscription, whose id is made of both. */
function subscriptionTo(
  offer: string | null,
  {
    payload,
    customer,
    query,
  }: { payload: readonly Resource[]; customer: ProviderEvent["customer"]; query: URLSearchParams },
): Pick<ProviderEvent, "subscription" | "plan"> {
  const found = payload.find(({ type, id }) => type === "offers" && id === offer);
  const { subscription, recurring_offer } = Object(found?.attributes) as Record<string, unknown>;
  if (offer === null || customer.id === null || (subscription !== true && recurring_offer !== true)) {
    return { subscription: null };
  }
  const plan = readStatedPlan(query, offer);
  const interval = plan?.interval_count === undefined ? (plan?.interval ?? null) : null;
  return { subscription: { id: `${customer.id}/${offer}`, interval }, ...withPlan(plan, interval) };
}

function customerOf(payload: readonly Resource[], relationships: unknown): ProviderEvent["customer"] {
  const customer = payload.find(({ type }) => type === "customers");
  const { email } = Object(customer?.attributes) as Record<string, unknown>;
  return readCustomer(customer?.id ?? relatedId(relationships, "customer"), email);
}

function relatedId(relationships: unknown, name: string): string | null {
  const related = v.safeParse(v.object({ [name]: v.object({ data: v.object({ id: providerId }) }) }), relationships);
  return related.success ? (related.output[name]?.data.id ?? null) : null;
}

/** The main resource. Throws a 422 where it is missing. */
function pick(payload: readonly Resource[], type: string): Resource {
  const found = payload.find((each) => each.type === type);
  if (found === undefined) throw invalidField(`payload.${type}`, "is missing");
  return found;
}

/** The attributes of the main resource. A 422 names the field by the resource's type. */
function readAttributes<const Schema extends v.GenericSchema>(
  schema: Schema,
  type: string,
  attributes: unknown,
): v.InferOutput<Schema> {
  const { payload } = parseFields(v.object({ payload: v.object({ [type]: schema }) }), {
    payload: { [type]: attributes },
  });
  return payload[type] as v.InferOutput<Schema>;
}
