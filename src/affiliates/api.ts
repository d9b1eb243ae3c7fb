import { and, eq } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import * as v from "valibot";
import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import {
  findAffiliate,
  findEnrollment,
  findGroup,
  findProgram,
  findVisibleAffiliate,
  findVisibleProgram,
} from "../api/layout/find-records.ts";
import { readProgramFilter } from "../api/layout/list-filters.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { LIST, readList } from "../api/layout/read-list.ts";
import { diffFields } from "../audit/diff-fields.ts";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { readSettings } from "../env.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { hashEmail } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { displayName, emailAddress, instant, shortText } from "../lib/validation.ts";
import { newSignInLink } from "../portal/layout/sign-in/sign-in-store.ts";
import { newView } from "../portal/layout/sign-in/view-store.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import { programs } from "../programs/tables.ts";
import { loadTerms } from "../programs/terms-queries.ts";
import { isPayingCustomer } from "./eligibility-queries.ts";
import { type AccountKey, ENROLLMENT_STATUSES } from "./enrollment.ts";
import { ENROLLMENT_SEGMENTS, viewEnrollment } from "./enrollment-list-api.ts";
import { findStatusReason } from "./enrollment-queries.ts";
import { findGroupAt, moveToGroup } from "./group-store.ts";
import { readAffiliate, searchAffiliates } from "./search-queries.ts";
import { findSponsorAt, isAboveSponsor, setSponsor } from "./sponsor-store.ts";
import { affiliates, enrollmentStatuses, enrollments } from "./tables.ts";
import { findReservedWord, newUsername } from "./username.ts";

/** The body of `POST /v1/affiliates`. */
export const newAffiliate = v.strictObject({
  username: newUsername,
  name: displayName,
  email: v.pipe(emailAddress, v.toLowerCase()),
  sponsor: v.nullish(v.string()),
});

/** What the merchant can set an enrollment's status to. */
export const enrollmentStatus = v.picklist(ENROLLMENT_STATUSES);
/** The merchant's word that the affiliate is a customer, for a program that is open to customers only. */
const confirmation = { is_customer: v.optional(v.boolean(), false) };

/** The body of `POST …/enrollments`. */
export const newEnrollment = v.strictObject({
  affiliate: v.string(),
  status: v.optional(enrollmentStatus, "approved"),
  group: v.optional(v.string(), DEFAULT_GROUP),
  ...confirmation,
});
/** The body of `PATCH …/enrollments/:affiliate`. */
export const enrollmentChange = v.strictObject({
  status: v.optional(enrollmentStatus),
  ...confirmation,
  /** Why it gets the status, for the affiliate. */
  reason: v.optional(shortText),
  group: v.optional(v.string()),
  /** When the enrollment moves to the group; now by default. */
  group_from: v.optional(instant),
  /** From now on. Null for none. */
  sponsor: v.optional(v.nullable(v.string())),
  may_reapply: v.optional(v.boolean()),
});

export function addAffiliateRoutes(app: ApiApp): void {
  app.post("/affiliates", permit("write", { checks_programs: true }), async (c) => {
    const fields = await readJson(c.req, newAffiliate);
    const { db, now } = c.var;
    const sponsor = fields.sponsor ? await findVisibleAffiliate(c, fields.sponsor, "sponsor") : null;
    const { username, name, email } = fields;
    await refuseReserved(db, username);
    const row = { username, name, email, sponsor_id: sponsor?.id ?? null, created_at: now };
    const after = { name, email, sponsor: sponsor?.username ?? null };
    const change = { ...changeOf(username, "affiliate.created"), before: null, after };
    try {
      return await commitChange(c, [db.insert(affiliates).values(row)], [change], {
        status: 201,
        body: { username, ...after, created_at: toIsoTime(now) },
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Problem(409, "affiliate_exists", "There is already an affiliate with this username or email.");
    }
  });

  app.get(
    "/affiliates",
    permit("read", { checks_programs: true }),
    allowQuery("program", "q", "email", ...LIST),
    async (c) => {
      const { q = null, email = null } = c.req.query();
      const page = await readList(c, ["username", "created_at"]);
      const program_ids = await readProgramFilter(c);
      return c.json(await searchAffiliates(c.var.db, { program_ids, q, email }, page));
    },
  );

  app.get("/affiliates/:username", async (c) => {
    const affiliate = await findAffiliate(c.var.db, c.req.param("username"));
    return c.json(await readAffiliate(c.var.db, affiliate.username));
  });

  app.post("/affiliates/:username/sign-in-link", allowQuery("program"), async (c) => {
    const affiliate = await findAffiliate(c.var.db, c.req.param("username"));
    if (affiliate.erased_at !== null) {
      throw new Problem(409, "affiliate_erased", `${affiliate.username} was erased and can't sign in.`);
    }
    const name = c.req.query("program");
    const program = name === undefined ? null : await findVisibleProgram(c, name, "program");
    const { token, expires_at, statement } = await newSignInLink(c.var.db, affiliate.id, c.var.now);
    // A browser is known as the affiliate's own by the host that it signed in on.
    const { protocol, host } = new URL(c.req.url);
    const url = `${protocol}//${program?.redirect_host ?? host}/app/sign-in?token=${token}`;
    const after = { expires_at: toIsoTime(expires_at) };
    const change = { ...changeOf(affiliate.username, "affiliate.sign_in_link_created"), before: null, after };
    return commitChange(c, [statement], [change], { status: 201, body: { url, ...after } });
  });

  // The portal shows masked payment details.
  app.post("/affiliates/:username/view-link", permit("read_payees"), async (c) => {
    const affiliate = await findAffiliate(c.var.db, c.req.param("username"));
    if (affiliate.erased_at !== null) {
      throw new Problem(409, "affiliate_erased", `${affiliate.username} was erased: there is no portal to view.`);
    }
    const { token, expires_at, statement } = await newView(c.var.db, affiliate.id, c.var.actor, c.var.now);
    const after = { expires_at: toIsoTime(expires_at) };
    const change = { ...changeOf(affiliate.username, "affiliate.portal_viewed"), before: null, after };
    const url = new URL(`/app/view?token=${token}`, c.req.url).href;
    return commitChange(c, [statement], [change], { status: 201, body: { url, ...after } });
  });

  for (const segment of ENROLLMENT_SEGMENTS) {
    app.post(`/programs/:program/${segment}`, async (c) => {
      const { db, now } = c.var;
      const program = await findProgram(db, c.req.param("program"));
      const fields = await readJson(c.req, newEnrollment);
      const affiliate = await findVisibleAffiliate(c, fields.affiliate, "affiliate", { or_in_none: true });
      const { slug: group } = await findGroup(db, program.id, fields.group, "group");
      if (fields.status === "approved")
        await requireEligible(c, { program, affiliate, is_customer: fields.is_customer });
      try {
        const row = { program_id: program.id, affiliate_id: affiliate.id, status: fields.status };
        const view = { program: program.slug, affiliate: affiliate.username, status: fields.status, group };
        const after = { status: fields.status, group, is_customer: fields.is_customer };
        return await commitChange(
          c,
          [
            db.insert(enrollments).values({ ...row, created_at: now }),
            db.insert(enrollmentStatuses).values({ ...row, at: now }),
            ...(group === DEFAULT_GROUP ? [] : [moveToGroup(db, row, group, 0)]),
          ],
          [{ ...changeOf(affiliate.username, "enrollment.created", program.id), before: null, after }],
          { status: 201, body: { ...view, created_at: toIsoTime(now) } },
        );
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
        throw new Problem(
          409,
          "already_enrolled",
          `${affiliate.username} is already enrolled. Use PATCH to change the status.`,
        );
      }
    });

    app.get(`/programs/:program/${segment}/:affiliate`, async (c) => {
      const found = await findEnrolled(c.var.db, c.req.param());
      return c.json(await viewEnrollment(c, found));
    });

    app.patch(`/programs/:program/${segment}/:affiliate`, async (c) => {
      const { db, now } = c.var;
      const { program, affiliate, enrollment } = await findEnrolled(db, c.req.param());
      const fields = await readJson(c.req, enrollmentChange);
      const { status, reason, group, group_from, is_customer, may_reapply } = fields;
      if (status === "approved" && enrollment.status !== "approved") {
        await requireEligible(c, { program, affiliate, is_customer });
      }
      if (reason !== undefined && status === undefined) {
        throw new Problem(422, "invalid_reason", "reason: needs the status that it explains.", "reason");
      }
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const statements: BatchItem<"sqlite">[] = [
        ...(status === undefined ? [] : setStatus(db, account, { status, reason }, now)),
        ...(await readMove(db, account, { group, group_from }, now)),
        ...(may_reapply === undefined
          ? []
          : [db.update(enrollments).set({ may_reapply }).where(isEnrollment(account))]),
      ];
      const sponsor = fields.sponsor === undefined ? undefined : await readSponsor(c, account, fields.sponsor);
      if (sponsor !== undefined) statements.push(setSponsor(db, account, { sponsor_id: sponsor?.id ?? null, at: now }));
      if (statements.length === 0) {
        throw new Problem(422, "invalid_body", "The body must contain status, group, sponsor or may_reapply.");
      }
      const before = {
        sponsor: (await findSponsorAt(db, account, now))?.username ?? null,
        may_reapply: enrollment.may_reapply,
        status: enrollment.status,
        group: await findGroupAt(db, account, now),
        reason: await findStatusReason(db, account),
      };
      const after = {
        status: status ?? enrollment.status,
        ...(status !== undefined && { reason: reason ?? null }),
        group: group ?? before.group,
        ...(group_from !== undefined && { group_from: toIsoTime(group_from) }),
        ...(sponsor !== undefined && { sponsor: sponsor?.username ?? null }),
        ...(may_reapply !== undefined && { may_reapply }),
      };
      const change = changeOf(affiliate.username, "enrollment.updated", program.id);
      await commitChange(c, statements, [{ ...change, ...diffFields(before, after) }], { status: 200, body: {} });
      return c.json(await viewEnrollment(c, { program, affiliate }));
    });
  }
}

/** A change of an affiliate, or of its enrollment in a program, for the audit log. */
function changeOf(subject: string, action: string, programId: number | null = null) {
  return { action, program_id: programId, subject_type: "affiliate", subject };
}

/**
 * Throws 409 where the program's terms are open to customers only, and the affiliate has paid for nothing with its email
 * address. It is checked when the affiliate is approved, and no later purchase or cancellation changes the enrollment.
 */
export async function requireEligible(
  { env, var: { db, now } }: ApiCall,
  given: {
    program: Awaited<ReturnType<typeof findProgram>>;
    affiliate: Awaited<ReturnType<typeof findAffiliate>>;
    is_customer: boolean;
  },
): Promise<void> {
  const { program, affiliate, is_customer } = given;
  const { terms } = await loadTerms(db, program.id, now);
  if (terms.open_to !== "customers" || is_customer) return;
  const { vault_key } = readSettings(env);
  if (await isPayingCustomer(db, program.id, await hashEmail(vault_key, affiliate.email))) return;
  throw new Problem(
    409,
    "affiliate_not_customer",
    `${program.name} is open to customers only, and ${affiliate.username} has paid for nothing with this email address. Send is_customer: true if the affiliate is a customer under another one.`,
  );
}

/** The statements that change an enrollment's status, and note when and why. */
export function setStatus(
  db: Database,
  account: AccountKey,
  { status, reason = null }: { status: v.InferOutput<typeof enrollmentStatus>; reason?: string | null | undefined },
  now: number,
) {
  const { program_id: p, affiliate_id: a, at } = enrollmentStatuses;
  return [
    db.update(enrollments).set({ status }).where(isEnrollment(account)),
    db
      .insert(enrollmentStatuses)
      .values({ ...account, at: now, status, reason })
      .onConflictDoUpdate({ target: [p, a, at], set: { status, reason } }),
  ];
}

const isEnrollment = ({ program_id, affiliate_id }: AccountKey) =>
  and(eq(enrollments.program_id, program_id), eq(enrollments.affiliate_id, affiliate_id));

/** The sponsor that a change names, null for none. Throws 422, also for a sponsor that the affiliate is above of. */
async function readSponsor(c: ApiCall, { program_id, affiliate_id }: AccountKey, username: string | null) {
  if (username === null) return null;
  const sponsor = await findVisibleAffiliate(c, username, "sponsor");
  if (await isAboveSponsor(c.var.db, program_id, { affiliate_id, sponsor_id: sponsor.id })) {
    const detail =
      "sponsor: must not be the affiliate itself, or one that it has referred, directly or through others.";
    throw new Problem(422, "invalid_sponsor", detail, "sponsor");
  }
  return sponsor;
}

/**
 * The statement for a move to another group; none without a group. The past doesn't change, because its sales have been
 * calculated. Throws 422.
 */
async function readMove(
  db: Database,
  account: AccountKey,
  { group, group_from }: { group: string | undefined; group_from: number | undefined },
  now: number,
) {
  if (group === undefined && group_from !== undefined) {
    throw new Problem(422, "invalid_group_from", "group_from: needs a group to move to.", "group_from");
  }
  if (group === undefined) return [];
  const { slug } = await findGroup(db, account.program_id, group, "group");
  const from = group_from ?? now;
  if (from < now) {
    const detail =
      "group_from: must not be in the past: sales since then have been calculated by the rates of the earlier group.";
    throw new Problem(422, "invalid_group_from", detail, "group_from");
  }
  return [moveToGroup(db, account, slug, from)];
}

/** A username that passes for the merchant's own would deceive visitors. Existing ones keep working. Throws 422. */
async function refuseReserved(db: Parameters<typeof findProgram>[0], name: string): Promise<void> {
  const named = await db.select({ slug: programs.slug, name: programs.name }).from(programs);
  const word = findReservedWord(name, named);
  if (word === null) return;
  throw new Problem(422, "username_reserved", `username: must not contain "${word}".`, "username");
}

/** An affiliate in a program that it is enrolled in, by the names in the path. Throws 404. */
export async function findEnrolled(
  db: Parameters<typeof findProgram>[0],
  names: { program: string; affiliate: string },
) {
  const program = await findProgram(db, names.program);
  const affiliate = await findAffiliate(db, names.affiliate);
  const enrollment = await findEnrollment(db, program.id, affiliate.id);
  if (enrollment === null) {
    throw new Problem(404, "enrolment_not_found", `${affiliate.username} is not enrolled in ${program.slug}.`);
  }
  return { program, affiliate, enrollment };
}
