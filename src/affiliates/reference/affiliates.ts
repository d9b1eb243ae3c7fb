import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate as affiliateName,
  created_at,
  listOf,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { filters, paging, parameter, sorting } from "../../api/layout/reference/parameters.ts";
import { newAffiliate } from "../api.ts";
import { affiliateChange } from "../change-api.ts";
import { newMark } from "../identifier-api.ts";

/** An affiliate. */
export const affiliate = named("Affiliate", {
  username: text("Its name in paths and links. Never changes.", "maya"),
  name: text("The affiliate's name.", "Maya Okafor"),
  email: orNull(text("The address for sign-in links and notifications.", "maya@example.com")),
  sponsor: mostlyNull(text("The affiliate who referred this one.", "priya")),
  created_at,
});

const mark = named("Identifier", {
  id: text("Its id.", "3f9a1c20b7d4"),
  kind: oneOf(["email", "payment_details", "visitor"], "What was hashed. The value itself isn't stored."),
  created_at,
});

const MARK = { text: "The identifier's id.", example: "3f9a1c20b7d4", error: "mark_not_found" };

/** The calls of `api.ts`, `identifier-api.ts` and the erasure of an affiliate. */
export const affiliateCalls: readonly Call[] = [
  {
    route: "GET /affiliates",
    id: "listAffiliates",
    tag: "Affiliates",
    summary: "List or search affiliates",
    text: "By username, unless `sort` says otherwise. Filters combine.",
    query: {
      q: parameter("Part of a username or name, in any case."),
      email: parameter("A whole email address, in any case."),
      program: filters.program,
      ...sorting("username", "created_at"),
    },
    answers: { 200: pageOf(affiliate) },
    errors: { 422: ["program_not_found"] },
    sample: { query: "q=may" },
  },
  {
    route: "POST /affiliates",
    id: "createAffiliate",
    tag: "Affiliates",
    summary: "Create an affiliate",
    text: "An affiliate earns once it is enrolled in a program.",
    body: {
      schema: newAffiliate,
      fields: {
        username: "Its name in paths and links: 1–39 of a-z, 0-9 and . _ -. Never changes.",
        name: "The affiliate's name.",
        email: "The address for sign-in links and notifications.",
        sponsor: "The username of the affiliate who referred this one. Null for none.",
      },
      example: { username: "ada", name: "Ada Byron", email: "ada@example.com", sponsor: "maya" },
    },
    answers: { 201: affiliate },
    errors: { 409: ["affiliate_exists"], 422: ["affiliate_not_found", "username_reserved"] },
    sample: {},
  },
  {
    route: "GET /affiliates/:username",
    id: "getAffiliate",
    tag: "Affiliates",
    summary: "Read an affiliate",
    answers: { 200: affiliate },
    sample: {},
  },
  {
    route: "PATCH /affiliates/:username",
    id: "updateAffiliate",
    tag: "Affiliates",
    summary: "Change an affiliate's name or email",
    text: "A new email address ends open sessions and unused sign-in links. Purchases with the earlier one stay the affiliate's own.",
    body: {
      schema: affiliateChange,
      fields: {
        name: "The affiliate's name.",
        email: "The address for sign-in links and notifications.",
      },
      example: { email: "ada@new.example" },
    },
    answers: { 200: affiliate },
    errors: { 409: ["affiliate_erased", "affiliate_exists"] },
    sample: { path: { username: "ada" } },
  },
  {
    route: "POST /affiliates/:username/sign-in-link",
    id: "createSignInLink",
    tag: "Affiliates",
    summary: "Create a one-time link to the portal",
    text: "Send it to the affiliate yourself, for example where emails aren't set up.",
    query: { program: parameter("The program whose redirect host the link is on. The host of the call if left out.") },
    answers: {
      201: object({
        url: text("The link. It works once.", "http://localhost:8787/app/sign-in?token=…"),
        expires_at: time("Until when it works.", "2026-03-02T10:00:00.000Z"),
      }),
    },
    errors: { 409: ["affiliate_erased"], 422: ["program_not_found"] },
    sample: {},
  },
  {
    route: "POST /affiliates/:username/view-link",
    id: "createViewLink",
    tag: "Affiliates",
    summary: "Create a one-time link to view the portal",
    text: "Shows what the affiliate sees, read only, for 30 minutes. The audit log has who viewed it.",
    answers: {
      201: object({
        url: text("The link. It works once.", "http://localhost:8787/app/view?token=…"),
        expires_at: time("When the view ends.", "2026-03-02T10:00:00.000Z"),
      }),
    },
    errors: { 409: ["affiliate_erased"] },
    sample: {},
  },
  {
    route: "GET /affiliates/:username/marks",
    id: "listIdentifiers",
    tag: "Affiliates",
    summary: "List identifiers that recognize own purchases",
    query: paging,
    answers: { 200: pageOf(mark) },
    sample: { path: { username: "ada" } },
  },
  {
    route: "POST /affiliates/:username/marks",
    id: "addIdentifier",
    tag: "Affiliates",
    summary: "Add an identifier that recognizes own purchases",
    text: "A purchase with it is the affiliate's own. Only its hash is stored. 200 if it is there already.",
    body: {
      schema: newMark,
      fields: { kind: "What the value is.", value: "A further email address, or a fingerprint of a payment card." },
      example: { kind: "email", value: "ada@work.example" },
    },
    answers: { 200: mark, 201: mark },
    sample: { path: { username: "ada" } },
  },
  {
    route: "DELETE /affiliates/:username/marks/:id",
    id: "removeIdentifier",
    tag: "Affiliates",
    summary: "Remove an identifier",
    path: { id: MARK },
    answers: { 200: object({ deleted: listOf(mark, "What was removed: one for each kind with this value.") }) },
    sample: {
      path: { username: "ada", id: "$IDENTIFIER" },
      before: [`IDENTIFIER=$(api "$ORIGIN/v1/affiliates/ada/marks" | jq -r '.data[0].id')`],
    },
  },
  {
    route: "POST /affiliates/:username/erase",
    id: "eraseAffiliate",
    tag: "Affiliates",
    summary: "Erase the person behind an affiliate",
    text: "Name, email address, payment details and sessions are deleted, and every enrollment is suspended. The username and the ledger stay.",
    answers: { 200: object({ username: affiliateName, erased_at: time("When it was first erased.") }) },
    sample: {
      path: { username: "leaver" },
      before: [
        `api "$ORIGIN/v1/affiliates" -d '{"username": "leaver", "name": "Kim Lee", "email": "kim@example.com"}'`,
      ],
    },
  },
];
