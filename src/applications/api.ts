/** Applications to a program, and the merchant's decisions. */
import { and, eq } from "drizzle-orm";
import * as v from "valibot";
import { affiliates } from "../affiliates/tables.ts";
import { newUsername } from "../affiliates/username.ts";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findGroup, findProgram, findVisibleAffiliate } from "../api/layout/find-records.ts";
import { readChoice } from "../api/layout/list-filters.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { readSettings } from "../env.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { type FieldFault, Problem } from "../lib/problem.ts";
import { displayName, emailAddress, refuseFaults, shortText } from "../lib/validation.ts";
import { buildLinkUrl } from "../links/link-url.ts";
import type { LinkForgetter } from "../redirect/link-resolver.ts";
import { type Answer, APPLICATION_STATUSES, type ApplicationForm, decideByRules } from "./application-form.ts";
import {
  APPLICATION_ID,
  type Application,
  findApplication,
  findRefusal,
  insertApplication,
  isUsernameTaken,
  listApplications,
  markRejected,
  newApplication,
  type Refusal,
} from "./application-store.ts";
import { findAccount, isEligible, type Program, planApproval } from "./approve-store.ts";
import { loadForm } from "./form-store.ts";
import { sendApplicationEmail } from "./portal/email-store.ts";
import { finishApproval } from "./portal/settle-store.ts";
import { findAnswerFault } from "./read-application.ts";

/** The body of `POST …/approve`. */
export const approvalFields = v.strictObject({
  group: v.optional(v.string()),
  is_customer: v.optional(v.boolean(), false),
});

/** The body of `POST …/reject`. */
export const rejectionFields = v.strictObject({
  reason: v.optional(v.nullable(shortText), null),
  may_reapply: v.optional(v.boolean(), true),
});

/** The body of `POST …/applications`. Answers are by question; a multiple choice takes a list. */
export const newApplicationFields = v.strictObject({
  name: displayName,
  email: v.pipe(emailAddress, v.toLowerCase()),
  username: newUsername,
  country: v.optional(v.nullable(v.string()), null),
  answers: v.optional(v.record(v.string(), v.union([v.string(), v.array(v.string())])), {}),
  sponsor: v.optional(v.nullable(v.string()), null),
  terms_version: v.optional(v.nullable(displayName), null),
});

export function addApplicationRoutes(app: ApiApp, links: LinkForgetter): void {
  app.get("/programs/:program/applications", allowQuery("status", ...PAGING), async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { limit, cursor } = readPage(c.req.query(), APPLICATION_ID);
    const status = readChoice(c, "status", APPLICATION_STATUSES);
    const rows = await listApplications(db, program.id, { status, before: cursor }, limit + 1);
    const { data, next } = pageOf(
      rows,
      limit,
      (row) => row,
      ({ id }) => id,
    );
    return c.json({ data: await viewApplications(c, program, data), next });
  });

  app.post("/programs/:program/applications", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const fields = await readJson(c.req, newApplicationFields);
    const { email, username } = fields;
    const [form, account] = await Promise.all([loadForm(db, program.id), findAccount(db, email)]);
    const sponsor = fields.sponsor === null ? null : await findVisibleAffiliate(c, fields.sponsor, "sponsor");
    const answers = readAnswers(form, fields);
    const refusal = await findRefusal(db, program.id, { email, affiliate_id: account?.id ?? null });
    if (refusal !== null) throw refused(refusal);
    if (account === null && (await isUsernameTaken(db, username, { email, now }))) {
      throw new Problem(409, "username_taken", `username: ${username} is taken.`, "username");
    }
    const { group } = decideByRules(form, { answers, country: fields.country });
    const { name, country, terms_version } = fields;
    const row: Application = {
      ...newApplication(
        {
          ...{ program_id: program.id, name, email, username, affiliate_id: account?.id ?? null, country, answers },
          ...{
            terms_version,
            sponsor_id: sponsor?.id ?? null,
            shares_email: false,
            invitation_id: null,
            group_slug: group,
          },
        },
        now,
      ),
      ...{ status: "in_review", confirmed_at: now },
    };
    const [body] = await viewApplications(c, program, [row]);
    const change = {
      ...{ action: "application.received", program_id: program.id, subject_type: "application", subject: row.id },
      ...{ before: null, after: { name, email } },
    };
    try {
      const response = await commitChange(c, [insertApplication(db, row)], [change], {
        status: 201,
        body: { ...body },
      });
      const sender = { env: c.env, program, host: new URL(c.req.url).host };
      const news = { kind: "received", review_days: form.review_days } as const;
      c.executionCtx.waitUntil(sendApplicationEmail(sender, row, news));
      return response;
    } catch (error) {
      throw isUniqueViolation(error) ? refused("in_review") : error;
    }
  });

  app.get("/programs/:program/applications/:application", async (c) => {
    const { program, application } = await findOne(c);
    const [view] = await viewApplications(c, program, [application]);
    return c.json(view);
  });

  app.post("/programs/:program/applications/:application/approve", async (c) => {
    const { db, now, env } = { ...c.var, env: c.env };
    const { program, application } = await findOne(c);
    const fields = await readJson(c.req, approvalFields);
    if (application.status !== "in_review") throw notInReview(application);
    const group_slug =
      fields.group === undefined
        ? application.group_slug
        : (await findGroup(db, program.id, fields.group, "group")).slug;
    const { vault_key } = readSettings(env);
    const of = { vault_key, program_id: program.id, email: application.email };
    if (!fields.is_customer && !(await isEligible(db, of, now))) {
      const detail = `${program.name} is open to customers only, and the applicant has paid for nothing with this email address. Send is_customer: true if they are a customer under another one.`;
      throw new Problem(409, "affiliate_not_customer", detail);
    }
    const form = await loadForm(db, program.id);
    const approval = await planApproval(db, program, { application: { ...application, group_slug }, form }, now);
    const { link, coupon, username } = approval;
    const decided: Application = { ...application, status: "approved", group_slug, decided_at: now };
    const [view] = await viewApplications(c, program, [decided], username);
    const body = {
      ...view,
      link: link === null ? null : buildLinkUrl(link, new URL(c.req.url).origin),
      coupon,
    };
    try {
      const response = await commitChange(c, approval.statements, approval.changes, { status: 200, body });
      const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
      const host = new URL(c.req.url).host;
      await finishApproval({ db, env, program, host, links, now, later }, decided, approval);
      return response;
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = `${application.username} was taken meanwhile, or the application was approved in another call.`;
      throw new Problem(409, "username_taken", detail);
    }
  });

  app.post("/programs/:program/applications/:application/reject", async (c) => {
    const { db, now } = c.var;
    const { program, application } = await findOne(c);
    const decision = await readJson(c.req, rejectionFields);
    if (application.status !== "in_review") throw notInReview(application);
    const decided: Application = { ...application, status: "rejected", decided_at: now, ...decision };
    const [body] = await viewApplications(c, program, [decided]);
    const change = {
      ...{
        action: "application.rejected",
        program_id: program.id,
        subject_type: "application",
        subject: application.id,
      },
      ...{ before: { status: "in_review" }, after: { status: "rejected", ...decision } },
    };
    const response = await commitChange(
      c,
      [markRejected(db, application.id, decision, now)],
      [change],
      { status: 200, body: { ...body } },
      { if_unchanged: notInReview(application) },
    );
    const sender = { env: c.env, program, host: new URL(c.req.url).host };
    c.executionCtx.waitUntil(sendApplicationEmail(sender, decided, { kind: "rejected" }));
    return response;
  });
}

async function findOne(c: ApiCall): Promise<{ program: Program; application: Application }> {
  const program = await findProgram(c.var.db, c.req.param("program") ?? "");
  const id = c.req.param("application") ?? "";
  const application = await findApplication(c.var.db, id);
  // Before the address is confirmed, an application is the applicant's own.
  if (application === null || application.program_id !== program.id || application.status === "unconfirmed") {
    throw new Problem(404, "application_not_found", `There is no application "${id}".`);
  }
  return { program, application };
}

/** The answers to the form's own questions. Throws 422 with all faults; a required question may be left out. */
function readAnswers(form: ApplicationForm, { answers }: v.InferOutput<typeof newApplicationFields>): Answer[] {
  const faults = Object.entries(answers).flatMap(([key, given]): FieldFault[] => {
    const field = `answers.${key}`;
    const question = form.questions.find((one) => one.key === key);
    const detail = question === undefined ? "there is no such question" : findAnswerFault(question, [given].flat());
    return detail === null ? [] : [{ field, code: "invalid_answers", detail: `${field}: ${detail}` }];
  });
  refuseFaults(faults);
  return form.questions.flatMap(({ key, label }) => {
    const values = [answers[key] ?? []].flat();
    return values.length === 0 ? [] : [{ question: key, label, values }];
  });
}

const REFUSALS: Record<Refusal, () => Problem> = {
  enrolled: () =>
    new Problem(409, "already_enrolled", "An affiliate with this email address is in the program already."),
  in_review: () =>
    new Problem(
      409,
      "application_in_review",
      "An application with this email address or username is in review already.",
    ),
  not_again: () =>
    new Problem(409, "application_refused", "The applicant was banned, or rejected without the right to apply again."),
};

function refused(refusal: Refusal): Problem {
  return REFUSALS[refusal]();
}

function notInReview({ status }: Application): Problem {
  return new Problem(409, "application_decided", `This application is ${status}. Only one in review can be decided.`);
}

/** Applications as the API shows them. `approvedAs` is the username of one that is being approved. */
async function viewApplications(c: ApiCall, program: Program, rows: readonly Application[], approvedAs?: string) {
  const usernames = new Map<number, string>();
  for (const id of new Set(rows.flatMap((row) => [row.affiliate_id, row.sponsor_id].filter((one) => one !== null)))) {
    const found = await c.var.db
      .select({ username: affiliates.username })
      .from(affiliates)
      .where(and(eq(affiliates.id, id)))
      .get();
    if (found !== undefined) usernames.set(id, found.username);
  }
  return rows.map((row) => ({
    ...{ id: row.id, program: program.slug, status: row.status, name: row.name, email: row.email },
    username: row.username,
    affiliate: approvedAs ?? usernames.get(row.affiliate_id ?? 0) ?? null,
    ...{ country: row.country, answers: row.answers, terms_version: row.terms_version, group: row.group_slug },
    sponsor: usernames.get(row.sponsor_id ?? 0) ?? null,
    ...{ reason: row.reason, may_reapply: row.may_reapply },
    created_at: toIsoTime(row.created_at),
    confirmed_at: toIsoTime(row.confirmed_at),
    decided_at: toIsoTime(row.decided_at),
  }));
}
