/** The calls of conversions, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { count, day, listOf, object, oneOf, pageOf, text, time } from "../../api/layout/reference/fields.ts";
import {
  choiceParameter,
  dayParameter,
  filters,
  paging,
  parameter,
  sorting,
} from "../../api/layout/reference/parameters.ts";
import { host } from "../../links/reference/links.ts";
import { TYPES } from "../api.ts";
import { newDispute } from "../dispute-api.ts";
import { newSettlement } from "../settlement-api.ts";
import { conversion, creditPreview, explainedConversion, touched } from "./schemas.ts";

const ID = "cv_0b7f3a52c19e4d868f3d5a1c9be27d40";
const CONVERSION = { text: "The conversion's id.", example: ID, error: "conversion_not_found" };

const findSale = (program: string, type: string) =>
  `CONVERSION=$(api "$ORIGIN/v1/conversions?program=${program}" | jq -r '[.data[] | select(.type == "${type}")][0].id')`;

const of = { id: "$CONVERSION" };

const DISPUTE_BODY = {
  schema: newDispute,
  fields: {
    affiliate: "The username of the affiliate to credit.",
    reason: "Why, for both affiliates.",
    internal_note: "A note for the audit log, which affiliates don't see.",
  },
  example: { affiliate: "jonas", reason: "The customer asked Jonas first." },
};

const FIND_DISPUTED = `CONVERSION=$(api "$ORIGIN/v1/conversions?program=acme&affiliate=ada&limit=1" | jq -r '.data[0].id')`;

/** The calls of the folder's files. */
export const conversionCalls: readonly Call[] = [
  {
    route: "GET /conversions",
    id: "listConversions",
    tag: "Conversions",
    summary: "List conversions",
    text: "Newest first, unless `sort` says otherwise. Filters combine.",
    query: {
      ...filters,
      link: parameter("Only of this link, by its slug."),
      host,
      type: choiceParameter(TYPES, "Only of this type."),
      from: dayParameter("The first day, UTC."),
      to: dayParameter("The last day, UTC."),
      customer: parameter("Only of the customer with this id, as your checkout sent it."),
      payment: parameter("Only of the payment with this id, as your checkout sent it."),
      click_country: parameter("Only where the credited click came from this country, ISO 3166-1 alpha-2."),
      credited: choiceParameter(["true", "false"], "Whether an affiliate is credited."),
      test: choiceParameter(["true", "false"], "`true` for conversions in test mode. A list never has both."),
      ...sorting("occurred_at"),
    },
    answers: { 200: pageOf(conversion) },
    errors: {
      409: ["slug_ambiguous"],
      422: ["affiliate_not_found", "filters_contradict", "link_not_found", "program_not_found"],
    },
    sample: { query: "program=orbit&affiliate=maya&limit=2" },
  },
  {
    route: "GET /conversions/:id",
    id: "getConversion",
    tag: "Conversions",
    summary: "Read a conversion with its explanation",
    text: "Which touches were considered, which rule decided, and the ledger entries. Waits up to a second for a conversion that a webhook has just recorded.",
    path: { id: CONVERSION },
    answers: { 200: explainedConversion },
    sample: { path: of, before: [findSale("orbit", "sale")] },
  },
  {
    route: "POST /conversions/:id/settlement",
    id: "settleConversion",
    tag: "Conversions",
    summary: "Confirm that a sale's money has arrived",
    text: "For terms with `after_settlement`, which pay commission only then.",
    path: { id: CONVERSION },
    body: {
      schema: newSettlement,
      fields: { settled_at: "When the money arrived. Now if left out; not in the future." },
      example: {},
    },
    answers: {
      200: object({
        conversion: text("The conversion's id.", ID),
        status: oneOf(["recorded", "duplicate"], "`duplicate` if it was settled before."),
        settled_at: v.optional(time("When the money arrived.")),
      }),
    },
    errors: { 409: ["conversion_not_a_sale", "customer_unknown"], 503: ["customer_busy"] },
    sample: { path: of, before: [findSale("orbit", "sale")] },
  },
  {
    route: "POST /conversions/:id/disputes/preview",
    id: "previewDispute",
    tag: "Conversions",
    summary: "Preview a dispute",
    text: "What crediting another affiliate in a dispute would change, also in money. Changes nothing.",
    path: { id: CONVERSION },
    body: DISPUTE_BODY,
    answers: {
      200: object({
        conversion: text("The conversion's id.", ID),
        affiliate: text("The affiliate that would be credited.", "jonas"),
        ...creditPreview.entries,
      }),
    },
    errors: {
      409: ["customer_unknown", "dispute_too_late", "disputes_not_allowed"],
      422: ["affiliate_not_approved", "affiliate_not_enrolled", "affiliate_not_found"],
      503: ["customer_busy"],
    },
    sample: {
      path: of,
      before: [`api "$ORIGIN/v1/programs/acme/enrollments" -d '{"affiliate": "jonas"}'`, FIND_DISPUTED],
    },
  },
  {
    route: "POST /conversions/:id/disputes",
    id: "disputeConversion",
    tag: "Conversions",
    summary: "Credit another affiliate in a dispute",
    text: "Within the `dispute_days` of the terms. Both affiliates see the reason.",
    path: { id: CONVERSION },
    body: DISPUTE_BODY,
    needs_idempotency_key: true,
    answers: {
      200: object({
        conversion: text("The conversion's id.", ID),
        affiliate: text("The affiliate that is credited.", "jonas"),
        reason: text("Why.", "The customer asked Jonas first."),
        internal_note: v.optional(text("The note.", "See ticket 42.")),
        changed: count("How many conversions are credited differently. 0 for a repeated call.", 1),
      }),
    },
    errors: {
      409: ["customer_unknown", "dispute_reused", "dispute_too_late", "disputes_not_allowed"],
      422: ["affiliate_not_approved", "affiliate_not_enrolled", "affiliate_not_found", "invalid_idempotency_key"],
      503: ["customer_busy"],
    },
    sample: { path: of, before: [FIND_DISPUTED] },
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/touched",
    id: "listTouchedConversions",
    tag: "Conversions",
    summary: "List conversions that an affiliate wasn't credited for",
    text: "Its touches were considered. Nothing is shown about the customer or the credited affiliate.",
    query: paging,
    answers: { 200: pageOf(touched) },
    errors: { 404: ["enrolment_not_found"] },
    sample: {},
  },
  {
    route: "GET /programs/:program/products",
    id: "listProducts",
    tag: "Conversions",
    summary: "List products that were sold",
    text: "With the rules of the terms that name them: a name that no rule has is often misspelled.",
    query: {
      from: dayParameter("The first day, UTC. 89 days before `to` if left out."),
      to: dayParameter("The last day, UTC. Today if left out."),
    },
    answers: {
      200: object({
        data: listOf(
          object({
            product: text("As the checkout reports it.", "pro"),
            sales: count("How often it was sold.", 14),
            last_sold_at: time("When it was last sold."),
            rules: listOf(v.number(), "The rules that name it, as places in the terms' `rates`.", []),
          }),
          "Products, those with the most sales first; at most 200.",
        ),
        next: v.pipe(v.null(), v.description("Always null."), v.examples([null])),
        not_sold: listOf(v.string(), "Products that rules name and that weren't sold.", []),
        terms_version: count("The version of the terms.", 1),
        from: day("The first day.", "2025-12-03"),
        to: day("The last day."),
      }),
    },
    sample: {},
  },
];
