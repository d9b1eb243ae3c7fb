/**
 * ClickFunnels 2.0: its V2 webhooks. Sources: the pages "Webhook event types" and "Orders" of its developer documentation, and the
 * schemas of Orders::Invoice, Order and Contact in its API reference, which webhooks send as `data`. Each payment has an invoice,
 * which is sent as a whole with every change.
 */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeConflict } from "../../provider-answers.ts";
import { planEvery, withPlan } from "../../reading/billing-plan.ts";
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
  invalidField,
  readClick,
  readClickInUrl,
  readCommissionable,
  readCustomer,
  readId,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { checkSecret, verifySigned } from "./signature.ts";

/** The statuses of an invoice whose payment the merchant has. */
const PAID: ReadonlySet<string> = new Set(["paid", "partially-refunded"]);
/** The statuses of an invoice that was paid, and whose payment the customer got back. */
const REVERSED: ReadonlySet<string> = new Set(["refunded", "disputed", "voided"]);

const ONE_TIME = "one-time-order";

const envelope = v.object({
  event_type: v.pipe(v.string(), v.maxLength(100)),
  event_id: v.nullish(v.unknown()),
});

const visits = lenient(
  v.record(v.string(), lenient(v.object({ landing_page: v.nullish(v.unknown()), referrer: v.nullish(v.unknown()) }))),
);

const contact = v.object({
  id: providerId,
  email_address: v.nullish(v.unknown()),
  custom_attributes: v.nullish(v.unknown()),
  visits,
});

const order = v.object({
  id: providerId,
  order_type: lenient(v.string()),
  live_mode: v.nullish(v.boolean(), true),
  in_trial: lenient(v.boolean()),
  billing_address_country: v.nullish(v.unknown()),
  contact: lenient(contact),
  visits,
  line_items: lenient(v.array(v.object({ original_product: lenient(v.object({ id: v.nullish(v.unknown()) })) }))),
  created_at: anyTime,
  activated_at: anyTime,
  canceled_at: anyTime,
  churned_at: anyTime,
});

const invoice = v.object({
  id: providerId,
  status: v.string(),
  total_amount: decimal,
  tax_amount: v.nullish(decimal, "0"),
  shipping_amount: v.nullish(decimal, "0"),
  currency: anyCaseCurrency,
  issued_at: anyTime,
  paid_at: anyTime,
  updated_at: anyTime,
  line_items: lenient(
    v.array(
      v.object({
        products_price: lenient(v.object({ interval: lenient(v.string()), interval_count: v.nullish(v.unknown(), 1) })),
        products_variant: lenient(v.object({ product_id: v.nullish(v.unknown()) })),
      }),
    ),
  ),
  order,
  visits,
});

type Order = v.InferOutput<typeof order>;
type Invoice = v.InferOutput<typeof invoice>;
type Visits = v.InferOutput<typeof visits>;

const eventWith = <const Schema extends v.GenericSchema>(data: Schema) => v.object({ data });

export const clickfunnels: Provider = {
  source: "clickfunnels",

  ids: "provider",

  secret: { made_by: "provider", check: checkSecret },

  headers: [],

  verify: (request, secrets, { now }) => verifySigned(request, secrets, now),

  parse({ body }) {
    const json = readJsonBody(body);
    const { event_type: type, event_id } = parseFields(envelope, json);
    return toReading({ type, event_id: readId(event_id) }, () => READERS.get(type)?.(json));
  },

  // ClickFunnels repeats a refused webhook for two days.
  answer: acknowledgeConflict,
};

const IN_INVOICE = "The payment is recorded from orders/invoice.paid.";

const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["orders/invoice.paid", readInvoice],
  ["orders/invoice.updated", readInvoice],
  ["orders/invoice.refunded", readInvoice],
  ["orders/invoice.voided", readInvoice],
  ["one-time-order.invoice.paid", () => IN_INVOICE],
  ["subscription.invoice.paid", () => IN_INVOICE],
  ["one-time-order.completed", () => IN_INVOICE],
  ["one_time_order.refunded", () => "The refund is recorded from orders/invoice.refunded."],
  ["subscription.trial_started", readTrial],
  ["subscription.canceled", readEnd],
  ["subscription.churned", readEnd],
  ["subscription.completed", readEnd],
  ["contact.created", readContact],
  ["contact.identified", readContact],
  ["contact.updated", readContact],
]);

/** The sale of an invoice and its present state: a whole refund, a dispute or a voided invoice reverses it. */
function readInvoice(json: unknown): ParsedEvents {
  const { data } = parseFields(eventWith(invoice), json);
  const { id, status, currency, paid_at, updated_at } = data;
  const is_paid = PAID.has(status);
  if (!is_paid && !(REVERSED.has(status) && paid_at !== null)) return `The invoice is not paid: it is ${status}.`;
  const custom = data.order.contact?.custom_attributes;
  const known = {
    ...common(data.order, data.visits),
    // Each change is another event of the same sale.
    id: `invoice:${id}:${updated_at ?? ""}:${status}`,
    occurred_at: paid_at ?? data.issued_at,
    product: readId(data.line_items?.[0]?.products_variant?.product_id),
    ...planAndSubscription(data),
  };
  const { amount, gross } = amountsOf(data);
  if (amount === 0)
    return touchOrNote({ ...known, id: `invoice:${id}` }, "Nothing was paid, or only tax and shipping.");
  return [
    providerEvent({
      ...known,
      ...readCommissionable(custom),
      type: "sale",
      payment: id,
      amount,
      gross,
      currency,
      payment_state: { at: updated_at, is_paid, refunds: [] },
      ...(status === "partially-refunded" && { notes: [PARTIAL] }),
    }),
  ];
}

const PARTIAL =
  "The invoice was partly refunded, but ClickFunnels does not send the amount. To reverse a part of the commission, make an adjustment.";

/** `total_amount` is after discounts, with tax and shipping. */
function amountsOf(data: Invoice): { amount: number; gross: number } {
  const gross = readPaidDecimal(data.total_amount, data.currency, "data.total_amount");
  const amount = readRest(data, "total_amount", ["tax_amount", "shipping_amount"], data.currency);
  if (amount < 0) throw invalidField("data.total_amount", "is less than its tax and shipping");
  return { amount, gross };
}

/** An order that isn't a one-time order is a subscription: its renewals are further invoices. */
function planAndSubscription({ order, line_items }: Invoice): Pick<ProviderEvent, "subscription" | "plan"> {
  if (!isSubscription(order)) return { subscription: null };
  const prices = (line_items ?? []).flatMap(({ products_price: price }) => (price?.interval ? [price] : []));
  const plan = planOf(prices[0]);
  const interval = plan?.interval_count === undefined ? (plan?.interval ?? null) : null;
  const subscription = { id: order.id, interval, ...(order.in_trial && { starts_trial: true as const }) };
  return { subscription, ...withPlan(plan, interval) };
}

/** `month` or `months`, depending on the payment processor. */
function planOf(
  price: { interval?: string | null | undefined; interval_count: unknown } | undefined,
): BillingPlan | null {
  return planEvery(/^(day|week|month|year)s?$/.exec(price?.interval ?? "")?.[1], Number(price?.interval_count));
}

function isSubscription({ order_type }: Pick<Order, "order_type">): boolean {
  return typeof order_type === "string" && order_type !== ONE_TIME;
}

function readTrial(json: unknown): ParsedEvents {
  const { data } = parseFields(eventWith(order), json);
  return [
    providerEvent({
      ...common(data, data.visits),
      id: `trial:${data.id}`,
      type: "trial",
      occurred_at: data.activated_at ?? data.created_at,
      product: readId(data.line_items?.[0]?.original_product?.id),
      subscription: { id: data.id, interval: null },
    }),
  ];
}

/** `subscription.canceled` may be followed by `subscription.churned`, when the paid period ends. */
function readEnd(json: unknown): ParsedEvents {
  const { data } = parseFields(eventWith(order), json);
  const { click: _, country: __, ...known } = common(data, null);
  const occurred_at = data.churned_at ?? data.canceled_at;
  return [
    providerEvent({
      ...known,
      id: `subscription:${data.id}:ended:${occurred_at ?? ""}`,
      type: "cancellation",
      occurred_at,
      subscription: { id: data.id, interval: null },
    }),
  ];
}

/** A contact that came from a click, such as one that opted in. */
function readContact(json: unknown): ParsedEvents {
  const { data } = parseFields(eventWith(contact), json);
  const click = clickOf(data.custom_attributes, data.visits);
  const customer = readCustomer(data.id, data.email_address);
  const known = { id: `contact:${data.id}:${click}`, occurred_at: null, customer, click };
  return touchOrNote(known, "The contact has no click.");
}

function common({ contact, billing_address_country: country, live_mode }: Order, seen: Visits) {
  return {
    customer: readCustomer(contact?.id ?? null, contact?.email_address),
    click: clickOf(contact?.custom_attributes, seen, contact?.visits ?? null),
    ...(typeof country === "string" && /^[A-Z]{2}$/.test(country) && { country }),
    test: !live_mode,
  };
}

/**
 * The click in the contact's custom attributes, else in the address of the page on which a visit began. The latest visits come
 * first.
 */
function clickOf(custom: unknown, ...seen: Visits[]): string | null {
  const pages = seen.flatMap((each) =>
    ["last_visit", "last_visit_with_utm", "first_visit"].map((name) => each?.[name]?.landing_page),
  );
  return readClick(custom) ?? pages.map(readClickInUrl).find((click) => click !== null) ?? null;
}
