/** The calls of sales and credits that the merchant decides by itself, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { count, object, oneOf, orNull, text } from "../../api/layout/reference/fields.ts";
import { DECISION_SCOPES } from "../../webhooks/conversion-event.ts";
import { newCredit } from "../manual/credit-api.ts";
import { newSale } from "../manual/sale-api.ts";
import { conversion, creditPreview } from "./schemas.ts";

const ID = "cv_0b7f3a52c19e4d868f3d5a1c9be27d40";

const REASON = "Why. Affiliates see it.";

const AFFILIATE_ERRORS = ["affiliate_not_approved", "affiliate_not_enrolled", "affiliate_not_found"];

const SALE_BODY = {
  schema: newSale,
  fields: {
    program: "The program's slug.",
    affiliate: "The username of the affiliate to credit.",
    customer: "The customer's id.",
    namespace: "Whose ids these are: a provider's source, such as `stripe`, or empty for your own.",
    email: "The customer's email address. Only its hash is stored.",
    payment: "Your id of the payment. A payment is recorded once.",
    amount: "Minor units.",
    currency: "ISO 4217 currency code.",
    occurred_at: "When it was paid, not in the future.",
    product: "The product.",
    subscription: "The subscription's id, or the subscription with its interval.",
    "subscription.id": "The subscription's id.",
    "subscription.interval": "How often it is billed.",
    "subscription.interval_count": "How many intervals lie between two payments.",
    reason: REASON,
  },
  example: {
    program: "orbit",
    affiliate: "maya",
    customer: "cus_1042",
    payment: "inv_1042",
    amount: 9_900,
    currency: "USD",
    occurred_at: "2026-03-02T09:30:00Z",
    reason: "Paid by bank transfer.",
  },
};

const CREDIT_BODY = {
  schema: newCredit,
  fields: {
    affiliate: "The username of the affiliate to credit. Null for nobody.",
    scope: "This conversion, what follows it, or everything that is bound together with it.",
    reason: REASON,
    internal_note: "A note for the audit log, which affiliates don't see.",
  },
  example: { affiliate: "jonas", scope: "conversion", reason: "Jonas advised the customer by phone." },
};

const ON_SALE = {
  path: { id: "$CONVERSION" },
  before: [
    `CONVERSION=$(api "$ORIGIN/v1/conversions?program=orbit&credited=true&type=sale&limit=1" | jq -r '.data[0].id')`,
  ],
};

/** The calls of `manual/`. */
export const manualCalls: readonly Call[] = [
  {
    route: "POST /conversions/preview",
    id: "previewSale",
    tag: "Conversions",
    summary: "Preview a sale entered by hand",
    text: "What it would earn, and what it would change for other conversions of the customer. Changes nothing. `amounts` is also null if the sale would show that two customers are the same one.",
    body: SALE_BODY,
    answers: {
      200: object({
        affiliate: text("The affiliate that would be credited.", "maya"),
        ...creditPreview.entries,
      }),
    },
    errors: {
      409: ["customer_ambiguous", "own_purchase", "payment_exists"],
      422: [...AFFILIATE_ERRORS, "namespace_missing", "program_not_found"],
      503: ["customer_busy"],
    },
    sample: {},
  },
  {
    route: "POST /conversions",
    id: "createSale",
    tag: "Conversions",
    summary: "Enter a sale by hand",
    text: "For a sale without a click, such as one by bank transfer. 200 for a repeated call.",
    body: SALE_BODY,
    needs_idempotency_key: true,
    answers: { 200: conversion, 201: conversion },
    errors: {
      409: ["customer_ambiguous", "own_purchase", "payment_exists"],
      422: [...AFFILIATE_ERRORS, "namespace_missing", "program_not_found"],
      503: ["customer_busy"],
    },
    sample: {},
  },
  {
    route: "POST /conversions/:id/credit",
    id: "creditConversion",
    tag: "Conversions",
    summary: "Credit another affiliate or nobody",
    text: "Your own decision: unlike a dispute, it has no time limit.",
    path: { id: { text: "The conversion's id.", example: ID, error: "conversion_not_found" } },
    body: CREDIT_BODY,
    needs_idempotency_key: true,
    answers: {
      200: object({
        conversion: text("The conversion's id.", ID),
        affiliate: orNull(text("The affiliate that is credited. Null for nobody.", "jonas")),
        scope: oneOf(DECISION_SCOPES, "What the decision is about."),
        reason: text("Why.", "Jonas advised the customer by phone."),
        internal_note: v.optional(text("The note.", "See ticket 42.")),
        changed: count("How many conversions are credited differently. 0 for a repeated call.", 1),
      }),
    },
    errors: {
      409: ["customer_unknown", "nothing_follows", "own_purchase"],
      422: AFFILIATE_ERRORS,
      503: ["customer_busy"],
    },
    sample: ON_SALE,
  },
  {
    route: "POST /conversions/:id/credit/preview",
    id: "previewCredit",
    tag: "Conversions",
    summary: "Preview a credit",
    text: "What crediting another affiliate or nobody would change, also in money. Changes nothing.",
    path: { id: { text: "The conversion's id.", example: ID, error: "conversion_not_found" } },
    body: CREDIT_BODY,
    answers: {
      200: object({
        conversion: text("The conversion's id.", ID),
        affiliate: orNull(text("The affiliate that would be credited. Null for nobody.", "jonas")),
        scope: oneOf(DECISION_SCOPES, "What the decision would be about."),
        ...creditPreview.entries,
      }),
    },
    errors: {
      409: ["customer_unknown", "nothing_follows", "own_purchase"],
      422: AFFILIATE_ERRORS,
      503: ["customer_busy"],
    },
    sample: ON_SALE,
  },
];
