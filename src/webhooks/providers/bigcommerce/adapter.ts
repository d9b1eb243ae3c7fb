/**
 * BigCommerce. Sources: "Webhooks Overview", "Orders V2" and "Order refunds" in its documentation. A webhook contains only the
 * order's id; the order is fetched with the API token of the endpoint. The URL contains the secret.
 */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeConflict } from "../../provider-answers.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  anyTime,
  decimal,
  lenient,
  providerId,
  readPaidDecimal,
  readRest,
} from "../../reading/provider-fields.ts";
import {
  CLICK_FIELD,
  findClick,
  readClick,
  readCommissionable,
  readCoupons,
  readCustomer,
  readId,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { urlSecret, verifyUrlSecret } from "../../signatures/url-secret.ts";
import { checkToken, completeHook, hook, ORDER_SCOPES } from "./fetch-order.ts";

/** The payment statuses of a payment that was made; an authorized one isn't captured yet. */
const PAID: ReadonlySet<string> = new Set(["captured", "paid", "partially refunded", "refunded"]);

/** The order's statuses by which a payment outside the store's gateways is known: from Awaiting Fulfillment on. */
const PAID_STATUS_IDS: ReadonlySet<number> = new Set([2, 3, 4, 8, 9, 10, 11, 13, 14]);
const REFUNDED_STATUS_ID = 4;

/** "Tue, 06 Jan 2026 10:15:00 +0000"; null for anything that isn't a time. */
const rfcTime = v.fallback(
  v.nullish(
    v.pipe(
      v.string(),
      // `Date.parse` takes the year 0001 for 2001.
      v.regex(/^[A-Z][a-z]{2}, \d{1,2} [A-Z][a-z]{2} [12]\d{3} /),
      v.transform((text) => Date.parse(text)),
      v.number(),
      v.safeInteger(),
      v.minValue(0),
    ),
    null,
  ),
  null,
);

const order = v.object({
  id: providerId,
  customer_id: v.nullish(v.unknown()),
  date_created: rfcTime,
  date_modified: rfcTime,
  status_id: v.pipe(v.number(), v.safeInteger()),
  status: lenient(v.string()),
  payment_status: v.nullish(v.string(), ""),
  // `currency_code` is the one in which prices are shown.
  default_currency_code: anyCaseCurrency,
  total_inc_tax: decimal,
  total_ex_tax: decimal,
  shipping_cost_ex_tax: decimal,
  handling_cost_ex_tax: v.nullish(decimal, "0"),
  customer_message: v.nullish(v.unknown()),
  billing_address: lenient(
    v.object({
      email: v.nullish(v.unknown()),
      country_iso2: v.nullish(v.unknown()),
      form_fields: v.nullish(v.unknown()),
    }),
  ),
});
type Order = v.InferOutput<typeof order>;

const refund = v.object({
  id: providerId,
  created: anyTime,
  total_amount: decimal,
  payments: v.nullish(v.array(v.object({ is_declined: v.nullish(v.boolean(), false) })), []),
});

const completed = v.object({
  order,
  coupons: lenient(v.array(v.object({ code: v.nullish(v.unknown()) }))),
  products: lenient(v.array(v.object({ product_id: v.nullish(v.unknown()) }))),
  refunds: v.nullish(v.array(refund), []),
});
type Completed = v.InferOutput<typeof completed>;

export const bigcommerce: Provider = {
  source: "bigcommerce",

  ids: "provider",

  secret: urlSecret,

  headers: [],

  verify: verifyUrlSecret,

  look_up: { check: checkToken, complete: completeHook },

  parse({ body }) {
    const json = readJsonBody(body);
    const { scope, hash } = parseFields(hook, json);
    return toReading({ type: scope, event_id: readId(hash) }, () =>
      ORDER_SCOPES.has(scope) ? readOrder(parseFields(completed, json)) : undefined,
    );
  },

  answer: acknowledgeConflict,
};

/** Each webhook leads to the whole order: its sale and all of its refunds. */
function readOrder(known: Completed): ParsedEvents {
  const { status, payment_status } = known.order;
  if (!isPaid(known.order)) {
    return `The order is not paid: ${[status, payment_status].filter(Boolean).join(", ")}.`;
  }
  const sale = readSale(known);
  return Array.isArray(sale) && sale[0]?.type === "sale" ? [...sale, ...readRefunds(known)] : sale;
}

/** Payments outside the store's gateways, such as bank transfers, have no payment status. */
function isPaid({ payment_status, status_id }: Order): boolean {
  return payment_status === "" ? PAID_STATUS_IDS.has(status_id) : PAID.has(payment_status);
}

function readSale({ order: paid, coupons, products }: Completed): ParsedEvents {
  const { id, status_id, payment_status, default_currency_code: currency, date_created, date_modified } = paid;
  const { email, country_iso2: country, form_fields } = paid.billing_address ?? {};
  const gross = readPaidDecimal(paid.total_inc_tax, currency, "order.total_inc_tax");
  // After discounts. A discount on shipping may exceed what is left without it.
  const amount = Math.max(
    0,
    readRest(paid, "total_ex_tax", ["shipping_cost_ex_tax", "handling_cost_ex_tax"], currency),
  );
  const customerId = readId(paid.customer_id);
  const common = {
    // An update may change other data of the sale, such as the email: it is the same sale, but another event.
    id: `order:${id}:${date_modified ?? ""}:${payment_status || status_id}`,
    occurred_at: date_created,
    // The id of a guest is 0.
    customer: readCustomer(customerId === "0" ? null : customerId, email),
    click: readClick(form_fields) ?? clickInText(paid.customer_message),
    ...readCoupons((coupons ?? []).map(({ code }) => code)),
    ...(typeof country === "string" && /^[A-Z]{2}$/.test(country) && { country }),
  };
  if (amount === 0) return touchOrNote(common, "Nothing was paid, or only tax and shipping.");
  return [
    providerEvent({
      ...common,
      ...readCommissionable(form_fields),
      type: "sale",
      payment: id,
      amount,
      gross,
      currency,
      product: readId(products?.[0]?.product_id),
    }),
  ];
}

/** Refunds contain tax and shipping. An order may be marked as refunded without a refund, by hand. */
function readRefunds({ order: { id, status_id, ...paid }, refunds }: Completed): ProviderEvent[] {
  const { default_currency_code: currency } = paid;
  const common = { type: "refund" as const, payment: id, currency };
  if (refunds.length === 0 && status_id === REFUNDED_STATUS_ID) {
    const gross = readPaidDecimal(paid.total_inc_tax, currency, "order.total_inc_tax");
    const { date_modified: occurred_at } = paid;
    // The order doesn't say since when, so an update repeats the refund with another time.
    const name = `refund:${id}:status:${occurred_at ?? ""}`;
    return [providerEvent({ ...common, id: name, occurred_at, refund: "status", gross })];
  }
  return refunds.flatMap(({ id: refundId, created, total_amount, payments }, index) => {
    const gross = readPaidDecimal(total_amount, currency, `refunds.${index}.total_amount`);
    const isDeclined = payments.length > 0 && payments.every(({ is_declined }) => is_declined);
    if (gross === 0 || isDeclined) return [];
    return [
      providerEvent({ ...common, id: `refund:${id}:${refundId}`, occurred_at: created, refund: refundId, gross }),
    ];
  });
}

/** `lc_click=…` in the order's comment. */
function clickInText(text: unknown): string | null {
  const [, token] =
    new RegExp(`\\b${CLICK_FIELD}[=:]\\s*([A-Za-z0-9_-]+)`).exec(typeof text === "string" ? text : "") ?? [];
  return findClick(token);
}
