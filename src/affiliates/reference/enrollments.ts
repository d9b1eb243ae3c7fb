/** The calls of enrollments and coupons, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate,
  count,
  created_at,
  flag,
  listOf,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  program,
  text,
  time,
  wholeListOf,
} from "../../api/layout/reference/fields.ts";
import { choiceParameter, filters, parameter, sorting } from "../../api/layout/reference/parameters.ts";
import { balances } from "../../commissions/reference/schemas.ts";
import { ownRates, ownRatesSent } from "../../programs/reference/terms-schema.ts";
import { enrollmentChange, newEnrollment } from "../api.ts";
import { newCoupon } from "../coupon-api.ts";
import { ENROLLMENT_STATUSES } from "../enrollment.ts";
import { newRates } from "../own-rates-api.ts";

const status = oneOf(ENROLLMENT_STATUSES, "Only approved affiliates earn.");
const group = text("The slug of its group now.", "default");

const row = {
  program,
  affiliate,
  name: text("The affiliate's name.", "Maya Okafor"),
  status,
  reason: mostlyNull(text("Why it has this status, for the affiliate. Null if you gave no reason.", "No website yet")),
  may_reapply: flag(
    "Whether the affiliate may apply again after it was rejected or left. Never while it is banned.",
    true,
  ),
  group,
  sponsor: mostlyNull(text("The affiliate who referred this one in the program.", "priya")),
  tier: mostlyNull(text("The affiliate's tier now. Null in a program without tiers.", "tier-1")),
  clicks: count("Counted clicks.", 173),
  sales: count("Credited sales.", 12),
  balances: listOf(balances, "The program's currency first, then any other that it earned in."),
  last_activity_at: orNull(
    time("The latest counted click (its hour), credited conversion or ledger entry. Null for none."),
  ),
  created_at,
};

/** An enrollment in a list, with its figures. */
export const listedEnrollment = named("ListedEnrollment", row);

/** An enrollment with its figures and moves between groups. */
export const enrollment = named("Enrollment", {
  ...row,
  groups: listOf(
    object({
      group: text("The slug of the group.", "partners"),
      from: orNull(time("Since when. Null from the beginning.")),
    }),
    "All moves between groups, newest first.",
    [],
  ),
});

/** An affiliate's own rates from a time on. */
export const rates = named("DatedOwnRates", {
  from: time("Since when they apply."),
  in_force: flag("Whether they are in force now.", true),
  rates: v.pipe(v.nullable(ownRates), v.description("The rules. Null: from then on, the terms' rates apply.")),
  words: v.pipe(
    v.nullable(v.array(v.string())),
    v.description("The rules in words."),
    v.examples([["50% of every payment.", "These rates precede those of the terms."]]),
  ),
});

const couponFields = { program, affiliate, code: text("The code, in upper case.", "MAYA10"), created_at };

/** A coupon. */
export const coupon = named("Coupon", couponFields);

const COUPON = { text: "The code, in any case.", example: "ADA10", error: "coupon_not_found" };

const ENROLLED = { text: "The affiliate's username.", example: "maya", error: "affiliate_not_found" };
const PROGRAM = { text: "The program's slug.", example: "orbit", error: "program_not_found" };
const ENROLLMENT = { path: { program: PROGRAM, affiliate: ENROLLED }, errors: { 404: ["enrolment_not_found"] } };

const GROUP = "The slug of the group. `default` if left out.";
const IS_CUSTOMER = "Your word that the affiliate is a customer, for a program that is open to customers only.";

/** The calls of enrollments in `api.ts`, of `own-rates-api.ts` and `coupon-api.ts`. */
export const enrollmentCalls: readonly Call[] = [
  {
    route: "POST /programs/:program/enrollments",
    aliases: ["POST /programs/:program/enrolments"],
    id: "createEnrollment",
    tag: "Affiliates",
    summary: "Enroll an affiliate",
    body: {
      schema: newEnrollment,
      fields: {
        affiliate: "The affiliate's username.",
        status: "Approved if left out.",
        group: GROUP,
        is_customer: IS_CUSTOMER,
      },
      example: { affiliate: "ada", group: "partners" },
    },
    answers: { 201: object({ program, affiliate, status, group, created_at }) },
    errors: { 409: ["affiliate_not_customer", "already_enrolled"], 422: ["affiliate_not_found", "group_not_found"] },
    sample: {},
  },
  {
    route: "GET /programs/:program/enrollments",
    aliases: ["GET /programs/:program/enrolments"],
    id: "listEnrollments",
    tag: "Affiliates",
    summary: "List enrollments with their figures",
    text: "Newest first, unless `sort` says otherwise. Filters combine.",
    query: {
      status: choiceParameter(ENROLLMENT_STATUSES, "Only with this status."),
      group: parameter("Only in this group now, by its slug."),
      q: parameter("Part of a username or name, in any case."),
      ...sorting("created_at", "username"),
    },
    answers: { 200: pageOf(listedEnrollment) },
    errors: { 422: ["group_not_found"] },
    sample: { query: "status=approved&limit=2" },
  },
  {
    route: "GET /programs/:program/enrollments/:affiliate",
    aliases: ["GET /programs/:program/enrolments/:affiliate"],
    id: "getEnrollment",
    tag: "Affiliates",
    summary: "Read an enrollment",
    ...ENROLLMENT,
    answers: { 200: enrollment },
    sample: {},
  },
  {
    route: "PATCH /programs/:program/enrollments/:affiliate",
    aliases: ["PATCH /programs/:program/enrolments/:affiliate"],
    id: "updateEnrollment",
    tag: "Affiliates",
    summary: "Change an enrollment",
    text: "The links of an affiliate that isn't approved keep working, and earn nothing.",
    path: ENROLLMENT.path,
    body: {
      schema: enrollmentChange,
      fields: {
        status: "The new status.",
        reason: "Why, with a status. The affiliate reads it in the portal.",
        group: "The slug of the new group.",
        group_from: "When it moves. Now if left out; not in the past.",
        sponsor:
          "The username of its sponsor, who earns the second-tier commission on sales from now on. Null for none.",
        may_reapply: "Whether the affiliate may apply again after it was rejected or left.",
        is_customer: IS_CUSTOMER,
      },
      example: { status: "approved", group: "default" },
    },
    answers: { 200: enrollment },
    errors: { ...ENROLLMENT.errors, 409: ["affiliate_not_customer"], 422: ["group_not_found", "affiliate_not_found"] },
    sample: { path: { affiliate: "ada" } },
  },
  {
    route: "GET /programs/:program/enrollments/:affiliate/rates",
    id: "listOwnRates",
    tag: "Affiliates",
    summary: "List an affiliate's own rates",
    text: "Newest first.",
    ...ENROLLMENT,
    answers: { 200: wholeListOf(rates) },
    sample: { path: { affiliate: "ada" } },
  },
  {
    route: "POST /programs/:program/enrollments/:affiliate/rates",
    id: "setOwnRates",
    tag: "Affiliates",
    summary: "Give an affiliate its own rates",
    text: "They precede the rates of the terms. Earlier sales keep their rates.",
    path: ENROLLMENT.path,
    body: {
      schema: v.strictObject({ ...newRates.entries, rates: v.nullable(ownRatesSent) }),
      fields: {
        rates: "The rules. Null to go back to the terms' rates.",
        from: "Since when. Now if left out; not in the past.",
      },
      example: { rates: [{ rate_bps: 5_000 }] },
    },
    answers: { 201: rates },
    errors: ENROLLMENT.errors,
    sample: { path: { affiliate: "ada" } },
  },
  {
    route: "GET /coupons",
    id: "listCoupons",
    tag: "Affiliates",
    summary: "List coupons",
    text: "By code, unless `sort` says otherwise. Filters combine.",
    query: { ...filters, q: parameter("Part of a code, in any case."), ...sorting("code", "created_at") },
    answers: { 200: pageOf(coupon) },
    errors: { 422: ["program_not_found", "affiliate_not_found"] },
    sample: { query: "program=orbit" },
  },
  {
    route: "POST /coupons",
    id: "createCoupon",
    tag: "Affiliates",
    summary: "Assign a coupon to an affiliate",
    text: "A sale with the code is credited to the affiliate without any click. Create the coupon itself in your shop.",
    body: {
      schema: newCoupon,
      fields: {
        program: "The program's slug.",
        affiliate: "The affiliate's username.",
        code: "The code, in any case.",
      },
      example: { program: "orbit", affiliate: "ada", code: "ADA10" },
    },
    answers: { 201: object(couponFields) },
    errors: { 409: ["coupon_taken"], 422: ["affiliate_not_enrolled", "affiliate_not_found", "program_not_found"] },
    sample: {},
  },
  {
    route: "DELETE /coupons/:code",
    id: "removeCoupon",
    tag: "Affiliates",
    summary: "Remove a coupon",
    text: "Sales until now keep their credit.",
    path: { code: COUPON },
    query: { program: filters.program },
    required_query: ["program"],
    answers: { 200: object({ ...couponFields, status: oneOf(["deleted"], "Always `deleted`.") }) },
    errors: { 422: ["program_not_found"] },
    sample: { query: "program=orbit" },
  },
];
