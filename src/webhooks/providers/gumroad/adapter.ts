/**
 * Gumroad: its Ping and its resource subscriptions, which post the same fields (gumroad.com/ping; gumroad.com/api, "Resource
 * subscriptions"). What those pages don't say is taken from Gumroad's published source code. The requests are not signed; the URL
 * contains the secret.
 */

import * as v from "valibot";
import { parseFields, shortText } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent, type Reading } from "../../provider.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
import { readContent } from "../../reading/parsed-events.ts";
import { anyTime } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCustomer } from "../../reading/read-fields.ts";
import {
  fieldCount,
  fieldFlag,
  fieldText,
  looseText,
  optionalCount,
  readCustomData,
  readFormOrJson,
} from "../../reading/read-form.ts";
import { urlSecret, verifyUrlSecret } from "../../signatures/url-secret.ts";

/** Every amount is in US cents. `currency` is the currency of the product's price. */
const CURRENCY = "USD";

/** The parameter of the endpoint's URL that names a membership that starts with a free trial. */
const TRIAL_PARAMETER = "trial";

const INTERVALS: Readonly<Record<string, string>> = { monthly: "month", yearly: "year" };

/** The recurrences that aren't one interval, by their number of months. */
const MONTHS: Readonly<Record<string, number>> = { quarterly: 3, biannually: 6, every_two_years: 24 };

const id = v.pipe(fieldText, shortText);

const resource = v.object({
  // The test ping of the settings has none.
  resource_name: v.optional(v.pipe(v.string(), v.maxLength(100)), "sale"),
});

/** The current purchase, as sent for sale, refund, dispute and dispute_won. */
const purchase = v.object({
  sale_id: id,
  sale_timestamp: anyTime,
  price: fieldCount,
  shipping_rate: optionalCount(),
  gift_price: optionalCount(),
  short_product_id: looseText(),
  permalink: looseText(),
  product_permalink: looseText(),
  email: looseText(),
  gifter_email: looseText(),
  purchaser_id: looseText(),
  offer_code: looseText(),
  subscription_id: looseText(),
  recurrence: looseText(),
  url_params: v.optional(v.unknown()),
  custom_fields: v.optional(v.unknown()),
  test: fieldFlag,
  is_recurring_charge: fieldFlag,
  is_preorder_authorization: fieldFlag,
  is_gift_receiver_purchase: fieldFlag,
  refunded: fieldFlag,
});
type Purchase = v.InferOutput<typeof purchase>;

const endedSubscription = v.object({
  subscription_id: id,
  ended_at: anyTime,
  user_id: looseText(),
  user_email: looseText(),
  recurrence: looseText(),
});

type Read = Pick<Reading, "events" | "ignored">;

/** `trials`: the products that start with a free trial, as named in the endpoint's URL. */
const READERS: Readonly<Record<string, (fields: unknown, trials: readonly string[]) => Read>> = {
  sale: (fields, trials) => readSale(parseFields(purchase, fields), trials),
  refund: (fields) => readRefund(parseFields(purchase, fields)),
  dispute: (fields) => readDispute("chargeback", parseFields(purchase, fields)),
  dispute_won: (fields) => readDispute("chargeback_won", parseFields(purchase, fields)),
  subscription_ended: (fields) => readEnd(parseFields(endedSubscription, fields)),
  cancellation: () =>
    ignore("The subscription stays active until the end of the paid period. subscription_ended reports the end."),
};

export const gumroad: Provider = {
  source: "gumroad",

  ids: "provider",

  secret: urlSecret,

  headers: [],

  verify: verifyUrlSecret,

  parse({ query, body }) {
    const fields = readFormOrJson(body);
    const type = parseFields(resource, fields).resource_name;
    const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
    const content = { type, event_id: null };
    const found = readContent(content, () => read?.(fields, query.getAll(TRIAL_PARAMETER)));
    return { ...content, ...(found ?? { events: [] }) };
  },

  // Gumroad only retries after 499, 500, 502, 503 and 504.
  answer: ({ problem }) => (problem?.status === 429 ? { status: 503, body: problem.message } : null),
};

function ignore(ignored: string): Read {
  return { events: [], ignored };
}

function readSale(sale: Purchase, trials: readonly string[]): Read {
  const seen = common(sale);
  if (sale.is_preorder_authorization) {
    return touchOr(sale, "This is a pre-order. The sale is recorded when the customer is charged at the release.");
  }
  // Gumroad doesn't say whether a first ping starts a free trial, so the endpoint's URL does.
  const beginsTrial = !sale.is_recurring_charge && namesOf(sale).some((name) => trials.includes(name));
  if (beginsTrial && seen.subscription !== null) {
    return { events: [providerEvent({ ...seen, id: nameEvent("trial", sale), type: "trial" })] };
  }
  const paid = amountsOf(sale);
  if (paid.gross === 0) return touchOr(sale, "Nothing was paid.");
  const event = providerEvent({
    ...seen,
    ...paid,
    id: nameEvent("sale", sale),
    type: "sale",
    payment: sale.sale_id,
    ...readCommissionable(...bagsOf(sale)),
  });
  return { events: [event] };
}

/** A ping contains neither the time nor the amount of a refund, only whether the purchase was refunded in full. */
function readRefund(sale: Purchase): Read {
  if (!sale.refunded)
    return ignore(
      "The purchase was partly refunded, but Gumroad does not send the amount. To reverse a part of the commission, make an adjustment.",
    );
  return { events: [reversalOf("refund", "refund", sale)] };
}

function readDispute(type: "chargeback" | "chargeback_won", sale: Purchase): Read {
  return { events: [reversalOf(type, "dispute", sale)] };
}

function reversalOf(type: "refund" | "chargeback" | "chargeback_won", refund: string, sale: Purchase): ProviderEvent {
  const { coupon: _, click: __, plan: ___, ...seen } = common(sale);
  const event = { ...seen, ...amountsOf(sale), occurred_at: null, payment: sale.sale_id, refund };
  return providerEvent({ ...event, id: nameEvent(type, sale), type });
}

function readEnd(ended: v.InferOutput<typeof endedSubscription>): Read {
  const { subscription_id, ended_at, user_id, user_email, recurrence } = ended;
  const event = providerEvent({
    id: `subscription_ended:${subscription_id}:${ended_at}`,
    type: "cancellation",
    occurred_at: ended_at,
    customer: customerOf(user_email, user_id),
    subscription: subscriptionOf(subscription_id, recurrence),
  });
  return { events: [event] };
}

/** A purchase without a payment, recorded as a touch if it has a click. */
function touchOr(sale: Purchase, ignored: string): Read {
  const { coupon: _, subscription: __, plan: ___, ...seen } = common(sale);
  if (seen.click === null) return ignore(ignored);
  return { events: [providerEvent({ ...seen, id: nameEvent("touch", sale), type: "touch" })] };
}

function common(sale: Purchase) {
  const plan = sale.subscription_id === null ? null : planEvery("month", MONTHS[sale.recurrence ?? ""] ?? null);
  return {
    occurred_at: sale.sale_timestamp,
    // A gift is bought by the giver, who may have clicked a link.
    customer: sale.is_gift_receiver_purchase
      ? customerOf(sale.gifter_email, null)
      : customerOf(sale.email, sale.purchaser_id),
    click: clickOf(sale),
    coupon: sale.offer_code,
    product: sale.short_product_id,
    subscription: sale.subscription_id === null ? null : subscriptionOf(sale.subscription_id, sale.recurrence),
    ...withPlan(plan),
    test: sale.test,
  };
}

/** The names that a merchant may use for the product: its ids, or the last part of its URL. */
function namesOf({ short_product_id, permalink, product_permalink }: Purchase): string[] {
  const last = /[^/]+(?=\/*$)/.exec(product_permalink ?? "")?.[0] ?? null;
  return [short_product_id, permalink, last].filter((name) => name !== null);
}

/** The event's id. A test ping repeats the last real sale, so it needs another id. */
function nameEvent(type: string, { test, sale_id }: Purchase): string {
  return `${test ? "test:" : ""}${type}:${sale_id}`;
}

/** `price` includes shipping, but not the tax that Gumroad collects. */
function amountsOf(sale: Purchase): Pick<ProviderEvent, "amount" | "gross" | "currency"> {
  const gross = sale.is_gift_receiver_purchase ? (sale.gift_price ?? sale.price) : sale.price;
  const shipping = sale.shipping_rate ?? 0;
  if (shipping > gross) throw invalidField("shipping_rate", "must not be more than the price");
  return { amount: gross - shipping, gross, currency: CURRENCY };
}

function clickOf(sale: Purchase): string | null {
  const found = bagsOf(sale).map(readClick);
  return found.find((click) => click !== null) ?? null;
}

function bagsOf({ url_params, custom_fields }: Purchase): unknown[] {
  return [readCustomData(url_params), readCustomData(custom_fields)];
}

/** Customers are identified by their email, which is always sent. Their Gumroad account is only in some purchases. */
function customerOf(email: string | null, account: string | null): ProviderEvent["customer"] {
  const buyer = readCustomer(null, email);
  return { ...buyer, id: buyer.email === null ? account : null };
}

function subscriptionOf(id: string, recurrence: string | null): { id: string; interval: string | null } {
  return { id, interval: INTERVALS[recurrence ?? ""] ?? null };
}
