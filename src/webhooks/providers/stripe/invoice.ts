/**
 * Stripe's invoices. Every payment of a subscription has one. An endpoint keeps the API version that it was created with, so this
 * parses objects from before and after 2025-03-31 ("Basil"), when the subscription moved to `parent`, the prices to `pricing`, and
 * the ids of the payment to Invoice Payments.
 */
import * as v from "valibot";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import { providerEvent } from "../../provider.ts";
import { planBetween, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, touchOrNote } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import { readClick, readCommissionable, readCustomer } from "../../reading/read-fields.ts";
import { readPaid } from "../../reading/stripe-units.ts";
import { readInvoiceDiscounts } from "./discount.ts";
import {
  eventInfoOf,
  eventWith,
  intervalOf,
  metadata,
  planOf,
  priced,
  productOf,
  reference,
  seconds,
  units,
} from "./fields.ts";

const taxList = v.nullish(v.array(v.object({ amount: units })));
const subscriptionDetails = v.nullish(v.object({ subscription: v.nullish(reference), metadata }));
const paymentNames = { payment_intent: v.nullish(reference), charge: v.nullish(reference) };
const payment = v.object(paymentNames);

const line = v.object({
  amount: units,
  metadata,
  period: v.nullish(v.object({ start: seconds, end: seconds })),
  proration: v.nullish(v.boolean()),
  parent: v.nullish(
    v.object({ subscription_item_details: v.nullish(v.object({ proration: v.nullish(v.boolean()) })) }),
  ),
  pricing: v.nullish(
    v.object({ price_details: v.nullish(v.object({ price: v.nullish(reference), product: v.nullish(reference) })) }),
  ),
  ...priced,
});

const invoicePaid = eventWith(
  v.object({
    id: reference,
    currency: anyCaseCurrency,
    total: units,
    total_excluding_tax: v.nullish(units),
    tax: v.nullish(units),
    total_taxes: taxList,
    total_tax_amounts: taxList,
    shipping_cost: v.nullish(v.object({ amount_total: units, amount_tax: units })),
    amount_paid: minorUnits,
    amount_due: v.nullish(minorUnits),
    paid_out_of_band: v.nullish(v.boolean()),
    customer: v.nullish(reference),
    customer_email: v.nullish(v.unknown()),
    metadata,
    discount: v.optional(v.unknown()),
    discounts: v.optional(v.unknown()),
    status_transitions: v.nullish(v.object({ paid_at: v.nullish(seconds) })),
    lines: v.object({ data: v.array(line) }),
    parent: v.nullish(v.object({ subscription_details: subscriptionDetails })),
    payments: v.nullish(v.object({ data: v.array(v.object({ payment: v.nullish(payment) })) })),
    subscription: v.nullish(reference),
    subscription_details: subscriptionDetails,
    ...paymentNames,
  }),
);

const invoicePaymentPaid = eventWith(v.object({ invoice: reference, payment }));

type Invoice = v.InferOutput<typeof invoicePaid>["data"]["object"];
type PaymentNames = v.InferOutput<typeof payment>;

/**
 * `invoice.paid`: first payments, renewals, charged plan changes, and invoices without a subscription. The click and the coupon of
 * a free invoice count for a later payment.
 */
export function readInvoicePaid(json: unknown): ParsedEvents {
  const event = parseFields(invoicePaid, json);
  const invoice = event.data.object;
  const { currency, total } = invoice;
  const paid = paidFor(invoice);
  const item = invoice.lines.data.find(({ amount }) => amount > 0);
  const subscription = invoice.parent?.subscription_details?.subscription ?? invoice.subscription ?? null;
  const { coupons, ...lookup } = readInvoiceDiscounts(invoice);
  const known = {
    ...eventInfoOf(event),
    occurred_at: invoice.status_transitions?.paid_at ?? event.created,
    customer: readCustomer(invoice.customer ?? null, invoice.customer_email),
    click:
      bagsOf(invoice)
        .map(readClick)
        .find((click) => click !== null) ?? null,
    ...(coupons.length > 0 && { coupons }),
    subscription: subscription === null ? null : { id: subscription, interval: intervalOf(item) },
  };
  if (paid === 0 || total <= 0) {
    return touchOrNote({ ...known, ...lookup }, "Nothing was paid. The invoice is free, or a credit covered it.");
  }
  const money = readPaid({ net: netOf(invoice), total, paid }, currency, "data.object.amount_paid");
  if (money.amount === 0) return touchOrNote({ ...known, ...lookup }, "Only tax and shipping were paid.");
  const product = item?.pricing?.price_details?.product ?? productOf(item);
  const plan = subscription === null ? null : planOn(invoice);
  const price = item?.pricing?.price_details?.price;
  const isPriceNeeded = price && (product === null || (subscription !== null && plan === null));
  const missing = { ...lookup.missing, ...(isPriceNeeded && { price }) };
  return [
    providerEvent({
      ...known,
      type: "sale",
      payment: invoice.id,
      aliases: listNames([invoice, ...(invoice.payments?.data ?? []).map(({ payment }) => payment)]),
      ...money,
      currency,
      ...readCommissionable(...bagsOf(invoice)),
      product,
      ...withPlan(plan, intervalOf(item)),
      ...(Object.keys(missing).length > 0 && { missing }),
    }),
  ];
}

/**
 * From the price of a line, or from the line's period if the invoice doesn't contain the price. A proration covers only the rest
 * of a period.
 */
function planOn({ lines }: Invoice): BillingPlan | null {
  const whole = lines.data.find(
    ({ amount, proration, parent }) =>
      amount > 0 && proration !== true && parent?.subscription_item_details?.proration !== true,
  );
  const { period } = whole ?? {};
  return planOf(whole) ?? (period ? planBetween(period.start, period.end) : null);
}

/** `invoice_payment.paid`: since Basil, the only event that says which payment intent paid which invoice. */
export function readInvoicePaymentPaid(json: unknown): ParsedEvents {
  const event = parseFields(invoicePaymentPaid, json);
  const { invoice, payment } = event.data.object;
  const aliases = listNames([payment]);
  if (aliases.length === 0) return "The invoice was paid outside Stripe.";
  return [
    providerEvent({ ...eventInfoOf(event), type: "alias", occurred_at: event.created, payment: invoice, aliases }),
  ];
}

/**
 * What was paid, also outside Stripe. Since Basil, `amount_paid` "reflects out of band payments" (changelog, "Adds support for
 * multiple (partial) payments on invoices"); before, it is 0 for an invoice that was marked as paid.
 */
function paidFor({ amount_paid, amount_due, paid_out_of_band }: Invoice): number {
  return paid_out_of_band ? Math.max(amount_paid, amount_due ?? 0) : amount_paid;
}

/** The total without tax and shipping, whether or not the prices include tax. */
function netOf(invoice: Invoice): number {
  const { total, total_excluding_tax, tax, total_taxes, total_tax_amounts, shipping_cost } = invoice;
  const sum = (total_taxes ?? total_tax_amounts ?? []).reduce((rest, { amount }) => rest + amount, 0);
  const shipping = shipping_cost ? shipping_cost.amount_total - shipping_cost.amount_tax : 0;
  return (total_excluding_tax ?? total - (tax ?? sum)) - shipping;
}

/** The invoice's own metadata, or the subscription's, which older API versions only repeat in the lines. */
function bagsOf({ metadata, parent, subscription_details, lines }: Invoice): unknown[] {
  const ofSubscription = [parent?.subscription_details?.metadata, subscription_details?.metadata];
  return [metadata, ...ofSubscription, ...lines.data.map((line) => line.metadata)];
}

function listNames(payments: readonly (PaymentNames | null | undefined)[]): string[] {
  const names = payments.flatMap((payment) => [payment?.payment_intent, payment?.charge]);
  return [...new Set(names.filter((name) => typeof name === "string"))];
}
