/**
 * Kartra: the IPN of its checkout, a form (Kartra's documentation, "The IPN system"), and the two JSON notifications of its
 * outbound API that can contain a lead's custom fields ("If lead buys a product", "If lead fills in a form"). They are not signed;
 * the URL contains the secret.
 */

import * as v from "valibot";
import { instant, parseFields, shortText } from "../../../lib/validation.ts";
import { type Provider, providerEvent, type Reading, type SignedRequest } from "../../provider.ts";
import { readContent } from "../../reading/parsed-events.ts";
import { anyCaseCurrency, readDecimal, readPaidDecimal } from "../../reading/provider-fields.ts";
import { CLICK_FIELD, findClick, invalidField, readClick, readCustomer } from "../../reading/read-fields.ts";
import { fieldText, looseText, readFormOrJson } from "../../reading/read-form.ts";
import { urlSecret, verifyUrlSecret } from "../../signatures/url-secret.ts";

/** The text that an IPN contains for a missing value. */
const NOTHING = "N/A";

/**
 * According to the documentation, times are EST. If Kartra means daylight saving time in summer, sales are dated an hour late,
 * which is safe: a click never seems later than its sale.
 */
const easternTime = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d( E[SD]T)?$/, "is not a time such as 2026-01-03 05:00:00"),
  v.transform((text) => `${text.slice(0, 10)}T${text.slice(11, 19)}-0${text.endsWith("EDT") ? 4 : 5}:00`),
  instant,
);

const id = v.pipe(
  fieldText,
  shortText,
  v.check((text) => text !== NOTHING, "is missing"),
);
const amount = v.optional(fieldText, "0");
const loose = looseText(NOTHING);

const notification = v.object({ transaction_type: v.pipe(v.string(), v.maxLength(100)) });

const cancellation = v.object({
  transaction_id: id,
  transaction_date: easternTime,
  transaction_internal_subscription_id: loose,
  transaction_subscription_id: loose,
  product_id: loose,
  lead_id: loose,
  lead_email: loose,
});

const transaction = v.object({
  ...cancellation.entries,
  transaction_full_amount: fieldText,
  transaction_tax: amount,
  transaction_shipping: amount,
  transaction_parent_id: loose,
  trial: loose,
  vendor_tracking_id_1: loose,
  vendor_tracking_id_2: loose,
});
type Transaction = v.InferOutput<typeof transaction>;

const outbound = v.object({
  action: v.pipe(v.string(), v.maxLength(100)),
  lead: v.object({
    id: loose,
    email: loose,
    custom_fields: v.optional(v.unknown()),
  }),
  action_details: v.optional(
    v.object({
      transaction_details: v.optional(v.object({ transaction_id: loose, transaction_date: v.optional(easternTime) })),
    }),
  ),
});

type Read = Pick<Reading, "events" | "ignored">;

const READERS: Readonly<Record<string, (fields: unknown, query: URLSearchParams) => Read>> = {
  sale: (fields, query) => readSale("sale", parseFields(transaction, fields), query),
  rebill: (fields, query) => readSale("rebill", parseFields(transaction, fields), query),
  refund: (fields, query) => readRefund("refund", "refund", parseFields(transaction, fields), query),
  partial_refund: (fields, query) => readRefund("refund", "partial_refund", parseFields(transaction, fields), query),
  chargeback: (fields, query) => readRefund("chargeback", "chargeback", parseFields(transaction, fields), query),
  cancellation: (fields) => readCancellation(parseFields(cancellation, fields)),
};

/** The outbound API's notifications that contain a click. Payments are recorded from the IPN. */
const TOUCHES: ReadonlySet<string> = new Set(["buy_product", "filled_form"]);

export const kartra: Provider = {
  source: "kartra",

  ids: "provider",

  secret: urlSecret,

  // No notification is documented to contain its currency, so it is in the URL, where the merchant can change it.
  address: (endpoint, secret) => `/v1/webhooks/${endpoint}/${secret}?currency=USD`,

  headers: [],

  verify: verifyUrlSecret,

  parse({ body, query }: SignedRequest): Reading {
    const fields = readFormOrJson(body);
    if (Object.hasOwn(Object(fields), "action")) return readOutbound(fields);
    const type = parseFields(notification, fields).transaction_type;
    const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
    const content = { type, event_id: null };
    return { ...content, ...(readContent(content, () => read?.(fields, query)) ?? { events: [] }) };
  },
};

function readSale(type: "sale" | "rebill", paid: Transaction, query: URLSearchParams): Read {
  const currency = currencyOf(query);
  const gross = readPaidDecimal(paid.transaction_full_amount, currency, "transaction_full_amount");
  const extras = readExtra(paid, "transaction_tax", currency) + readExtra(paid, "transaction_shipping", currency);
  if (extras > gross) throw invalidField("transaction_full_amount", "is less than its tax and shipping");
  const seen = { ...common(paid), click: findClick(paid.vendor_tracking_id_1, paid.vendor_tracking_id_2) };
  const isTrial = paid.trial === "1" && (type === "sale" || gross === 0);
  if (gross === 0) {
    if (!isTrial) return { events: [], ignored: "Nothing was paid." };
    return { events: [providerEvent({ ...seen, id: `trial:${paid.transaction_id}`, type: "trial" })] };
  }
  const event = providerEvent({
    ...seen,
    id: `${isTrial ? "trial" : type}:${paid.transaction_id}`,
    type: isTrial ? "trial" : "sale",
    payment: paid.transaction_id,
    amount: gross - extras,
    gross,
    currency,
  });
  return { events: [event] };
}

/** A refund is a separate transaction whose parent is the payment. */
function readRefund(type: "refund" | "chargeback", name: string, back: Transaction, query: URLSearchParams): Read {
  const { transaction_parent_id: payment, transaction_id: refund } = back;
  if (payment === null || payment === "0")
    throw invalidField("transaction_parent_id", "is missing; it must name the refunded payment");
  const currency = currencyOf(query);
  // It is not documented whether the amount is negative.
  const gross = Math.abs(readDecimal(back.transaction_full_amount, currency, "transaction_full_amount"));
  return {
    events: [providerEvent({ ...common(back), id: `${name}:${refund}`, type, payment, refund, gross, currency })],
  };
}

function readCancellation(ended: v.InferOutput<typeof cancellation>): Read {
  const seen = common(ended);
  if (seen.subscription === null) throw invalidField("transaction_internal_subscription_id", "is missing");
  const eventId = `cancellation:${seen.subscription.id}:${ended.transaction_id}`;
  return { events: [providerEvent({ ...seen, id: eventId, type: "cancellation" })] };
}

function readOutbound(fields: unknown): Reading {
  const { action: type, lead, action_details } = parseFields(outbound, fields);
  if (!TOUCHES.has(type)) return { type, event_id: null, events: [] };
  const click = readClick(namePairs(lead.custom_fields));
  if (click === null) return { type, event_id: null, events: [], ignored: `The lead has no ${CLICK_FIELD}.` };
  const { transaction_id: payment = null, transaction_date = null } = action_details?.transaction_details ?? {};
  const event = providerEvent({
    id: `${type}:${payment ?? lead.id ?? ""}:${click}`,
    type: "touch",
    occurred_at: transaction_date,
    customer: readCustomer(lead.id, lead.email),
    click,
    payment,
  });
  return { type, event_id: null, events: [event] };
}

function common(seen: v.InferOutput<typeof cancellation>) {
  const subscription = seen.transaction_internal_subscription_id ?? seen.transaction_subscription_id;
  return {
    occurred_at: seen.transaction_date,
    customer: readCustomer(seen.lead_id, seen.lead_email),
    product: seen.product_id,
    subscription: subscription === null ? null : { id: subscription, interval: null },
  };
}

/** Kartra's custom fields as the list of pairs that {@link readClick} reads. */
function namePairs(fields: unknown): unknown {
  if (!Array.isArray(fields)) return null;
  return fields.map((field: unknown) => {
    const { field_identifier: name, field_value: value } = Object(field) as Record<string, unknown>;
    return { name, value };
  });
}

function currencyOf(query: URLSearchParams): string {
  const currency = v.safeParse(anyCaseCurrency, query.get("currency"));
  if (currency.success) return currency.output;
  throw invalidField("currency", "is missing from the endpoint's URL; add it, such as ?currency=USD");
}

/** A part of the full amount, never negative. */
function readExtra(paid: Transaction, name: "transaction_tax" | "transaction_shipping", currency: string): number {
  return paid[name] === NOTHING || paid[name] === "" ? 0 : readPaidDecimal(paid[name], currency, name);
}
