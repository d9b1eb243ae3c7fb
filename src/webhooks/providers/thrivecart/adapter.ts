/**
 * ThriveCart: the webhooks of an account, as forms or JSON (ThriveCart's support pages, "Using webhook notifications"), and its
 * event subscriptions, as JSON ("Event Subscription API"). They are not signed; every body contains the account's secret word.
 * ThriveCart documents only the fields of `order.success`. Those of the other events are taken from bodies that users published.
 */
import * as v from "valibot";
import { roundScaled } from "../../../lib/currency.ts";
import { parseFields, shortText } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent, type Reading } from "../../provider.ts";
import { readContent, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCustomer } from "../../reading/read-fields.ts";
import {
  fieldCount,
  fieldList,
  fieldText,
  looseText,
  optionalCount,
  readCustomData,
  readFormOrJson,
} from "../../reading/read-form.ts";
import { accountNameOf, repetitionOf } from "./event-names.ts";
import { checkWord, concealWord, isBare, verifyWord } from "./secret-word.ts";

/** "Any and all keys representing prices are in hundreds", whatever the currency. */
const AMOUNT_DIGITS = 2;

/** The last second of the year 9999. */
const MAX_SECONDS = 253_402_300_799;

/** The text that a form contains for a missing value. */
const NOTHING = "null";

const INTERVALS: ReadonlySet<string> = new Set(["day", "week", "month", "year"]);

const id = v.pipe(
  fieldText,
  shortText,
  v.check((text) => text !== NOTHING, "is missing"),
);
const loose = looseText(NOTHING);
/** In milliseconds; null if it is missing or absurd, which is no reason to refuse an event. */
const seconds = v.fallback(
  v.nullable(
    v.pipe(
      fieldCount,
      v.maxValue(MAX_SECONDS),
      v.transform((count) => count * 1_000),
    ),
  ),
  null,
);
const orNothing = optionalCount(NOTHING);

const named = v.object({ event: v.pipe(v.string(), v.maxLength(100)) });

/** The fields of every event of an order. */
const envelope = {
  order_id: id,
  invoice_id: loose,
  mode: loose,
  mode_int: loose,
  base_product: loose,
  customer_id: loose,
  customer: v.optional(v.object({ email: loose, passthrough: v.optional(v.unknown()) }), {}),
  passthrough: v.optional(v.unknown()),
};

const success = v.object({
  ...envelope,
  order_timestamp: seconds,
  currency: anyCaseCurrency,
  coupon: loose,
  subscription_ids: v.optional(v.unknown()),
  order: v.object({
    total: fieldCount,
    total_gross: orNothing,
    tax: loose,
    charges: fieldList(v.object({ tax_paid: orNothing, type: loose, amount: orNothing })),
    future_charges: fieldList(v.object({ frequency: loose })),
  }),
});

/** The part of an order that is renewed, canceled or refunded. `id` is the product's id. */
const item = { type: id, id };

const rebill = v.object({
  ...envelope,
  invoice_id: id,
  date_unix: seconds,
  currency: anyCaseCurrency,
  subscription: v.object({
    ...item,
    amount: fieldCount,
    amount_gross: orNothing,
    tax_paid: orNothing,
    frequency: loose,
  }),
});

const cancellation = v.object({
  ...envelope,
  date_unix: seconds,
  subscription: v.object({ ...item, frequency: loose, billing_period_end: loose }),
});

const refund = v.object({
  ...envelope,
  date_unix: seconds,
  currency: anyCaseCurrency,
  event_id: loose,
  webhook_id: loose,
  subscription_id: loose,
  refund: v.object({ ...item, amount: fieldCount, amount_gross: orNothing }),
});

type Read = Pick<Reading, "events" | "ignored">;

const READERS: Readonly<Record<string, (fields: unknown) => Read>> = {
  "order.success": (fields) => readOrder(parseFields(success, fields)),
  "order.subscription_payment": (fields) => readRebill(parseFields(rebill, fields)),
  "order.subscription_cancelled": (fields) => readCancellation(parseFields(cancellation, fields)),
  "order.refund": (fields) => readRefund(parseFields(refund, fields)),
};

export const thrivecart: Provider = {
  source: "thrivecart",

  ids: "provider",

  secret: { made_by: "provider", check: checkWord },

  headers: [],

  verify: verifyWord,

  parse({ body }) {
    const fields = readFormOrJson(body);
    const type = parseFields(named, fields).event;
    const name = accountNameOf(type);
    const read = Object.hasOwn(READERS, name) ? READERS[name] : undefined;
    const ignored = repetitionOf(type);
    const content = { type, event_id: null };
    const found = readContent(content, () => read?.(liftOrder(fields)));
    return { ...content, ...(found ?? { events: [], ...(ignored !== null && { ignored }) }) };
  },

  probe: ({ method }) => (method === "POST" ? null : { status: 200 }),

  // ThriveCart only adds a webhook whose URL responds with 200 to a POST without an event.
  answer: ({ problem }, { body }) => (problem?.code === "secret_missing" && isBare(body) ? { status: 200 } : null),

  conceal: concealWord,
};

/** The fields of an event, with what some bodies send only in `order`. */
function liftOrder(fields: unknown): unknown {
  const { order_id, order_timestamp, order, ...rest } = Object(fields) as Record<string, unknown>;
  const { id, date_unix } = Object(order) as Record<string, unknown>;
  return { ...rest, order, order_id: order_id ?? id, order_timestamp: order_timestamp ?? date_unix };
}

function readOrder(placed: v.InferOutput<typeof success>): Read {
  const { order_id, invoice_id, currency, order } = placed;
  // An order may contain one-time items and several subscriptions. It is recorded under its first subscription.
  const [first = null] = Object.keys(readCustomData(placed.subscription_ids) ?? {});
  const seen = {
    ...common(placed),
    occurred_at: placed.order_timestamp,
    coupon: placed.coupon,
    subscription:
      first === null
        ? null
        : { id: `${order_id}/${first}`, interval: intervalOf(order.future_charges[0]?.frequency ?? null) },
  };
  const { gross, tax } = readTotals(order);
  if (gross === 0) {
    if (seen.subscription === null) {
      const touch = touchOrNote({ ...seen, id: `order.success:${order_id}` }, "Nothing was paid.");
      return typeof touch === "object" ? { events: touch } : { events: [], ignored: "Nothing was paid." };
    }
    return { events: [providerEvent({ ...seen, id: `trial:${order_id}`, type: "trial" })] };
  }
  const payment = namePayment(order_id, invoice_id);
  // An order with other items is a sale.
  const charged = order.charges.filter(({ amount }) => amount !== 0);
  const isTrial = seen.subscription !== null && charged.length > 0 && charged.every(({ type }) => type === "trial");
  const event = providerEvent({
    ...seen,
    ...amountsOf({ gross, tax, currency }, "order.total_gross"),
    id: isTrial ? `trial:${order_id}` : `order.success:${payment}`,
    type: isTrial ? "trial" : "sale",
    ...readCommissionable(...bagsOf(placed)),
    payment,
    aliases: payment === order_id ? [] : [order_id],
  });
  return { events: [event] };
}

/** Older orders state their tax once, as `order[tax]`, which their total includes. Newer ones state it with each charge. */
function readTotals({ total, total_gross, tax, charges }: v.InferOutput<typeof success>["order"]) {
  const charged = charges.reduce((sum, { tax_paid }) => sum + (tax_paid ?? 0), 0);
  const gross = total_gross ?? total + charged;
  const isAmount = tax !== null && /^\d{1,15}$/.test(tax) && Number(tax) < gross;
  return { gross, tax: charged === 0 && isAmount ? Number(tax) : charged };
}

function readRebill(paid: v.InferOutput<typeof rebill>): Read {
  const { order_id, invoice_id, currency, subscription } = paid;
  const tax = subscription.tax_paid ?? 0;
  const gross = subscription.amount_gross ?? subscription.amount + tax;
  if (gross === 0) return { events: [], ignored: "Nothing was paid." };
  const payment = namePayment(order_id, invoice_id);
  const event = providerEvent({
    ...common(paid),
    ...amountsOf({ gross, tax, currency }, "subscription.amount_gross"),
    id: `order.subscription_payment:${payment}`,
    type: "sale",
    ...readCommissionable(...bagsOf(paid)),
    occurred_at: paid.date_unix,
    payment,
    subscription: subscriptionOf(order_id, subscription),
  });
  return { events: [event] };
}

function readCancellation(ended: v.InferOutput<typeof cancellation>): Read {
  const subscription = subscriptionOf(ended.order_id, ended.subscription);
  // ThriveCart sends this when no more payments are due. The subscription stays active until the end of the paid period.
  const paidUntil = Number(ended.subscription.billing_period_end ?? 0) * 1_000;
  const hasEnd = Number.isSafeInteger(paidUntil) && paidUntil > 0;
  const event = providerEvent({
    ...common(ended),
    id: `order.subscription_cancelled:${subscription.id}:${ended.date_unix}`,
    type: "cancellation",
    occurred_at: hasEnd ? Math.max(ended.date_unix ?? 0, paidUntil) : ended.date_unix,
    subscription,
  });
  return { events: [event] };
}

/** Only the gross refund is certain. `refund.id` is the product's id; the event's id identifies the refund. */
function readRefund(back: v.InferOutput<typeof refund>): Read {
  const { order_id, invoice_id, currency, date_unix } = back;
  const { type, id, amount, amount_gross } = back.refund;
  const name = back.event_id ?? back.webhook_id ?? `${type}-${id}@${date_unix}`;
  const event = providerEvent({
    ...common(back),
    id: `order.refund:${name}`,
    type: "refund",
    occurred_at: date_unix,
    payment: namePayment(order_id, invoice_id),
    refund: name,
    gross: toMinorUnits(amount_gross ?? amount, currency, "refund.amount"),
    currency,
    subscription: back.subscription_id === null ? null : subscriptionOf(order_id, { ...back.refund, frequency: null }),
  });
  return { events: [event] };
}

type Envelope = Pick<v.InferOutput<typeof success>, keyof typeof envelope>;

function common({ mode, mode_int, base_product, customer_id, customer, passthrough }: Envelope) {
  const buyer = readCustomer(null, customer.email);
  return {
    // ThriveCart identifies customers by their email.
    customer: { ...buyer, id: buyer.email === null ? customer_id : null },
    click:
      bagsOf({ customer, passthrough })
        .map(readClick)
        .find((click) => click !== null) ?? null,
    product: base_product,
    test: mode === "test" || mode_int === "1",
  };
}

function bagsOf({ customer, passthrough }: Pick<Envelope, "customer" | "passthrough">): unknown[] {
  return [passthrough, customer.passthrough].map(readCustomData);
}

/** The id of a payment. Invoice numbers are unique within an account; rebills have their own (`000000141-6`). */
function namePayment(orderId: string, invoiceId: string | null): string {
  return invoiceId === null ? orderId : `${orderId}/${invoiceId}`;
}

/** The subscription with its id as in the order's `subscription_ids`: `product-12`. */
function subscriptionOf(
  orderId: string,
  { type, id, frequency }: { type: string; id: string; frequency: string | null },
): { id: string; interval: string | null } {
  return { id: `${orderId}/${type}-${id}`, interval: intervalOf(frequency) };
}

function intervalOf(frequency: string | null): string | null {
  return frequency !== null && INTERVALS.has(frequency) ? frequency : null;
}

function amountsOf(
  { gross, tax, currency }: { gross: number; tax: number; currency: string },
  field: string,
): Pick<ProviderEvent, "amount" | "gross" | "currency"> {
  if (tax > gross) throw invalidField(field, "is less than its tax");
  return {
    amount: toMinorUnits(gross - tax, currency, field),
    gross: toMinorUnits(gross, currency, field),
    currency,
  };
}

function toMinorUnits(hundredths: number, currency: string, field: string): number {
  const units = roundScaled(hundredths, AMOUNT_DIGITS, currency);
  if (units === null) throw invalidField(field, `is not an amount of ${currency} in hundredths`);
  return units;
}
