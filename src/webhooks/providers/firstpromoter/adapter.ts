/**
 * A tracking API that is compatible with FirstPromoter's, so that a backend that calls it only has to change the host and the
 * key. Sources: FirstPromoter's API reference v2, "Tracking API" (signup, sale, refund, cancellation: JSON, `Authorization:
 * Bearer`), and v1 (the same calls with form or query parameters and `x-api-key`). We add `lc_click`, `subscription_id` and
 * `occurred_at`.
 */

import * as v from "valibot";
import { minorDigitsOf, rescale } from "../../../lib/currency.ts";
import { Problem } from "../../../lib/problem.ts";
import { MS_PER_DAY } from "../../../lib/time.ts";
import { currencyCode, instant, parseFields } from "../../../lib/validation.ts";
import { EMAIL_PLACE, type Provider, type ProviderEvent, providerEvent, type Reading } from "../../provider.ts";
import { readContent } from "../../reading/parsed-events.ts";
import {
  CLICK_FIELD,
  invalidField,
  NO_COMMISSION_FIELD,
  readClick,
  readCommissionable,
  readCustomer,
} from "../../reading/read-fields.ts";
import { type Parameters, readIdName, readName, readParameter, readParameters } from "../../reading/read-parameters.ts";
import { isOneOf } from "../../signatures/signature.ts";
import { answerTracking } from "./answer.ts";

/** Amounts are in hundredths, even in three-decimal currencies; in zero-decimal currencies they are whole units. */
const CENT_DIGITS = 2;

export const firstpromoter = {
  source: "firstpromoter",

  ids: "merchant",

  secret: {
    made_by: "us",
    make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }),
    show: (endpoint, secret) => `${endpoint}.${secret}`,
  },

  address: () => "/api/v2/track",

  headers: [],

  verify({ headers }, secrets) {
    const key = readTrackingKey(headers);
    if (key === null) return new Problem(401, "signature_missing", "Authorization: Bearer <key> is required.");
    return isOneOf(key.secret, secrets)
      ? null
      : new Problem(401, "signature_invalid", "The key is not this endpoint's key.");
  },

  parse(request, program?: { currency: string }) {
    const parameters = readParameters(request);
    const currency = program?.currency ?? null;
    const { path } = request;
    return readContent({ type: path, event_id: null }, () => readCall(path, parameters, currency));
  },

  answer: answerTracking,
} satisfies Provider;

function readCall(path: string, parameters: Parameters, currency: string | null): Reading {
  switch (path) {
    case "signup":
      return one("signup", readSignup(parameters));
    case "sale":
      return readSale(parameters, currency);
    case "refund":
      return one("refund", readRefund(parameters, currency));
    case "cancellation":
      return one("cancellation", readCancellation(parameters));
    default:
      throw new Problem(422, "invalid_path", "The path must be signup, sale, refund or cancellation.");
  }
}

/**
 * The endpoint and the secret from the key `<endpoint>.<secret>`, in `Authorization: Bearer` or v1's `x-api-key`; null if there is
 * no key in this format.
 */
export function readTrackingKey(headers: Headers): { endpoint: string; secret: string } | null {
  const bearer = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "")?.[1];
  const key = /^([^.\s]+)\.(\S+)$/.exec(bearer ?? headers.get("x-api-key") ?? "");
  return key === null ? null : { endpoint: key[1] ?? "", secret: key[2] ?? "" };
}

function one(type: string, event: ProviderEvent): Reading {
  return { type, event_id: event.id, events: [event] };
}

function readSignup(parameters: Parameters): ProviderEvent {
  const person = readPerson(parameters);
  const { common } = person;
  const occurred_at = common.occurred_at ?? readSignupTime(readParameter(parameters, ["created_at"]));
  return providerEvent({
    ...common,
    occurred_at,
    ...readReferral(parameters),
    id: `lead:${person.name}`,
    type: "lead",
  });
}

function readSale(parameters: Parameters, currency: string | null): Reading {
  const { common } = readPerson(parameters);
  const payment = need("event_id", readIdName(parameters, ["event_id"]));
  const money = readMoney(parameters, currency);
  if (money.amount === 0) {
    return { type: "sale", event_id: `sale:${payment}`, events: [], ignored: "The amount is zero." };
  }
  if (money.amount < 0) throw invalidField("amount", "must not be negative; send refunds to /refund");
  const sale = {
    ...readReferral(parameters),
    ...readCommissionable({ [NO_COMMISSION_FIELD]: readParameter(parameters, [NO_COMMISSION_FIELD]) }),
    coupon: readName(parameters, ["promo_code"]),
    product: readName(parameters, ["plan"]),
  };
  return one("sale", providerEvent({ ...common, ...sale, ...money, id: `sale:${payment}`, type: "sale", payment }));
}

/** A refund must name its sale, because the commission to reverse depends on it. FirstPromoter makes that optional. */
function readRefund(parameters: Parameters, currency: string | null): ProviderEvent {
  const { common } = readPerson(parameters);
  const refund = need("event_id", readIdName(parameters, ["event_id"]));
  const payment = need("sale_event_id", readIdName(parameters, ["sale_event_id"]));
  const { amount, ...money } = readMoney(parameters, currency);
  // Some senders use a negative amount, as FirstPromoter's own responses do.
  const back = { amount: Math.abs(amount), ...money };
  return providerEvent({ ...common, ...back, id: `refund:${payment}:${refund}`, type: "refund", payment, refund });
}

/** FirstPromoter's call names only the customer, so a customer's cancellations without a time or an id are one event. */
function readCancellation(parameters: Parameters): ProviderEvent {
  const person = readPerson(parameters);
  const { subscription, occurred_at } = person.common;
  const which = readIdName(parameters, ["event_id"]) ?? occurred_at;
  const parts = ["cancellation", subscription?.id ?? person.name, ...(which === null ? [] : [which])];
  return providerEvent({ ...person.common, id: parts.join(":"), type: "cancellation" });
}

/** The customer of a call, and the fields of all calls. */
function readPerson(parameters: Parameters) {
  const id = readIdName(parameters, ["uid"]);
  const address = readParameter(parameters, ["email"]);
  const customer = readCustomer(id, address);
  const name = id ?? (customer.email === null ? null : EMAIL_PLACE);
  if (name === null) throw invalidField("email", "is missing or invalid: send a valid email or a uid");
  const subscription = readIdName(parameters, ["subscription_id"]);
  const common = {
    occurred_at: readTime("occurred_at", readParameter(parameters, ["occurred_at"])),
    customer,
    subscription: subscription === null ? null : { id: subscription, interval: null },
  };
  return { name, common };
}

/** Click tokens are longer than the values of FirstPromoter's cookie. */
const CLICK_TOKEN = /^[A-Za-z0-9_-]{60,200}$/;
const REF_ID_CHARACTERS = 200;

/**
 * The click token. It may also be sent as `tid`, which can still contain the value of FirstPromoter's own cookie. Without a token,
 * `ref_id` names the affiliate ("Required if tid is not provided"): by the username, or by the slug of a link.
 */
function readReferral(parameters: Parameters): Pick<ProviderEvent, "click" | "named"> {
  const ours = readParameter(parameters, [CLICK_FIELD]);
  const click = readClick({ [CLICK_FIELD]: ours ?? readParameter(parameters, ["tid"]) });
  const affiliate = readParameter(parameters, ["ref_id"]);
  const isNamed = affiliate !== null && affiliate.length <= REF_ID_CHARACTERS && !CLICK_TOKEN.test(click ?? "");
  return { click, ...(isNamed && { named: { affiliate, or_slug: true } }) };
}

function readMoney(parameters: Parameters, defaultCurrency: string | null): { amount: number; currency: string } {
  const stated = readParameter(parameters, ["currency"])?.toUpperCase() ?? defaultCurrency;
  const { currency } = parseFields(v.object({ currency: currencyCode }), { currency: need("currency", stated) });
  const cents = need("amount", readParameter(parameters, ["amount"]));
  const digits = minorDigitsOf(currency) === 0 ? 0 : CENT_DIGITS;
  const amount = /^-?\d{1,15}$/.test(cents) ? rescale(Number(cents), digits, currency) : null;
  if (amount === null) throw invalidField("amount", "must be an integer in cents");
  return { amount, currency };
}

/** "ISO date string of the date of the signup event". A day without a time means its end; until then, the current time is used. */
function readSignupTime(text: string | null): number | null {
  const isDay = text !== null && /^\d{4}-\d\d-\d\d$/.test(text);
  const time = readTime("created_at", isDay ? `${text}T00:00:00Z` : text);
  return isDay && time !== null ? time + MS_PER_DAY - 1 : time;
}

function readTime(field: string, text: string | null): number | null {
  return text === null ? null : (parseFields(v.object({ [field]: instant }), { [field]: text })[field] ?? null);
}

function need<T>(field: string, value: T | null): T {
  if (value === null) throw invalidField(field, "is missing");
  return value;
}
