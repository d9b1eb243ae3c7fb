/** Payout runs as the API shows them, with the names of the users who approved or may approve. */

import type { Database } from "../../db/database.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { loadTeam, type TeamUser } from "../../users/approver-queries.ts";
import { listCounted } from "./run.ts";
import type { Run } from "./run-store.ts";

/** A program whose runs are shown. */
interface Program {
  id: number;
  payout_approvals: number;
}

/** How a program's runs are shown. */
export async function loadRunView(db: Database, program: Program) {
  const team = await loadTeam(db, program.id);
  return (run: Run) => viewRun(run, program, team);
}

function viewRun(run: Run, program: Program, team: ReadonlyMap<string, TeamUser>) {
  const { progress } = run;
  const nameOf = (user: string | null) => (user === null ? null : (team.get(user)?.name ?? null));
  return {
    id: run.id,
    month: run.month,
    window: run.window_number,
    status: run.status,
    terms_version: run.terms_version,
    drafted_at: toIsoTime(run.drafted_at),
    created_by: run.created_by,
    approvals: run.approvals.map(({ key, user = null, at }) => ({ key, user, name: nameOf(user), at: toIsoTime(at) })),
    approval: run.status === "draft" ? viewApproval(run, program, team) : null,
    paid_at: toIsoTime(run.paid_at),
    finished_at: toIsoTime(run.finished_at),
    progress: { affiliates: progress.affiliates, busy: progress.busy },
    drafted: progress.drafted,
    paid: progress.paid,
    unpaid: Object.fromEntries(
      Object.entries(progress.unpaid ?? {}).map(([currency, { payments, amount }]) => [currency, { payments, amount }]),
    ),
    blocked: progress.blocked,
  };
}

/** What a draft's approval waits for. */
function viewApproval(run: Run, { payout_approvals: needed }: Program, team: ReadonlyMap<string, TeamUser>) {
  const approvers = [...team].filter(([, { may_approve }]) => may_approve);
  const counted = needed === 1 ? new Map() : listCounted(run, new Set(approvers.map(([user]) => user)));
  const view = ([user, { name }]: [string, TeamUser]) => ({ user, name });
  return {
    needed,
    given_by: approvers.filter(([user]) => counted.has(user)).map(view),
    open_to: approvers.filter(([user]) => !counted.has(user)).map(view),
  };
}
