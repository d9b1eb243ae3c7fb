/**
 * FastSpring. Sources: its pages "Webhooks Overview", "Message Security", and those of the events that are read; the sample
 * payloads of its documentation and of the tests of public integrations.
 */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_HOUR, MS_PER_MINUTE } from "../../../lib/time.ts";
import { parseFields } from "../../../lib/validation.ts";
import { type Provider, type ProviderEvent, providerEvent } from "../../provider.ts";
import { acknowledgeUnfinished } from "../../provider-answers.ts";
import { withPlan } from "../../reading/billing-plan.ts";
import { type ParsedEvents, toReading, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  anyMilliseconds,
  decimal,
  lenient,
  providerId,
  readPaidDecimal,
  readRest,
} from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCoupons, readJsonBody } from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromBase64 } from "../../signatures/signature.ts";
import {
  account,
  billed,
  customer,
  customerOf,
  event,
  eventWith,
  isTest,
  pathOf,
  planOf,
  product,
  subscription,
} from "./fields.ts";

/**
 * What belongs to another event of the same checkout is dated this long before, so that it applies to it: a subscription's plan
 * to the first payment, a free order's click to the trial.
 */
const BEFORE_EVENT_MS = 10 * MS_PER_MINUTE;
/** A trial ends at most this long before the day of its first payment. */
const TRIAL_TOLERANCE_MS = 12 * MS_PER_HOUR;

const envelope = v.object({ events: v.array(event) });

const order = {
  id: providerId,
  changed: anyMilliseconds,
  currency: anyCaseCurrency,
  total: decimal,
  tax: v.nullish(decimal),
  account,
  customer,
  tags: v.nullish(v.unknown()),
  coupons: lenient(v.array(v.unknown())),
  items: lenient(v.array(v.object({ product, subscription, coupon: v.nullish(v.unknown()) }))),
};

const orderEvent = eventWith(order);
type Order = v.InferOutput<typeof orderEvent>["data"];

const charge = eventWith({
  order: v.union([v.string(), v.object(order)]),
  status: lenient(v.string()),
  timestamp: anyMilliseconds,
  account,
  subscription,
});

const activation = eventWith({
  id: providerId,
  changed: anyMilliseconds,
  nextChargeDate: anyMilliseconds,
  account,
  product,
  ...billed,
});

const deactivation = eventWith({ id: providerId, changed: anyMilliseconds, account });

const refund = eventWith({
  return: providerId,
  completed: lenient(v.boolean()),
  changed: anyMilliseconds,
  currency: anyCaseCurrency,
  totalReturn: decimal,
  account,
  customer,
  original: v.object({ id: providerId }),
});

export const fastspring: Provider = {
  source: "fastspring",

  ids: "provider",

  // The "HMAC SHA256 Secret" that the merchant sets for the webhook.
  secret: { made_by: "us", make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }) },

  headers: [],

  verify: (request, secrets) => verifyBodySignature(request, secrets, { header: "X-FS-Signature", decode: fromBase64 }),

  parse({ body }) {
    const json = readJsonBody(body);
    const { events } = parseFields(envelope, json);
    const bodies = (json as { events: unknown[] }).events;
    const type = [...new Set(events.map((one) => one.type))].join(", ");
    const event_id = events.length === 1 ? (events[0]?.id ?? null) : null;
    const found = events.map((one, at) => attempt(() => READERS.get(one.type)?.(bodies[at])));
    const fault = found.find((one) => one instanceof Problem);
    const read = joined(found.flatMap((one) => (one instanceof Problem ? [] : [one])));
    const reading = toReading({ type, event_id }, () => {
      if (fault !== undefined && !Array.isArray(read)) throw fault;
      return read;
    });
    return { ...reading, ...(fault !== undefined && { fault }) };
  },

  // "200" marks all events of a request as processed; "202" only those that its body names.
  answer: acknowledgeUnfinished,
};

const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["order.completed", readOrder],
  ["subscription.charge.completed", readCharge],
  ["subscription.activated", readActivation],
  ["subscription.canceled", () => "The subscription is active until subscription.deactivated."],
  ["subscription.deactivated", readDeactivation],
  ["return.created", readReturn],
]);

/** What was read, or why it can't be: an event that can't be read must not keep another one's sale from being recorded. */
function attempt(read: () => ParsedEvents): ParsedEvents | Problem {
  try {
    return read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

/** All events of a request, or why there are none. */
function joined(found: ParsedEvents[]): ParsedEvents {
  const events = found.flatMap((one) => (Array.isArray(one) ? one : []));
  const notes = [...new Set(found.filter((one) => typeof one === "string"))];
  if (events.length > 0) return events;
  return notes.length === 0 ? undefined : notes.join(" ");
}

/** A new order: a purchase, or the first payment of a subscription. */
function readOrder(json: unknown): ParsedEvents {
  const { data, ...envelope } = parseFields(orderEvent, json);
  const known = { id: envelope.id, test: isTest(envelope), occurred_at: data.changed ?? envelope.created };
  const subscribed = data.items?.map((item) => item.subscription).find((one) => one?.id) ?? null;
  return saleOf({ ...known, customer: customerOf(data) }, data, subscribed, "data");
}

/** A renewal, or a payment for a change of the subscription. Only with webhook expansion it contains its order. */
function readCharge(json: unknown): ParsedEvents {
  const { data, ...envelope } = parseFields(charge, json);
  if (data.status !== null && data.status !== "successful") return `The charge is ${data.status}.`;
  if (typeof data.order === "string") return "Turn on webhook expansion in FastSpring: the charge has no order.";
  const known = {
    id: envelope.id,
    test: isTest(envelope),
    occurred_at: data.timestamp ?? envelope.created,
    customer: customerOf({ account: data.account ?? data.order.account, customer: data.order.customer }),
  };
  return saleOf(known, data.order, data.subscription, "data.order");
}

/** The sale of an order, or only its click and coupons if nothing was paid. The total includes the tax. */
function saleOf(
  about: Pick<ProviderEvent, "id" | "test" | "occurred_at" | "customer">,
  data: Order,
  subscribed: v.InferOutput<typeof subscription>,
  path: string,
): ParsedEvents {
  const { currency, total, tax } = data;
  const gross = readPaidDecimal(total, currency, `${path}.total`);
  const amount = readRest({ total, tax: tax ?? "0" }, "total", ["tax"], currency);
  if (amount < 0) throw invalidField(`${path}.tax`, "must not be more than the total");
  const billing = subscribed !== null && "state" in subscribed ? subscribed : null;
  const plan = billing === null ? null : planOf(billing);
  const interval = plan?.interval ?? null;
  const known = {
    ...about,
    click: readClick(data.tags),
    ...readCoupons([...(data.coupons ?? []), ...(data.items ?? []).map((item) => item.coupon)]),
    subscription: subscribed?.id ? { id: subscribed.id, interval } : null,
  };
  if (amount === 0) {
    const occurred_at = about.occurred_at === null ? null : about.occurred_at - BEFORE_EVENT_MS;
    return touchOrNote({ ...known, occurred_at }, "Nothing was paid, or only tax.");
  }
  const isTrial = billing?.state === "trial";
  return [
    providerEvent({
      ...known,
      ...readCommissionable(data.tags),
      type: "sale",
      payment: data.id,
      amount,
      gross,
      currency,
      product: pathOf(billing?.product) ?? pathOf(data.items?.[0]?.product),
      ...(known.subscription !== null && isTrial && { subscription: { ...known.subscription, starts_trial: true } }),
      ...withPlan(plan, interval),
    }),
  ];
}

/** The start of a subscription: its trial, or its product and interval. Its first payment is an order. */
function readActivation(json: unknown): ParsedEvents {
  const { data, ...envelope } = parseFields(activation, json);
  const at = data.changed ?? envelope.created;
  const plan = planOf(data);
  const interval = plan?.interval ?? null;
  const known = {
    id: envelope.id,
    test: isTest(envelope),
    customer: customerOf(data),
    product: pathOf(data.product),
  };
  if (data.state === "trial") {
    const trial_ends_at = data.nextChargeDate === null ? null : data.nextChargeDate - TRIAL_TOLERANCE_MS;
    return [
      providerEvent({
        ...known,
        type: "trial",
        occurred_at: at,
        subscription: { id: data.id, interval, ...(trial_ends_at !== null && { trial_ends_at }) },
        ...withPlan(plan, interval),
      }),
    ];
  }
  if (plan === null) return "The subscription's interval is not known.";
  return [
    providerEvent({
      ...known,
      type: "touch",
      occurred_at: at === null ? null : at - BEFORE_EVENT_MS,
      subscription: { id: data.id, interval: null },
      plan,
    }),
  ];
}

/** The end of a subscription's last period. */
function readDeactivation(json: unknown): ParsedEvents {
  const { data, ...envelope } = parseFields(deactivation, json);
  return [
    providerEvent({
      id: envelope.id,
      test: isTest(envelope),
      type: "cancellation",
      occurred_at: data.changed ?? envelope.created,
      customer: customerOf(data),
      subscription: { id: data.id, interval: null },
    }),
  ];
}

/** A refund of an order or a part of it. */
function readReturn(json: unknown): ParsedEvents {
  const { data, ...envelope } = parseFields(refund, json);
  if (data.completed === false) return "The return is not processed yet, or failed.";
  const gross = readPaidDecimal(data.totalReturn, data.currency, "data.totalReturn");
  if (gross === 0) return "Nothing was refunded.";
  return [
    providerEvent({
      id: envelope.id,
      test: isTest(envelope),
      type: "refund",
      occurred_at: data.changed ?? envelope.created,
      customer: customerOf(data),
      payment: data.original.id,
      refund: data.return,
      gross,
      currency: data.currency,
    }),
  ];
}
