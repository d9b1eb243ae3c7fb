/** The generic event, signed as the Standard Webhooks specification says (webhook-id, -timestamp, -signature). */
import { Webhook, WebhookVerificationError } from "standardwebhooks";
import * as v from "valibot";
import { Problem } from "../problem.ts";
import { currencyCode, instant, minorUnits, parseFields, shortText } from "../validation.ts";
import { EVENT_TYPES, type EventType, type ProviderEvent } from "./conversion-event.ts";
import type { Provider } from "./provider.ts";

/** The tolerance of the specification, on both sides. */
const TOLERANCE_SECONDS = 300;

const NEEDS_PAYMENT: ReadonlySet<EventType> = new Set(["sale", "refund", "chargeback", "chargeback_won"]);
/** A chargeback is won under the name that it was opened by. */
const NEEDS_REFUND: ReadonlySet<EventType> = new Set(["chargeback", "chargeback_won"]);

// Providers' events may carry more than we know: unknown fields are ignored.
const body = v.object({
  type: v.picklist(EVENT_TYPES),
  occurred_at: instant,
  customer: v.object({
    id: v.nullish(shortText),
    email: v.nullish(v.pipe(shortText, v.trim(), v.email("is not an e-mail address"))),
  }),
  // A token that is no token is evidence, not an error; only its length is bounded.
  click: v.nullish(v.pipe(v.string(), v.maxLength(2_000))),
  coupon: v.nullish(shortText),
  payment: v.nullish(shortText),
  refund: v.nullish(shortText),
  amount: v.nullish(minorUnits),
  currency: v.nullish(currencyCode),
  product: v.nullish(shortText),
  subscription: v.nullish(v.object({ id: shortText, interval: v.nullish(shortText) })),
});

export const standard: Provider = {
  source: "standard",

  makeSecret: (random) => `whsec_${random.toBase64()}`,

  verify({ body, headers }, secrets, now) {
    const signed = Object.fromEntries(
      ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, headers.get(name) ?? ""]),
    );
    if (Object.values(signed).includes("")) {
      return new Problem(401, "signature_missing", "webhook-id, webhook-timestamp and webhook-signature are required.");
    }
    const age = now / 1_000 - Number(signed["webhook-timestamp"]);
    if (!(Math.abs(age) <= TOLERANCE_SECONDS)) {
      return new Problem(
        401,
        "timestamp_out_of_range",
        `webhook-timestamp must be within ${TOLERANCE_SECONDS} s of now.`,
      );
    }
    const accepted = secrets.some((secret) => isSignedWith(secret, body, signed));
    return accepted
      ? null
      : new Problem(401, "signature_invalid", "No signature matches the body and this endpoint's secret.");
  },

  parse({ body: text, headers }) {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch {
      throw new Problem(422, "invalid_json", "The body is not JSON.");
    }
    const fields = parseFields(body, json);
    requireFields(fields);
    const id = headers.get("webhook-id") ?? "";
    return [eventOf(id, fields)];
  },
};

function isSignedWith(secret: string, body: string, headers: Record<string, string>): boolean {
  try {
    new Webhook(secret).verify(body, headers, { jsonParse: false });
    return true;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return false;
    throw error;
  }
}

function requireFields(fields: v.InferOutput<typeof body>): void {
  const missing = (field: string) =>
    new Problem(422, `invalid_${field.replaceAll(".", "_")}`, `${field} is missing.`, field);
  if (!fields.customer.id && !fields.customer.email) {
    throw new Problem(422, "invalid_customer", "customer needs an id or an email.", "customer");
  }
  if (!NEEDS_PAYMENT.has(fields.type)) return;
  if (!fields.payment) throw missing("payment");
  if (typeof fields.amount !== "number") throw missing("amount");
  if (!fields.currency) throw missing("currency");
  if (NEEDS_REFUND.has(fields.type) && !fields.refund) throw missing("refund");
}

function eventOf(id: string, fields: v.InferOutput<typeof body>): ProviderEvent {
  const { subscription } = fields;
  return {
    id,
    type: fields.type,
    occurred_at: fields.occurred_at,
    customer: { id: fields.customer.id ?? null, email: fields.customer.email ?? null },
    click: fields.click ?? null,
    coupon: fields.coupon ?? null,
    payment: fields.payment ?? null,
    refund: fields.refund ?? null,
    amount: fields.amount ?? null,
    currency: fields.currency ?? null,
    product: fields.product ?? null,
    subscription: subscription ? { id: subscription.id, interval: subscription.interval ?? null } : null,
  };
}
