/** The calls of programs and of their groups, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  count,
  created_at,
  currency,
  flag,
  listOf,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  program as programSlug,
  text,
  time,
  wholeListOf,
} from "../../api/layout/reference/fields.ts";
import { sorting } from "../../api/layout/reference/parameters.ts";
import { COOKIE_MODES } from "../../redirect/consent.ts";
import { newProgram, programChange } from "../fields-api.ts";
import { groupChange, newGroup } from "../group-api.ts";
import { rebuild } from "../rebuild-api.ts";
import { terms, termsChange } from "./terms-schema.ts";

const entries = {
  slug: text("Its name in paths and cookies. Never changes.", "orbit"),
  name: text("The name that affiliates see.", "Orbit"),
  currency,
  kind: oneOf(["standard", "reward"], "`reward` for a program that pays customers for referrals."),
  destination_hosts: listOf(v.string(), "The hosts that links may lead to.", ["shop.example"]),
  redirect_host: mostlyNull(text("The host of the program's links. Null for the shared one.", "go.example.com")),
  cookie_mode: oneOf(COOKIE_MODES, "Whether redirects set a cookie."),
  cookie_domain: mostlyNull(text("The `Domain` of the cookie. Null for the redirect's host only.", "example.com")),
  fallback_url: mostlyNull(text("Where links lead that are disabled, expired or used up.", "https://shop.example/")),
  home_url: mostlyNull(text("The merchant's own page.", "https://shop.example/")),
  logo_url: mostlyNull(text("The merchant's logo on pages for affiliates.", "https://shop.example/logo.png")),
  color: mostlyNull(text("The color of buttons on pages for affiliates.", "#0f766e")),
  headline: mostlyNull(text("The headline of the sign-up page.", "Earn 40% with Orbit")),
  support_email: mostlyNull(text("Where affiliates get help.", "partners@example.com")),
  terms_url: mostlyNull(text("The terms of service that affiliates accept.", "https://shop.example/affiliate-terms")),
  terms_version: mostlyNull(text("The merchant's own name of their version.", "2026-01")),
  referral_parameter: mostlyNull(
    text("The merchant's own parameter for the affiliate's username in landing URLs.", "ref"),
  ),
  own_slugs: flag("Whether affiliates choose the slugs of their links.", false),
  deep_links: flag("Whether `?url=` in a link leads to another page of the allowed hosts.", false),
  payout_approvals: v.pipe(
    v.picklist([1, 2]),
    v.description("How many approvals a payout run needs."),
    v.examples([1]),
  ),
  payout_auto_draft: flag("Whether a payout run is drafted by itself on the first day of the window.", true),
  legal_name: mostlyNull(text("The merchant's name on statements.", "Orbit, Inc.")),
  address: mostlyNull(text("The merchant's address on statements, in lines.", "1 Main Street\nSpringfield")),
  created_at,
};

/** A program with its settings. */
export const program = named("Program", entries);

const pending = named("PendingApprovals", {
  payout_approvals: count("The number that was requested.", 1),
  requested_by: text("The user who requested it.", "usr_V1StGXR8Z5jd"),
  requested_at: time("When."),
  expires_at: time("When the request ends if nobody confirms it.", "2026-03-09T09:30:00.000Z"),
});

/** A group of enrollments. */
export const group = named("Group", {
  program: programSlug,
  slug: text("Its name in rules of the terms. Never changes.", "partners"),
  name: text("The name that the merchant sees.", "Partners"),
  created_at,
});

const SETTINGS = {
  name: "The name that affiliates see.",
  legal_name: "The merchant's name on statements.",
  address: "The merchant's address on statements, in lines.",
  cookie_mode: "Whether redirects set a cookie.",
  cookie_domain:
    "The `Domain` of the cookie: the redirect host's domain or one above it. Null for the redirect's host only.",
  fallback_url: "Where links lead that are disabled, expired or used up.",
  home_url: "The merchant's own page.",
  logo_url: "The merchant's logo on pages for affiliates, by https.",
  color: "The color of buttons on pages for affiliates, such as `#0f766e`.",
  headline: "The headline of the sign-up page.",
  support_email: "Where affiliates get help.",
  terms_url: "The terms of service that affiliates accept.",
  terms_version: "Your own name of their version. Change it when they change.",
  referral_parameter: "The merchant's own parameter for the affiliate's username in landing URLs.",
  own_slugs: "Whether affiliates choose the slugs of their links.",
  deep_links: "Whether `?url=` in a link leads to another page of the allowed hosts.",
  kind: "`reward` for a program that pays customers for referrals.",
  payout_approvals: "How many approvals a payout run needs.",
  payout_auto_draft: "Whether a payout run is drafted by itself on the first day of the window.",
};

const HOSTS = {
  destination_hosts: "The hosts that links may lead to, with their port where it isn't the default one.",
  redirect_host: "The host of the program's links. Null for the shared one. Links go on working on an earlier one.",
};

const GROUP = { text: "The group's slug.", example: "partners", error: "group_not_found" };

/** The calls of `api.ts`, `group-api.ts` and `rebuild-api.ts`. */
export const programCalls: readonly Call[] = [
  {
    route: "GET /programs",
    id: "listPrograms",
    tag: "Programs",
    summary: "List programs",
    text: "By slug, unless `sort` says otherwise.",
    query: sorting("slug", "created_at"),
    answers: { 200: pageOf(program) },
    sample: { query: "limit=2" },
  },
  {
    route: "POST /programs",
    id: "createProgram",
    tag: "Programs",
    summary: "Create a program",
    text: "The terms are a `preset`, your own `terms`, or a preset with changes. They become version 1.",
    body: {
      schema: v.strictObject({ ...newProgram.entries, terms: v.optional(termsChange) }),
      fields: {
        ...SETTINGS,
        slug: "Its name in paths and cookies: 1–63 of a-z, 0-9 and -. Never changes.",
        currency: "ISO 4217 currency code. Never changes.",
        preset: "The terms to begin with.",
        terms: "Terms. Each field replaces that of the preset as a whole.",
        ...HOSTS,
      },
      example: {
        slug: "acme",
        name: "Acme",
        currency: "USD",
        destination_hosts: ["shop.example"],
        preset: "kartra-classic",
        terms: { rates: [{ rate_bps: 3_000 }], dispute_days: 30 },
      },
    },
    answers: {
      201: named("CreatedProgram", {
        ...entries,
        terms_version: count("The number of the first version.", 1),
        terms,
      }),
    },
    errors: { 409: ["program_exists", "redirect_host_taken"] },
    sample: {},
  },
  {
    route: "GET /programs/:program",
    id: "getProgram",
    tag: "Programs",
    summary: "Read a program",
    answers: {
      200: named("WholeProgram", {
        ...entries,
        pending_payout_approvals: mostlyNull(pending),
      }),
    },
    sample: {},
  },
  {
    route: "PATCH /programs/:program",
    id: "updateProgram",
    tag: "Programs",
    summary: "Change a program's settings",
    text: "Fields that are left out stay as they are. Terms have calls of their own. Fewer `payout_approvals` wait with 202 until a second owner makes the same call.",
    body: {
      schema: programChange,
      fields: { ...SETTINGS, ...HOSTS },
      example: { home_url: "https://shop.example/", deep_links: true },
    },
    answers: {
      200: program,
      202: object({
        status: oneOf(["approval_pending"], "A lower `payout_approvals` waits for a second owner."),
        detail: text("What to do.", "Nothing has changed yet: a second user who is an owner must make the same call."),
        pending_payout_approvals: pending,
      }),
    },
    errors: {
      403: ["approval_needs_user", "approval_session_not_independent"],
      409: ["approval_request_changed", "destination_host_in_use", "redirect_host_taken", "slugs_taken"],
    },
    sample: { path: { program: "acme" } },
  },
  {
    route: "GET /programs/:program/groups",
    id: "listGroups",
    tag: "Programs",
    summary: "List groups",
    text: "The default group comes first.",
    answers: { 200: wholeListOf(group) },
    sample: {},
  },
  {
    route: "POST /programs/:program/groups",
    id: "createGroup",
    tag: "Programs",
    summary: "Create a group",
    text: "A group is a set of a program's enrollments. Rules of the terms can pay it other rates.",
    body: {
      schema: newGroup,
      fields: { slug: "Its name in rules of the terms. Never changes.", name: "The name that the merchant sees." },
      example: { slug: "partners", name: "Partners" },
    },
    answers: { 201: group },
    errors: { 409: ["group_exists"] },
    sample: {},
  },
  {
    route: "PATCH /programs/:program/groups/:group",
    id: "updateGroup",
    tag: "Programs",
    summary: "Rename a group",
    path: { group: GROUP },
    body: { schema: groupChange, fields: { name: "The new name." }, example: { name: "Partners and friends" } },
    answers: { 200: group },
    sample: {},
  },
  {
    route: "POST /programs/:program/rebuilds",
    id: "rebuildProjections",
    tag: "Operations",
    summary: "Rebuild what is shown of conversions and accounts",
    text: "Repeat the call with the `next` of the last answer as `cursor` until it is null. Each call is one step.",
    body: {
      schema: rebuild,
      fields: {
        drop: "Deletes the program's rows first. Only with the first step.",
        cursor: "The `next` of the step before. Null or left out for the first step.",
      },
      example: {},
    },
    answers: {
      200: v.strictObject({
        customers: count("Customers of this step.", 42),
        conversions: count("Their conversions.", 61),
        accounts: count("Accounts of this step.", 0),
        entries: count("Their ledger entries.", 0),
        next: orNull(text("Send it as `cursor` for the next step. Null after the last one.", "accounts:0")),
      }),
    },
    sample: {},
  },
];
