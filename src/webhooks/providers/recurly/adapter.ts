/**
 * Recurly. Sources: its pages "Signature verification", "Charge invoice notifications", "Credit invoice notifications" and
 * "Subscription notifications", and the Invoice and Subscription objects of its API v2021-02-25. A webhook in JSON contains only
 * ids; the objects are fetched with the API key of the endpoint.
 */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { planBetween, withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  anyTime,
  decimal,
  lenient,
  providerId,
  readDecimal,
  readPaidDecimal,
  readRest,
} from "../../reading/provider-fields.ts";
import {
  invalidField,
  readClick,
  readCommissionable,
  readCoupons,
  readCustomer,
  readId,
  readJsonBody,
} from "../../reading/read-fields.ts";
import { checkKey, completeHook, hook } from "./fetch-objects.ts";
import { verifyRecurly } from "./signature.ts";

/** The origins of a credit invoice that refunds a purchase. */
const REFUNDS: ReadonlySet<string> = new Set([
  "refund",
  "line_item_refund",
  "open_amount_refund",
  "external_refund",
  "termination",
]);

const account = lenient(
  v.object({ id: v.nullish(v.unknown()), code: v.nullish(v.unknown()), email: v.nullish(v.unknown()) }),
);
const redemptions = lenient(v.array(v.object({ coupon: lenient(v.object({ code: v.nullish(v.unknown()) })) })));

const subscription = v.object({
  id: providerId,
  account,
  plan: lenient(v.object({ code: lenient(providerId) })),
  current_period_started_at: anyTime,
  current_period_ends_at: anyTime,
  trial_started_at: anyTime,
  trial_ends_at: anyTime,
  created_at: anyTime,
  coupon_redemptions: redemptions,
  custom_fields: v.nullish(v.unknown()),
});
type Subscription = v.InferOutput<typeof subscription>;

const purchase = v.object({
  id: providerId,
  account,
  currency: anyCaseCurrency,
  total: decimal,
  tax: v.nullish(decimal, "0"),
  closed_at: anyTime,
  credit_payments: lenient(
    v.array(v.object({ action: v.string(), amount: decimal, voided_at: v.nullish(v.unknown()) })),
  ),
  line_items: lenient(
    v.array(
      v.object({ plan_code: lenient(providerId), item_code: lenient(providerId), product_code: lenient(providerId) }),
    ),
  ),
  coupon_redemptions: redemptions,
  custom_fields: v.nullish(v.unknown()),
});

const credit = v.object({
  id: providerId,
  account,
  origin: lenient(v.string()),
  currency: anyCaseCurrency,
  total: decimal,
  created_at: anyTime,
  previous_invoice_id: lenient(providerId),
});

type Hook = v.InferOutput<typeof hook>;
/** What the events of one webhook share. */
type About = Pick<ProviderEvent, "id"> & { at: number | null };

export const recurly: Provider = {
  source: "recurly",

  ids: "provider",

  secret: {
    made_by: "provider",
    check(text) {
      if (/^[A-Za-z0-9_-]{20,200}$/.test(text)) return;
      throw invalidField("secret", "must be the secret key that Recurly shows with the webhook endpoint");
    },
  },

  headers: [],

  verify: (request, secrets, { now }) => verifyRecurly(request, secrets, now),

  look_up: { check: checkKey, complete: completeHook },

  parse({ body }) {
    const json = readJsonBody(body);
    const found = parseFields(hook, json);
    const type = `${found.object_type}.${found.event_type}`;
    const id = idOf(found);
    return toReading({ type, event_id: id }, () => READERS.get(type)?.(json, { id, at: timeOf(found) }, found));
  },
};

const READERS: ReadonlyMap<string, (json: unknown, about: About, found: Hook) => ParsedEvents> = new Map<
  string,
  (json: unknown, about: About, found: Hook) => ParsedEvents
>([
  ["charge_invoice.paid", readPaid],
  ["credit_invoice.created", readCredit],
  ["credit_invoice.voided", readCredit],
  ["subscription.created", readStart],
  ["subscription.canceled", () => "The subscription runs until it expires."],
  ["subscription.expired", readEnd],
]);

/** A webhook has no id of its own. */
function idOf({ id, object_type, event_type, event_time }: Hook): string {
  return `${object_type}:${id}:${event_type}:${typeof event_time === "string" ? event_time.slice(0, 40) : ""}`;
}

function timeOf({ event_time }: Hook): number | null {
  return v.parse(anyTime, event_time);
}

/**
 * A paid invoice. The part that credit pays for isn't paid again: the base is the same share of the total without tax as the
 * rest is of the total.
 */
function readPaid(json: unknown, { id, at }: About): ParsedEvents {
  const { invoice, ...rest } = parseFields(
    v.object({ invoice: purchase, subscription: v.nullish(subscription) }),
    json,
  );
  const subscribed = rest.subscription ?? null;
  const { currency } = invoice;
  const gross = readPaidDecimal(invoice.total, currency, "invoice.total");
  const net = readRest({ total: invoice.total, tax: invoice.tax ?? "0" }, "total", ["tax"], currency);
  if (net < 0) throw invalidField("invoice.tax", "must not be more than the total");
  const paid = Math.max(0, gross - creditOf(invoice));
  const plan = planOf(subscribed);
  const interval = plan?.interval ?? null;
  const known = {
    id,
    occurred_at: invoice.closed_at ?? at,
    customer: customerOf(invoice.account ?? subscribed?.account ?? null),
    click: readClick(invoice.custom_fields) ?? readClick(subscribed?.custom_fields),
    ...readCoupons(codesOf(invoice.coupon_redemptions ?? subscribed?.coupon_redemptions ?? null)),
    subscription: subscribed === null ? null : { id: subscribed.id, interval },
  };
  const amount = gross === 0 ? 0 : Math.round((net * paid) / gross);
  if (amount === 0) return touchOrNote(known, "Nothing was paid, or only tax.");
  const [item] = invoice.line_items ?? [];
  const isTrial = (subscribed?.trial_ends_at ?? 0) > (known.occurred_at ?? Number.POSITIVE_INFINITY);
  return [
    providerEvent({
      ...known,
      ...readCommissionable(invoice.custom_fields, subscribed?.custom_fields),
      type: "sale",
      payment: invoice.id,
      amount,
      gross,
      currency,
      product: subscribed?.plan?.code ?? item?.item_code ?? item?.product_code ?? item?.plan_code ?? null,
      ...(known.subscription !== null && isTrial && { subscription: { ...known.subscription, starts_trial: true } }),
      ...withPlan(plan, interval),
    }),
  ];
}

/** What earlier credit paid of an invoice. */
function creditOf({ credit_payments, currency }: v.InferOutput<typeof purchase>): number {
  const used = (credit_payments ?? []).filter(({ action, voided_at }) => action === "payment" && !voided_at);
  return used.reduce((sum, { amount }) => sum + readDecimal(amount, currency, "invoice.credit_payments.amount"), 0);
}

/** A credit invoice: a refund, if it belongs to a purchase. A voided one is paid back no more. */
function readCredit(json: unknown, { id, at }: About, { event_type }: Hook): ParsedEvents {
  const { invoice } = parseFields(v.object({ invoice: credit }), json);
  const { origin, previous_invoice_id: payment, currency } = invoice;
  if (origin === null || !REFUNDS.has(origin)) return "The credit is no refund.";
  if (payment === null) return "The refund does not name its purchase.";
  const gross = Math.abs(readDecimal(invoice.total, currency, "invoice.total"));
  if (gross === 0) return "Nothing was refunded.";
  const isVoided = event_type === "voided";
  return [
    providerEvent({
      id,
      type: isVoided ? "refund_failed" : "refund",
      occurred_at: isVoided ? at : (invoice.created_at ?? at),
      customer: customerOf(invoice.account),
      payment,
      refund: invoice.id,
      gross,
      currency,
    }),
  ];
}

/** The start of a subscription, if it starts with a trial. Its payments are invoices. */
function readStart(json: unknown, { id, at }: About): ParsedEvents {
  const { subscription: started } = parseFields(v.object({ subscription }), json);
  if (started.trial_ends_at === null) return "The payment is recorded from charge_invoice.paid.";
  return [
    providerEvent({
      id,
      type: "trial",
      occurred_at: started.trial_started_at ?? started.created_at ?? at,
      customer: customerOf(started.account),
      click: readClick(started.custom_fields),
      ...readCoupons(codesOf(started.coupon_redemptions)),
      product: started.plan?.code ?? null,
      subscription: { id: started.id, interval: null },
    }),
  ];
}

/** The end of a subscription, whose id the webhook contains. */
function readEnd(_: unknown, { id, at }: About, { id: expired }: Hook): ParsedEvents {
  return [providerEvent({ id, type: "cancellation", occurred_at: at, subscription: { id: expired, interval: null } })];
}

/** The account's code, which the merchant chose, and its email address. */
function customerOf(known: v.InferOutput<typeof account>): ProviderEvent["customer"] {
  return readCustomer(readId(known?.code) ?? readId(known?.id), known?.email);
}

function codesOf(known: v.InferOutput<typeof redemptions>): unknown[] {
  return (known ?? []).map(({ coupon }) => coupon?.code);
}

/** The period that is paid for; null in a trial, whose period is another. */
function planOf(known: Subscription | null) {
  const { current_period_started_at: start, current_period_ends_at: end, trial_ends_at } = known ?? {};
  if (!start || !end || end === trial_ends_at) return null;
  return planBetween(start, end);
}
