/**
 * Gumroad: its Ping and its resource subscriptions, which post the same fields (gumroad.com/ping; gumroad.com/api, "Resource
 * subscriptions"). What those pages leave open is taken from Gumroad's own published source. Nothing is signed: the URL
 * carries the secret.
 */
import * as v from "valibot";
import { instant, parseFields, shortText } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent, type Reading } from "../../provider.ts";
import { invalidField, readClick, readEmail } from "../../reading/read-fields.ts";
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

/** Every amount is in US cents, whatever `currency` says: that is what the product is priced in. */
const CURRENCY = "USD";

/** Names a membership that begins with a free trial, in the endpoint's URL: the product's link is in its sharers' hands. */
const TRIAL_PARAMETER = "trial";

const INTERVALS: Readonly<Record<string, string>> = { monthly: "month", yearly: "year" };

const id = v.pipe(fieldText, shortText);

const resource = v.object({
  // The ping that is sent by hand from the settings names none.
  resource_name: v.optional(v.pipe(v.string(), v.maxLength(100)), "sale"),
});

/** What sale, refund, dispute and dispute_won post: the purchase as it stands. */
const purchase = v.object({
  sale_id: id,
  sale_timestamp: instant,
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
  ended_at: instant,
  user_id: looseText(),
  user_email: looseText(),
  recurrence: looseText(),
});

type Read = Pick<Reading, "events" | "ignored">;

/** `trials`: the products of which the endpoint's URL says that they begin with a free trial. */
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
    return { type, event_id: null, ...(read?.(fields, query.getAll(TRIAL_PARAMETER)) ?? { events: [] }) };
  },

  // Gumroad pings again after 499, 500, 502, 503 and 504 only: what it should send later must be one of these.
  answer: ({ problem }) => (problem?.status === 429 ? { status: 503, body: problem.message } : null),
};

function ignore(ignored: string): Read {
  return { events: [], ignored };
}

function readSale(sale: Purchase, trials: readonly string[]): Read {
  const seen = common(sale);
  if (sale.is_preorder_authorization) {
    return touchOr(sale, "A pre-order: its payment is a sale of its own when the product is released.");
  }
  // Gumroad does not say of a first ping that it begins a free trial, so the merchant has to.
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
  });
  return { events: [event] };
}

/** The pings of a purchase do not tell when it was refunded, nor how much: only whether nothing is left. */
function readRefund(sale: Purchase): Read {
  if (!sale.refunded) return ignore("A part was refunded; Gumroad does not say how much.");
  return { events: [takeBack("refund", "refund", sale)] };
}

function readDispute(type: "chargeback" | "chargeback_won", sale: Purchase): Read {
  return { events: [takeBack(type, "dispute", sale)] };
}

function takeBack(type: "refund" | "chargeback" | "chargeback_won", refund: string, sale: Purchase): ProviderEvent {
  const { coupon: _, click: __, ...seen } = common(sale);
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

/** A purchase that is no payment brings the click that its customer came by. */
function touchOr(sale: Purchase, ignored: string): Read {
  const { coupon: _, subscription: __, ...seen } = common(sale);
  if (seen.click === null) return ignore(ignored);
  return { events: [providerEvent({ ...seen, id: nameEvent("touch", sale), type: "touch" })] };
}

function common(sale: Purchase) {
  return {
    occurred_at: sale.sale_timestamp,
    // Of a gift, it is the giver who came by a link and paid.
    customer: sale.is_gift_receiver_purchase
      ? customerOf(sale.gifter_email, null)
      : customerOf(sale.email, sale.purchaser_id),
    click: clickOf(sale),
    coupon: sale.offer_code,
    product: sale.short_product_id,
    subscription: sale.subscription_id === null ? null : subscriptionOf(sale.subscription_id, sale.recurrence),
    test: sale.test,
  };
}

/** What a merchant may call the product: its id, or the last part of its address. */
function namesOf({ short_product_id, permalink, product_permalink }: Purchase): string[] {
  const last = /[^/]+(?=\/*$)/.exec(product_permalink ?? "")?.[0] ?? null;
  return [short_product_id, permalink, last].filter((name) => name !== null);
}

/** A test ping repeats the last real sale: it is another event. */
function nameEvent(type: string, { test, sale_id }: Purchase): string {
  return `${test ? "test:" : ""}${type}:${sale_id}`;
}

/** `price` includes shipping, but not the tax that Gumroad collects. */
function amountsOf(sale: Purchase): Pick<ProviderEvent, "amount" | "gross" | "currency"> {
  const gross = sale.is_gift_receiver_purchase ? (sale.gift_price ?? sale.price) : sale.price;
  const shipping = sale.shipping_rate ?? 0;
  if (shipping > gross) throw invalidField("shipping_rate", "is more than was paid");
  return { amount: gross - shipping, gross, currency: CURRENCY };
}

function clickOf(sale: Purchase): string | null {
  return readClick(readCustomData(sale.url_params)) ?? readClick(readCustomData(sale.custom_fields));
}

/** By the email, which is always there: only some purchases of a customer name an account at Gumroad. */
function customerOf(email: string | null, account: string | null): ProviderEvent["customer"] {
  const known = readEmail(email);
  return { id: known === null ? account : null, email: known };
}

function subscriptionOf(id: string, recurrence: string | null): { id: string; interval: string | null } {
  return { id, interval: INTERVALS[recurrence ?? ""] ?? null };
}
