/** The audit log: who changed what, and when. */
import { type AnyColumn, and, desc, eq, gte, lt, type SQL } from "drizzle-orm";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { readDays, readProgramFilter } from "../api/layout/list-filters.ts";
import { permit } from "../api/layout/permit.ts";
import { readPage } from "../api/layout/read-page.ts";
import { adminKeys } from "../api/layout/tables.ts";
import type { Database } from "../db/database.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { isInScope } from "../programs/scope-queries.ts";
import { programs } from "../programs/tables.ts";
import { users } from "../users/tables.ts";
import { AUDIT_ID, firstAuditIdAt } from "./audit-store.ts";
import { auditEntries } from "./tables.ts";

const FILTERS = ["actor", "program", "from", "to", "action", "subject_type", "subject"] as const;

export function addAuditRoutes(app: ApiApp): void {
  app.get("/audit", permit("audit", { checks_programs: true }), allowQuery(...FILTERS, ...PAGING), async (c) => {
    const { actor, action, subject_type, subject, ...paging } = c.req.query();
    const { limit, cursor } = readPage(paging, AUDIT_ID);
    const { since, until } = readDays(c);
    const is = (column: AnyColumn, value: string | undefined): SQL | undefined =>
      value === undefined ? undefined : eq(column, value);
    const rows = await selectEntries(c.var.db)
      .where(
        and(
          isInScope(auditEntries.program_id, await readProgramFilter(c)),
          is(auditEntries.actor, actor),
          is(auditEntries.action, action),
          is(auditEntries.subject_type, subject_type),
          is(auditEntries.subject, subject),
          // An id begins with its time.
          since === null ? undefined : gte(auditEntries.id, firstAuditIdAt(since)),
          until === null ? undefined : lt(auditEntries.id, firstAuditIdAt(until)),
          cursor === null ? undefined : lt(auditEntries.id, cursor),
        ),
      )
      .orderBy(desc(auditEntries.id))
      .limit(limit + 1);
    return c.json(pageOf(rows, limit, viewEntry, ({ entry }) => entry.id));
  });
}

function selectEntries(db: Database) {
  return db
    .select({ entry: auditEntries, program: programs.slug, user: users.name, key: adminKeys.name })
    .from(auditEntries)
    .leftJoin(programs, eq(programs.id, auditEntries.program_id))
    .leftJoin(users, eq(users.id, auditEntries.actor))
    .leftJoin(adminKeys, eq(adminKeys.id, auditEntries.key_id))
    .$dynamic();
}

function viewEntry({ entry, program, user, key }: Awaited<ReturnType<typeof selectEntries>>[number]) {
  const { id, at, actor_kind, actor, key_id, action, subject_type, subject, before, after } = entry;
  return {
    id,
    at: toIsoTime(at),
    actor: { kind: actor_kind, id: actor, name: actor_kind === "user" ? user : actor_kind === "key" ? key : null },
    key: key_id,
    action,
    program,
    subject_type,
    subject,
    before,
    after,
  };
}
