/** Stripe's payments without an invoice: from Checkout, and from payment intents that merchants create themselves. */
import * as v from "valibot";
import { portionOf } from "../../../lib/money.ts";
import { minorUnits, parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { anyCaseCurrency } from "../../reading/provider-fields.ts";
import {
  findClick,
  invalidField,
  readClick,
  readCommissionable,
  readCustomer,
  readPayer,
} from "../../reading/read-fields.ts";
import { readPaid, readUnits } from "../../reading/stripe-units.ts";
import { readDiscounts } from "./discount.ts";
import { eventInfoOf, eventWith, metadata, reference, seconds } from "./fields.ts";

/** In the metadata of a payment intent: "1" if neither an invoice nor a checkout reports its sale. */
const SALE_FIELD = "lc_sale";

const session = eventWith(
  v.object({
    created: seconds,
    mode: v.string(),
    payment_status: v.string(),
    client_reference_id: v.nullish(v.string()),
    metadata,
    customer: v.nullish(reference),
    customer_details: v.nullish(v.object({ email: v.nullish(v.unknown()) })),
    invoice: v.nullish(reference),
    subscription: v.nullish(reference),
    payment_intent: v.nullish(reference),
    discounts: v.optional(v.unknown()),
    currency: v.nullish(anyCaseCurrency),
    amount_total: v.nullish(minorUnits),
    total_details: v.nullish(v.object({ amount_tax: v.nullish(minorUnits), amount_shipping: v.nullish(minorUnits) })),
    shipping_cost: v.nullish(v.object({ amount_total: minorUnits, amount_tax: minorUnits })),
    currency_conversion: v.nullish(v.object({ source_currency: anyCaseCurrency, amount_total: minorUnits })),
  }),
);

const paymentIntent = eventWith(
  v.object({
    id: reference,
    amount: minorUnits,
    amount_received: minorUnits,
    currency: anyCaseCurrency,
    customer: v.nullish(reference),
    receipt_email: v.nullish(v.unknown()),
    metadata,
    invoice: v.nullish(reference),
    latest_charge: v.nullish(reference),
    charges: v.optional(v.unknown()),
    payment_details: v.nullish(v.object({ order_reference: v.nullish(v.string()) })),
    amount_details: v.nullish(
      v.object({
        tax: v.nullish(v.object({ total_tax_amount: v.nullish(minorUnits) })),
        shipping: v.nullish(v.object({ amount: v.nullish(minorUnits) })),
      }),
    ),
  }),
);

/** Payment intents contained their charges before API version 2022-11-15. Newer ones don't contain the means of payment. */
const cardCharges = v.object({
  data: v.array(v.object({ payment_method_details: v.object({ card: v.object({ fingerprint: v.string() }) }) })),
});

type Session = v.InferOutput<typeof session>["data"]["object"];

/**
 * `checkout.session.completed` and `checkout.session.async_payment_succeeded`. A checkout is a sale only if it was paid and has no
 * invoice. Otherwise it adds the click and the coupon, and the invoice's payment intent if it contains one.
 */
export function readCheckout(json: unknown): ParsedEvents {
  const event = parseFields(session, json);
  const checkout = event.data.object;
  const { mode, payment_status, invoice, payment_intent, customer, customer_details } = checkout;
  const click = readClick(checkout.metadata) ?? findClick(checkout.client_reference_id);
  const names = [invoice, payment_intent].filter((name) => typeof name === "string");
  const known = {
    ...eventInfoOf(event),
    customer: readCustomer(customer ?? null, customer_details?.email),
    click,
    ...readDiscounts(checkout.discounts),
    payment: names[0] ?? null,
    aliases: names.slice(1),
    subscription: checkout.subscription ? { id: checkout.subscription, interval: null } : null,
  };
  const sale = mode === "payment" && payment_status === "paid" && !invoice ? sellSession(known, checkout) : null;
  if (sale !== null && typeof sale !== "string") return [{ ...sale, occurred_at: event.created }];
  // A free checkout has no payment. Its click and coupon may lead to a later one.
  const occurred_at = checkout.created;
  if (click !== null || known.coupon !== null) return [providerEvent({ ...known, type: "touch", occurred_at })];
  if (sale !== null) return sale;
  if (known.aliases.length === 0) return "The checkout has neither a click nor a coupon.";
  const { customer: _, ...link } = known;
  return [providerEvent({ ...link, type: "alias", occurred_at })];
}

/**
 * `payment_intent.succeeded`, if the metadata says that it is a sale, which merchants set in the payment intents that they create
 * themselves. Those of Checkout and invoices have the same click and don't always name their checkout or invoice, which reports
 * the sale.
 */
export function readPaymentIntent(json: unknown): ParsedEvents {
  const event = parseFields(paymentIntent, json);
  const payment = event.data.object;
  if (Object(payment.metadata)[SALE_FIELD] !== "1") {
    return `The sale is recorded from the invoice or the checkout. For your own payment intents, set metadata.${SALE_FIELD} to 1.`;
  }
  // Since Basil a payment intent doesn't name its invoice, but `order_reference` usually does.
  if (payment.invoice || /^(?:in|cs)_/.test(payment.payment_details?.order_reference ?? "")) {
    return "This payment is recorded from Checkout or an invoice.";
  }
  const { amount: total, amount_received: paid, amount_details, currency } = payment;
  if (paid === 0) return "Nothing was paid.";
  const net = total - (amount_details?.tax?.total_tax_amount ?? 0) - (amount_details?.shipping?.amount ?? 0);
  const money = readPaid({ net, total, paid }, currency, "data.object.amount_received");
  if (money.amount === 0) return "Only tax and shipping were paid.";
  return [
    providerEvent({
      ...eventInfoOf(event),
      type: "sale",
      occurred_at: event.created,
      customer: readCustomer(payment.customer ?? null, payment.receipt_email),
      ...payerOf(payment.charges),
      click: readClick(payment.metadata),
      payment: payment.id,
      aliases: payment.latest_charge ? [payment.latest_charge] : [],
      ...money,
      currency,
      ...readCommissionable(payment.metadata),
    }),
  ];
}

function payerOf(charges: unknown): Pick<ProviderEvent, "payer"> {
  const read = v.safeParse(cardCharges, charges);
  return readPayer(read.success ? read.output.data[0]?.payment_method_details.card.fingerprint : null);
}

/** The amount is net of tax and shipping, whether or not the prices include tax. `amount_tax` includes the tax on shipping. */
function sellSession(known: Pick<ProviderEvent, "id" | "payment">, checkout: Session): ProviderEvent | string {
  const { amount_total: total, currency, total_details, shipping_cost } = checkout;
  if (typeof total !== "number") throw invalidField("data.object.amount_total", "is missing");
  if (total === 0) return "Nothing was paid.";
  if (!currency) throw invalidField("data.object.currency", "is missing");
  if (known.payment === null) throw invalidField("data.object.payment_intent", "is missing");
  const shipping = shipping_cost
    ? shipping_cost.amount_total - shipping_cost.amount_tax
    : (total_details?.amount_shipping ?? 0);
  const net = total - (total_details?.amount_tax ?? 0) - shipping;
  // With adaptive pricing before 2025-03-31, the session is in the customer's currency, and this is the merchant's.
  const source = checkout.currency_conversion;
  const money =
    source && source.amount_total > 0
      ? convert({ net, total }, source)
      : { ...readPaid({ net, total, paid: total }, currency, "data.object.amount_total"), currency };
  if (money.amount === 0) return "Only tax and shipping were paid.";
  return providerEvent({
    ...known,
    type: "sale",
    occurred_at: null,
    ...money,
    ...readCommissionable(checkout.metadata),
  });
}

/** The payment in the merchant's currency, of which the base is the same share. */
function convert({ net, total }: { net: number; total: number }, source: NonNullable<Session["currency_conversion"]>) {
  const { source_currency: currency, amount_total } = source;
  if (net < 0) throw invalidField("data.object.amount_total", "is less than its tax and shipping");
  const gross = readUnits(amount_total, currency, "data.object.currency_conversion.amount_total");
  return { amount: portionOf(net, gross, total), gross, currency };
}
