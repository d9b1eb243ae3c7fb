/**
 * Stripe. Sources: its pages "Receive Stripe events in your webhook endpoint" and "Types of events", and the Checkout Session,
 * Invoice, Payment Intent, Subscription, Refund and Dispute objects of its API. The invoice's id is the payment's id; without an
 * invoice, the payment intent's is.
 */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, providerEvent } from "../../provider.ts";
import { withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { invalidField, readClick, readJsonBody } from "../../reading/read-fields.ts";
import { type TimedSignature, verifyTimedSignature } from "../../signatures/timed-signature.ts";
import { readDiscount } from "./discount.ts";
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
} from "./fields.ts";
import { readInvoicePaid, readInvoicePaymentPaid } from "./invoice.ts";
import { checkApiKey, lookUpAtStripe } from "./lookup.ts";
import { readCheckout, readPaymentIntent } from "./payment.ts";
import { readDispute, readRefund } from "./reversal.ts";
import { signStripeSample } from "./sample.ts";

/** Of snapshot and thin payloads. */
const envelope = v.object({ type: v.string(), id: v.nullish(v.string()), object: v.nullish(v.string()) });

/** "Event Destination event types". */
const THIN_PING = "v2.core.event_destination.ping";

const THIN_EVENT =
  "This is a thin event, which doesn't contain the payment. In the Stripe Dashboard, open Workbench > Webhooks, and create the destination again with the payload style Snapshot.";

/** The statuses of a subscription that is paid for, or will be. */
const RUNNING: ReadonlySet<string> = new Set(["trialing", "active", "past_due", "incomplete"]);

const SIGNATURE: TimedSignature = {
  header: "Stripe-Signature",
  separator: ",",
  time: "t",
  scheme: "v1",
  joint: ".",
  // The tolerance of Stripe's own libraries, which only check the past.
  tolerance_seconds: 300,
};

const subscription = eventWith(
  v.object({
    id: reference,
    status: v.string(),
    customer: reference,
    created: seconds,
    trial_start: v.nullish(seconds),
    latest_invoice: v.nullish(reference),
    ended_at: v.nullish(seconds),
    metadata,
    items: v.object({ data: v.array(v.object(priced)) }),
  }),
);

export const stripe: Provider = {
  source: "stripe",

  ids: "provider",

  secret: {
    made_by: "provider",
    check: (text) => {
      if (/^whsec_\S+$/.test(text)) return;
      throw invalidField("secret", "must be the signing secret that Stripe shows with the endpoint, whsec_…");
    },
  },

  look_up: { check: checkApiKey, run: lookUpAtStripe },

  headers: [],

  verify: (request, secrets, { now }) => verifyTimedSignature(request, secrets, now, SIGNATURE),

  sample: { marks_test: true, sign: (sale, secret) => signStripeSample(sale, secret, SIGNATURE) },

  parse({ body }) {
    const json = readJsonBody(body);
    const { type, id, object } = parseFields(envelope, json);
    const isThin = object === "v2.core.event";
    // Stripe's test of a destination is always thin.
    if (isThin && type !== THIN_PING) throw new Problem(422, "thin_event", THIN_EVENT);
    return toReading({ type, event_id: id ?? null }, () => READERS.get(type)?.(json));
  },
};

const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["checkout.session.completed", readCheckout],
  ["checkout.session.async_payment_succeeded", readCheckout],
  ["payment_intent.succeeded", readPaymentIntent],
  ["invoice.paid", readInvoicePaid],
  ["invoice_payment.paid", readInvoicePaymentPaid],
  ["invoice.payment_succeeded", () => "The payment is recorded from invoice.paid."],
  ["customer.discount.created", readDiscount],
  ["customer.discount.updated", readDiscount],
  ["customer.subscription.created", readSubscription],
  ["customer.subscription.updated", readChange],
  ["customer.subscription.deleted", readEnd],
  ["refund.created", readRefund],
  ["refund.updated", readRefund],
  ["charge.refund.updated", readRefund],
  [
    "charge.refunded",
    () => "This event does not identify the refund. Add refund.created and refund.updated to the webhook.",
  ],
  ["refund.failed", readRefund],
  ["charge.dispute.created", readDispute],
  ["charge.dispute.funds_withdrawn", readDispute],
  ["charge.dispute.funds_reinstated", readDispute],
  ["charge.dispute.closed", readDispute],
]);

/**
 * `customer.subscription.created`: a trial, or the plan of a subscription, whose payments `invoice.paid` reports. The first
 * invoice of a trial may charge for the trial or a setup, so it isn't a full payment.
 */
function readSubscription(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  const { id, status, customer, created, trial_start, latest_invoice, metadata: bag, items } = event.data.object;
  const [item] = items.data;
  if (status !== "trialing") return describe(event, created);
  const info = eventInfoOf(event);
  const common = { ...info, occurred_at: trial_start ?? created, customer: { id: customer, email: null } };
  const trial = { id, interval: intervalOf(item) };
  const invoiced = providerEvent({
    ...common,
    id: `${info.id}:invoice`,
    type: "touch",
    payment: latest_invoice ?? null,
    subscription: { ...trial, starts_trial: true },
  });
  return [
    providerEvent({
      ...common,
      type: "trial",
      click: readClick(bag),
      product: productOf(item),
      subscription: trial,
      ...withPlan(planOf(item), intervalOf(item)),
    }),
    ...(latest_invoice ? [invoiced] : []),
  ];
}

/** `customer.subscription.updated`: the plan from then on, such as when a trial changes from monthly to yearly. */
function readChange(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  return describe(event, event.created);
}

function describe(event: v.InferOutput<typeof subscription>, occurred_at: number): ParsedEvents {
  const { id, status, customer, items } = event.data.object;
  const [item] = items.data;
  const plan = planOf(item);
  if (!RUNNING.has(status) || plan === null)
    return `The subscription is ${status}. Its payments are recorded from invoice.paid.`;
  return [
    providerEvent({
      ...eventInfoOf(event),
      type: "touch",
      occurred_at,
      customer: { id: customer, email: null },
      product: productOf(item),
      subscription: { id, interval: null },
      plan,
    }),
  ];
}

/** Stripe sends `customer.subscription.deleted` when the subscription ends, not when its end is requested. */
function readEnd(json: unknown): ParsedEvents {
  const event = parseFields(subscription, json);
  const { id, customer, ended_at } = event.data.object;
  return [
    providerEvent({
      ...eventInfoOf(event),
      type: "cancellation",
      occurred_at: ended_at ?? event.created,
      customer: { id: customer, email: null },
      subscription: { id, interval: null },
    }),
  ];
}
