/** The calls of terms, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { count, flag, listOf, named, object, pageOf, text, time } from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { balances, previewedSale, tier } from "../../commissions/reference/schemas.ts";
import { newTermsPreview, newVersion, preview } from "../terms-api.ts";
import { ownRatesSent, terms, termsChange } from "./terms-schema.ts";

const section = named("TermsSection", {
  id: text("A stable name.", "rates"),
  heading: text("A heading.", "Commission"),
  lines: listOf(v.string(), "Sentences.", ["40% of every payment."]),
});

/** A version of a program's terms. */
export const version = named("TermsVersion", {
  version: count("1, 2, 3 …", 1),
  effective_from: time("When it takes effect.", "1970-01-01T00:00:00.000Z"),
  in_force: flag("Whether it is the version in force now.", true),
  terms,
  words: listOf(section, "The terms in words, in the order of a sale."),
});

const CHANGE = {
  preset: "The terms to begin with, instead of the newest version.",
  terms: "Terms. Each field replaces that of the preset or of the newest version as a whole.",
};

const SALES = {
  sales: "The sales, in any order.",
  "sales.occurred_at": "When the sale was made.",
  "sales.type": "A sale if left out.",
  "sales.amount": "Minor units. 0 for a lead.",
  "sales.currency": "The program's if left out.",
  "sales.customer": "Any label for the customer. A new customer if left out.",
  "sales.subscription": "Any label for the subscription.",
  "sales.replaces": "The subscription that this one continues after a change of plan.",
  "sales.payment_number": "Which payment of its series it is, counted from 1. Counted from the sales if left out.",
  "sales.interval": "How often the subscription is billed.",
  "sales.interval_count": "How many intervals lie between two payments.",
  "sales.product": "The product.",
  "sales.country": "The customer's country.",
  "sales.platform": "Where the sale was made.",
  "sales.refunded": "Minor units that are refunded later.",
  "sales.refunded_at": "When they are refunded.",
};

const VERSION = { text: "The version's number.", example: "1", error: "terms_version_not_found" };

/** What sales would earn. */
export const previewed = object({
  sales: listOf(previewedSale, "What each sale would earn, in the order of their times."),
  balances: listOf(balances, "The balances by currency, once everything has cleared."),
  tier,
  words: listOf(section, "The terms in words."),
  own_rates: v.pipe(
    v.nullable(v.array(v.string())),
    v.description("The own rules in words. Null for none."),
    v.examples([null]),
  ),
});

/** The calls of `terms-api.ts`. */
export const termsCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/terms",
    id: "listTermsVersions",
    tag: "Programs",
    summary: "List versions of the terms",
    text: "Newest first, with the terms in words. A page has at most 20.",
    query: {
      ...paging,
      limit: v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(20),
        v.description("Rows per page. 20 if left out."),
      ),
    },
    answers: { 200: pageOf(version) },
    sample: {},
  },
  {
    route: "GET /programs/:program/terms/:version",
    id: "getTermsVersion",
    tag: "Programs",
    summary: "Read one version of the terms",
    path: { version: VERSION },
    answers: { 200: version },
    sample: {},
  },
  {
    route: "POST /programs/:program/terms",
    id: "createTermsVersion",
    tag: "Programs",
    summary: "Publish a new version of the terms",
    text: "A version never changes. It applies to sales from `effective_from` on, and to subscriptions that began earlier only with `applies_to: all`.",
    body: {
      schema: v.strictObject({ ...newVersion.entries, terms: v.optional(termsChange) }),
      fields: { ...CHANGE, effective_from: "When it takes effect. Now if left out; not in the past." },
      example: { terms: { rates: [{ rate_bps: 3_500 }] } },
    },
    answers: { 201: version },
    errors: { 409: ["terms_version_conflict"] },
    sample: { path: { program: "acme" } },
  },
  {
    route: "POST /programs/:program/terms/preview",
    id: "previewTerms",
    tag: "Programs",
    summary: "Calculate what sales would earn",
    text: "With the newest version and these changes. Nothing is stored. All sales are credited to one affiliate.",
    body: {
      schema: v.strictObject({
        ...preview.entries,
        terms: v.optional(termsChange),
        own_rates: v.optional(v.nullable(ownRatesSent)),
      }),
      fields: {
        ...CHANGE,
        group: "The affiliate's group.",
        own_rates: "The affiliate's own rules. Null for none.",
        ...SALES,
      },
      example: {
        terms: { rates: [{ rate_bps: 3_000 }] },
        sales: [
          { occurred_at: "2026-03-02T09:30:00Z", amount: 9_900, customer: "a" },
          { occurred_at: "2026-04-02T09:30:00Z", amount: 9_900, customer: "a" },
        ],
      },
    },
    answers: { 200: previewed },
    sample: {},
  },
  {
    route: "POST /terms/preview",
    id: "previewNewTerms",
    tag: "Programs",
    summary: "Calculate what sales would earn in a new program",
    text: "With a preset, terms of your own, or both. Nothing is stored.",
    body: {
      schema: v.strictObject({ ...newTermsPreview.entries, terms: v.optional(termsChange) }),
      fields: {
        currency: "The program's currency, ISO 4217.",
        preset: "The terms to begin with. Terms that pay nothing if left out.",
        terms: "Terms. Each field replaces that of the preset as a whole.",
        ...SALES,
      },
      example: {
        ...{ currency: "USD", preset: "kartra" },
        sales: [{ occurred_at: "2026-03-02T09:30:00Z", amount: 9_900, customer: "a" }],
      },
    },
    answers: { 200: previewed },
    sample: {},
  },
];
