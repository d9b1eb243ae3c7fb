/** Enrolls up to 100 affiliates in one call, or changes their enrollments. */
import { and, eq, sql } from "drizzle-orm";
import type { BatchItem } from "drizzle-orm/batch";
import * as v from "valibot";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { answerRow, answerRows, done, type RowResult, readRows, viewRows } from "../api/layout/bulk.ts";
import { auditActorOf, commitChange } from "../api/layout/commit-change.ts";
import { findProgram, findVisibleAffiliate } from "../api/layout/find-records.ts";
import { recordChange } from "../audit/audit-store.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { Problem } from "../lib/problem.ts";
import { parseAllFields, shortText } from "../lib/validation.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import { listGroups } from "../programs/group-queries.ts";
import { enrollmentStatus, requireEligible, setStatus } from "./api.ts";
import { STATUS_REASON } from "./enrollment-queries.ts";
import { moveToGroup } from "./group-store.ts";
import { affiliates, enrollmentGroups, enrollmentStatuses, enrollments } from "./tables.ts";

/** A row of the bulk call: an affiliate that isn't enrolled yet is enrolled, approved by default. */
export const enrollmentRow = v.strictObject({
  affiliate: v.string(),
  status: v.optional(enrollmentStatus),
  group: v.optional(v.string()),
  is_customer: v.optional(v.boolean(), false),
  /** With a status, why, for the affiliate; and for the audit log. */
  reason: v.optional(shortText),
});

type Row = v.InferOutput<typeof enrollmentRow>;
type Program = Awaited<ReturnType<typeof findProgram>>;
type Affiliate = typeof affiliates.$inferSelect;
type Enrollment = { status: v.InferOutput<typeof enrollmentStatus>; group: string };
/** With why it has its status. */
type KnownEnrollment = Enrollment & { reason: string | null };

/** What is known before the rows are done, by username; a row changes it for those after it. */
interface Known {
  groups: ReadonlySet<string>;
  enrolled: Map<string, { affiliate: Affiliate; enrollment: KnownEnrollment }>;
}

/** Two calls that enroll the same affiliate at once: the second one finds it enrolled. */
const ATTEMPTS = 3;

export function addEnrollmentBulkRoutes(app: ApiApp): void {
  app.post("/programs/:program/enrollments/bulk", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { rows } = await readRows(c);
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await enrollRows(c, program, rows);
      } catch (error) {
        if (!isUniqueViolation(error) || attempt === ATTEMPTS) throw error;
      }
    }
  });
}

/** Makes the changes of all rows in one transaction, with the response for a repeated call. */
async function enrollRows(c: ApiCall, program: Program, rows: readonly unknown[]): Promise<Response> {
  const known = await readKnown(c, program, rows);
  const statements: BatchItem<"sqlite">[] = [];
  const results: RowResult[] = [];
  for (const row of rows) {
    results.push(await answerRow(() => planRow(c, program, { row, known, statements })));
  }
  const failed = results.find(({ status }) => status >= 500);
  if (failed !== undefined) throw new Problem(503, "row_not_done", failed.problem?.detail ?? "");
  const [first, ...others] = statements;
  if (first === undefined) return answerRows(c, results);
  return commitChange(c, [first, ...others], [], { status: 200, body: viewRows(results) });
}

async function readKnown(c: ApiCall, program: Program, rows: readonly unknown[]): Promise<Known> {
  const { db, now } = c.var;
  const names = rows.flatMap((row) => {
    const { affiliate } = Object(row);
    return typeof affiliate === "string" ? [affiliate.toLowerCase()] : [];
  });
  const group = sql<string | null>`(SELECT group_slug FROM ${enrollmentGroups} g WHERE g.program_id = ${program.id}
    AND g.affiliate_id = ${affiliates.id} AND g.at <= ${now} ORDER BY g.at DESC LIMIT 1)`;
  const [found, groups] = await Promise.all([
    db
      .select({
        ...{ affiliate: affiliates, status: enrollments.status, group: group.as("current_group") },
        reason: STATUS_REASON.as("status_reason"),
      })
      .from(affiliates)
      .innerJoin(enrollments, and(eq(enrollments.affiliate_id, affiliates.id), eq(enrollments.program_id, program.id)))
      .where(sql`${affiliates.username} IN (SELECT value FROM json_each(${JSON.stringify(names)}))`),
    listGroups(db, program.id),
  ]);
  return {
    groups: new Set(groups.map(({ slug }) => slug)),
    enrolled: new Map(
      found.map(({ affiliate, status, group, reason }) => [
        affiliate.username,
        { affiliate, enrollment: { status, group: group ?? DEFAULT_GROUP, reason } },
      ]),
    ),
  };
}

/** Checks a row, and adds the statements of its change. Throws its refusal. */
async function planRow(
  c: ApiCall,
  program: Program,
  { row, known, statements }: { row: unknown; known: Known; statements: BatchItem<"sqlite">[] },
): Promise<RowResult> {
  const { db, now } = c.var;
  const fields = parseAllFields(enrollmentRow, row);
  const found = known.enrolled.get(fields.affiliate.toLowerCase());
  const affiliate =
    found?.affiliate ?? (await findVisibleAffiliate(c, fields.affiliate, "affiliate", { or_in_none: true }));
  if (fields.group !== undefined && !known.groups.has(fields.group)) {
    throw new Problem(422, "group_not_found", `There is no group "${fields.group}".`, "group");
  }
  const before = found === undefined ? null : pickEnrollment(found.enrollment);
  const after = { status: before?.status ?? "approved", group: before?.group ?? DEFAULT_GROUP, ...changedOf(fields) };
  const isNewStatus = before?.status !== after.status;
  const known_reason = found?.enrollment.reason ?? null;
  const explains = fields.status !== undefined && fields.reason !== undefined && fields.reason !== known_reason;
  if (after.status === "approved" && before?.status !== "approved") {
    await requireEligible(c, { program, affiliate, is_customer: fields.is_customer });
  }
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const changes = [
    ...(before === null ? enroll(c, account, { ...after, reason: fields.reason }) : []),
    ...(before !== null && (isNewStatus || explains)
      ? setStatus(db, account, { status: after.status, reason: fields.reason }, now)
      : []),
    // A new enrollment is in its group from the beginning.
    ...(after.group === (before?.group ?? DEFAULT_GROUP)
      ? []
      : [moveToGroup(db, account, after.group, before === null ? 0 : now)]),
  ];
  if (changes.length > 0) {
    const reason = fields.reason === undefined ? {} : { reason: fields.reason };
    const difference = before === null ? { before: null, after } : diffFields(before, after);
    const change = {
      ...{ action: `enrollment.${before === null ? "created" : "updated"}`, program_id: program.id },
      ...{ subject_type: "affiliate", subject: affiliate.username },
      ...{ before: difference.before, after: { ...difference.after, ...reason } },
    };
    statements.push(...changes, recordChange(db, auditActorOf(c), change, now));
  }
  const reason = isNewStatus || explains ? (fields.reason ?? null) : known_reason;
  known.enrolled.set(affiliate.username, { affiliate, enrollment: { ...after, reason } });
  const record = { program: program.slug, affiliate: affiliate.username, ...after };
  return done(record, before === null ? 201 : 200);
}

function changedOf({ status, group }: Row): Partial<Enrollment> {
  return { ...(status !== undefined && { status }), ...(group !== undefined && { group }) };
}

function pickEnrollment({ status, group }: KnownEnrollment): Enrollment {
  return { status, group };
}

function enroll(
  c: ApiCall,
  account: { program_id: number; affiliate_id: number },
  { status, reason = null }: { status: Enrollment["status"]; reason?: string | null | undefined },
) {
  const { db, now } = c.var;
  return [
    db.insert(enrollments).values({ ...account, status, created_at: now }),
    db.insert(enrollmentStatuses).values({ ...account, at: now, status, reason }),
  ];
}
