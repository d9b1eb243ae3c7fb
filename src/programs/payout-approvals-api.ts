/**
 * Lowering the number of approvals that a payout run needs takes as many approvals as runs did before: a change from two to one
 * waits until a second user makes the same call.
 */
import { and, eq, gt, inArray, lte, ne, notInArray, or, sql } from "drizzle-orm";
import type { ApiCall } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import type { Database } from "../db/database.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import { MS_PER_DAY } from "../lib/time.ts";
import { selectOwners } from "../users/approver-queries.ts";
import { approvalRequests, programs } from "./tables.ts";

type Program = Pick<typeof programs.$inferSelect, "id" | "slug" | "payout_approvals">;

/** A request that nobody confirms ends, so that it can't be used much later. */
const PENDING_MS = 7 * MS_PER_DAY;

/** A request to lower the number, as the API shows it. */
export interface PendingApprovals {
  payout_approvals: number;
  requested_by: string;
  requested_at: string;
  expires_at: string;
}

/** The request that waits for a second user; null for none. One of a user who is no longer an owner is void. */
export async function readPendingApprovals(
  db: Database,
  programId: number,
  now: number,
): Promise<PendingApprovals | null> {
  const { program_id, requested_by, expires_at } = approvalRequests;
  const isOpen = and(eq(program_id, programId), gt(expires_at, now), inArray(requested_by, selectOwners(db)));
  const row = await db.select().from(approvalRequests).where(isOpen).get();
  return row === undefined ? null : viewRequest(row);
}

/**
 * Lowers the number if another user has requested it, and answers with the program as `view` shows it. Otherwise stores the
 * request and answers 202. Throws 403 for a key that belongs to no user, and in a session that another user could have opened.
 */
export async function lowerApprovals(
  c: ApiCall,
  program: Program,
  { to, view }: { to: number; view: object },
): Promise<Response> {
  const { db, now, actor } = c.var;
  const { user_id: user } = actor;
  if (user === null) {
    const detail =
      "Fewer approvals need the consent of two users, and this API key belongs to no user. Use a user's key.";
    throw new Problem(403, "approval_needs_user", detail);
  }
  if ((actor.opened_by ?? []).length > 0) {
    const detail =
      "Fewer approvals need the consent of two users, and another user created the sign-in link of this session. Sign in with your own API key.";
    throw new Problem(403, "approval_session_not_independent", detail);
  }
  const before = { payout_approvals: program.payout_approvals };
  const after = { payout_approvals: to };
  const { program_id, payout_approvals, requested_by, expires_at } = approvalRequests;
  const isRequested = and(
    eq(program_id, program.id),
    eq(payout_approvals, to),
    ne(requested_by, user),
    inArray(requested_by, selectOwners(db)),
    gt(expires_at, now),
  );
  const request = db.select({ program_id }).from(approvalRequests).where(isRequested);
  if ((await request.get()) !== undefined) {
    const changed = new Problem(
      409,
      "approval_request_changed",
      "The request has changed. Read the program again, then retry.",
    );
    return commitChange(
      c,
      [
        db
          .update(programs)
          .set(after)
          .where(and(eq(programs.id, program.id), sql`EXISTS ${request}`)),
        // Last: it changes a row exactly if the update has.
        db.delete(approvalRequests).where(isRequested),
      ],
      [{ ...changeOf(program, "updated"), before, after }],
      { status: 200, body: view },
      { if_unchanged: changed },
    );
  }
  const row = { program_id: program.id, payout_approvals: to, requested_by: user, requested_at: now };
  const stored = await db.select().from(approvalRequests).where(eq(program_id, program.id)).get();
  const isOwn = stored !== undefined && stored.requested_by === user && stored.expires_at > now;
  const pending = isOwn && stored.payout_approvals === to ? stored : { ...row, expires_at: now + PENDING_MS };
  const isReplaced = or(lte(expires_at, now), ne(payout_approvals, to), notInArray(requested_by, selectOwners(db)));
  return commitChange(
    c,
    [
      db
        .insert(approvalRequests)
        .values(pending)
        .onConflictDoUpdate({
          target: program_id,
          set: pending,
          ...(isReplaced !== undefined && { setWhere: isReplaced }),
        }),
    ],
    [{ ...changeOf(program, "approvals_change_requested"), before, after }],
    {
      status: 202,
      body: {
        status: "approval_pending",
        detail: "Nothing has changed yet: a second user who is an owner must make the same call.",
        pending_payout_approvals: viewRequest(pending),
      },
    },
  );
}

/** The statement that withdraws a request, and its change. */
export function withdrawRequest(db: Database, program: Program, pending: PendingApprovals) {
  const before = { payout_approvals: pending.payout_approvals };
  return {
    statement: db.delete(approvalRequests).where(eq(approvalRequests.program_id, program.id)),
    change: { ...changeOf(program, "approvals_change_withdrawn"), before, after: null },
  };
}

function changeOf({ id, slug }: Program, verb: string) {
  return { action: `program.${verb}`, program_id: id, subject_type: "program", subject: slug };
}

function viewRequest(row: typeof approvalRequests.$inferSelect): PendingApprovals {
  const { payout_approvals, requested_by, requested_at, expires_at } = row;
  return {
    payout_approvals,
    requested_by,
    requested_at: toIsoTime(requested_at),
    expires_at: toIsoTime(expires_at),
  };
}
