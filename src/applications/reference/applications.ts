/** The calls of applications, invitations and the form, for the reference. */
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
} from "../../api/layout/reference/fields.ts";
import { choiceParameter, paging } from "../../api/layout/reference/parameters.ts";
import { approvalFields, newApplicationFields, rejectionFields } from "../api.ts";
import { APPLICATION_STATUSES, MODES, QUESTION_TYPES } from "../application-form.ts";
import { formFields } from "../form-fields.ts";
import { newInvitationFields } from "../invitation-api.ts";

const ID = "apl_0mx3j1f9cEyZOa6lAGrDg";
const INVITATION = "inv_0mx3j1f9cEyZOa6lAGrDg";

const PATH = { program: { text: "The program's slug.", example: "orbit", error: "program_not_found" } };
const ONE = { ...PATH, application: { text: "The application's id.", example: ID, error: "application_not_found" } };

/** A program's form. */
export const applicationForm = named("ApplicationForm", {
  program,
  url: text("The sign-up page.", "https://go.example.com/app/join/orbit"),
  mode: oneOf(MODES, "Who may join: everyone at once, by application, or by invitation only.", "application"),
  introduction: mostlyNull(text("A text above the form.", "We love makers.")),
  questions: listOf(
    object({
      key: text("Names the question in rules and answers.", "channel"),
      label: text("The question.", "Where will you promote us?"),
      type: oneOf(QUESTION_TYPES, "The kind of answer.", "choice"),
      help: mostlyNull(text("A hint below the field.", "The main one.")),
      required: flag("Whether it must be answered.", true),
      options: listOf(v.string(), "Of a choice or multiple choice.", ["Blog", "YouTube"]),
    }),
    "The merchant's own questions, in order.",
  ),
  countries: mostlyNull(listOf(v.string(), "ISO 3166-1 codes of the countries that may apply.", ["US", "DE"])),
  terms_text: mostlyNull(
    text("The terms of service, or their summary, above the box that accepts them.", "Be honest."),
  ),
  review_days: count("After how many days an application is usually decided.", 5),
  rules: listOf(
    object({
      question: text("A question's key, or `country`.", "channel"),
      any_of: listOf(v.string(), "Matches if the answer is, or has, one of these.", ["YouTube"]),
      group: orNull(text("The group of those that match. The first rule with one decides.", "partners")),
      decision: mostlyNull(
        oneOf(["approve", "review"], "Whether to approve at once. The first rule with one decides."),
      ),
    }),
    "What follows from answers.",
    [],
  ),
  coupon_suffix: mostlyNull(text("An approved affiliate gets a coupon of its username with this suffix.", "10")),
  inactive_days: mostlyNull(count("Enrollments without a sale end after so many days without a click.", 180)),
});

const applicationFields = {
  id: text("Its id, which begins with the time.", ID),
  program,
  status: oneOf(APPLICATION_STATUSES, "Its state.", "in_review"),
  name: text("The applicant's name.", "Ada Byron"),
  email: text("The applicant's email address, confirmed.", "ada@example.com"),
  username: text("The username that was asked for.", "ada"),
  affiliate: mostlyNull(affiliate),
  country: mostlyNull(text("ISO 3166-1 code, where the form asks.", "DE")),
  answers: listOf(
    object({
      question: text("The question's key.", "channel"),
      label: text("The question as it was asked.", "Where will you promote us?"),
      values: listOf(v.string(), "The answer; several of a multiple choice.", ["Blog"]),
    }),
    "The answers to the merchant's own questions.",
  ),
  terms_version: mostlyNull(text("The version of the terms of service that was accepted.", "2026-01")),
  group: text("The group that an approval puts it in.", "default"),
  sponsor: mostlyNull(text("The username of the affiliate who referred the applicant.", "priya")),
  reason: mostlyNull(text("Why it was rejected, for the applicant.", "No website yet")),
  may_reapply: flag("Whether the applicant may apply again.", true),
  created_at,
  confirmed_at: orNull(time("When the email address was confirmed.")),
  decided_at: mostlyNull(time("When it was approved or rejected.")),
};

/** An application. */
export const application = named("Application", applicationFields);

/** An application after its approval. */
export const approvedApplication = named("ApprovedApplication", {
  ...applicationFields,
  status: oneOf(["approved"], "Always `approved`."),
  affiliate,
  link: orNull(text("The default link. Null if the affiliate had one before.", "https://go.example.com/ada")),
  coupon: mostlyNull(text("The default coupon.", "ADA10")),
});

const invitationFields = {
  id: text("Its id, which begins with the time.", INVITATION),
  program,
  email: text("The address that is invited.", "grace@example.com"),
  name: mostlyNull(text("The name that the form begins with.", "Grace Hopper")),
  group: text("The group that the affiliate joins.", "default"),
  status: oneOf(["open", "used", "revoked", "expired"], "Its state."),
  created_at,
  expires_at: time("When it ends.", "2026-04-01T09:30:00.000Z"),
  used_at: mostlyNull(time("When it was used.")),
};

/** An invitation. */
export const invitation = named("Invitation", invitationFields);

/** The calls of `form-api.ts`, `api.ts` and `invitation-api.ts`. */
export const applicationCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/application",
    id: "getApplicationForm",
    tag: "Affiliates",
    summary: "Read a program's application form",
    path: PATH,
    answers: { 200: applicationForm },
    sample: {},
  },
  {
    route: "PUT /programs/:program/application",
    id: "setApplicationForm",
    tag: "Affiliates",
    summary: "Set a program's application form",
    text: "A field that is left out gets its default.",
    path: PATH,
    body: {
      schema: formFields,
      fields: {
        mode: "Who may join: `open`, `application` (the default) or `invitation`.",
        introduction: "A text above the form.",
        questions: "Your own questions, in order, at most 20.",
        "questions.key": "Names the question in rules and answers: a-z, 0-9 and _.",
        "questions.label": "The question.",
        "questions.type": "The kind of answer.",
        "questions.help": "A hint below the field.",
        "questions.required": "Whether it must be answered.",
        "questions.options": "Of a choice or multiple choice, at least two.",
        countries: "ISO 3166-1 codes of the countries that may apply. Null for all; then the country isn't asked.",
        terms_text: "The terms of service, or their summary. With `terms_url` of the program, both are shown.",
        review_days: "After how many days you usually decide, for applicants.",
        rules:
          "What follows from answers. The first rule with a group chooses it, the first one with a decision makes it.",
        "rules.question": "The key of a choice, multiple choice or country question, or `country`.",
        "rules.any_of": "Matches if the answer is, or has, one of these.",
        "rules.group": "The group's slug.",
        "rules.decision": "`approve` approves at once, `review` leaves it to you even if the form is open.",
        coupon_suffix:
          "An approved affiliate gets a coupon of its username with this suffix. Create it in your shop too.",
        inactive_days: "Ends enrollments without a sale after so many days without a click.",
      },
      example: {
        mode: "application",
        questions: [
          {
            key: "channel",
            label: "Where will you promote us?",
            type: "choice",
            required: true,
            options: ["Blog", "YouTube"],
          },
        ],
        review_days: 3,
      },
    },
    answers: { 200: applicationForm },
    sample: {},
  },
  {
    route: "GET /programs/:program/applications",
    id: "listApplications",
    tag: "Affiliates",
    summary: "List applications",
    text: "Newest first. Those whose email address isn't confirmed are left out, unless you ask for them by status.",
    path: PATH,
    query: { status: choiceParameter(APPLICATION_STATUSES, "Only with this status."), ...paging },
    answers: { 200: pageOf(application) },
    sample: { query: "status=in_review&limit=2" },
  },
  {
    route: "POST /programs/:program/applications",
    id: "createApplication",
    tag: "Affiliates",
    summary: "Enter an application",
    text: "For a form of your own: you vouch for the email address, so that the application is in review at once. Required questions may be left out.",
    path: PATH,
    body: {
      schema: newApplicationFields,
      fields: {
        name: "The applicant's name.",
        email: "The applicant's email address.",
        username: "The username that the applicant wants.",
        country: "ISO 3166-1 code.",
        answers: "Answers by the question's key; a list for a multiple choice.",
        sponsor: "The username of the affiliate who referred the applicant.",
        terms_version: "The version of your terms of service that was accepted.",
      },
      example: { name: "Joan Clarke", email: "joan@example.com", username: "joan", terms_version: "2026-01" },
    },
    answers: { 201: application },
    errors: {
      409: ["already_enrolled", "application_in_review", "application_refused", "username_taken"],
      422: ["affiliate_not_found"],
    },
    sample: {},
  },
  {
    route: "GET /programs/:program/applications/:application",
    id: "getApplication",
    tag: "Affiliates",
    summary: "Read an application",
    path: ONE,
    answers: { 200: application },
    sample: { unavailable: "ids are new in each demo" },
  },
  {
    route: "POST /programs/:program/applications/:application/approve",
    id: "approveApplication",
    tag: "Affiliates",
    summary: "Approve an application",
    text: "The account, the enrollment, a link to `home_url` and, where the form sets one, a coupon exist at once. The applicant gets an email with them.",
    path: ONE,
    body: {
      schema: approvalFields,
      fields: {
        group: "The group's slug. The application's own if left out.",
        is_customer: "Your word that the applicant is a customer, for a program that is open to customers only.",
      },
      example: {},
    },
    answers: { 200: approvedApplication },
    errors: { 409: ["affiliate_not_customer", "application_decided", "username_taken"], 422: ["group_not_found"] },
    sample: { unavailable: "ids are new in each demo" },
  },
  {
    route: "POST /programs/:program/applications/:application/reject",
    id: "rejectApplication",
    tag: "Affiliates",
    summary: "Reject an application",
    path: ONE,
    body: {
      schema: rejectionFields,
      fields: {
        reason: "Why, for the applicant.",
        may_reapply: "Whether the applicant may apply again. True if left out.",
      },
      example: { reason: "No website yet", may_reapply: true },
    },
    answers: { 200: application },
    errors: { 409: ["application_decided"] },
    sample: { unavailable: "ids are new in each demo" },
  },
  {
    route: "GET /programs/:program/invitations",
    id: "listInvitations",
    tag: "Affiliates",
    summary: "List invitations",
    text: "Newest first.",
    path: PATH,
    query: paging,
    answers: { 200: pageOf(invitation) },
    sample: {},
  },
  {
    route: "POST /programs/:program/invitations",
    id: "createInvitation",
    tag: "Affiliates",
    summary: "Invite someone to a program",
    text: "Affiliates who join by the link are approved at once. It works once and for 30 days, and is emailed if the deployment sends emails.",
    path: PATH,
    body: {
      schema: newInvitationFields,
      fields: {
        email: "The address to invite.",
        name: "The name that the form begins with.",
        group: "The group's slug. `default` if left out.",
      },
      example: { email: "grace@example.com", name: "Grace Hopper" },
    },
    answers: {
      201: object({
        ...invitationFields,
        url: text("The link to hand over.", "https://go.example.com/app/join/orbit?invitation=BmludjE"),
      }),
    },
    errors: { 409: ["already_enrolled"], 422: ["group_not_found"] },
    sample: {},
  },
  {
    route: "DELETE /programs/:program/invitations/:invitation",
    id: "revokeInvitation",
    tag: "Affiliates",
    summary: "Revoke an invitation",
    path: { ...PATH, invitation: { text: "The invitation's id.", example: INVITATION, error: "invitation_not_found" } },
    answers: { 200: invitation },
    errors: { 409: ["invitation_not_open"] },
    sample: {
      path: { invitation: "$INVITATION" },
      before: [`INVITATION=$(api "$ORIGIN/v1/programs/orbit/invitations" | jq -r '.data[0].id')`],
    },
  },
];
