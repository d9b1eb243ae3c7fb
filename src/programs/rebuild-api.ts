import * as v from "valibot";
import { listAccounts } from "../affiliates/enrollment-queries.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { auditActorOf, commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { recordChange } from "../audit/audit-store.ts";
import { accountKeyOf } from "../commissions/ledger.ts";
import { dropEntries } from "../commissions/projection-store.ts";
import { dropConversions } from "../customers/projection-store.ts";
import { dropStatements } from "../payouts/statements/projection-store.ts";
import { listCustomers } from "../webhooks/identity/customer-queries.ts";

/** Objects a step: each is a call of its own, and an invocation may make 1,000. */
const CUSTOMERS_A_STEP = 200;
const ACCOUNTS_A_STEP = 50;

/** The body of `POST …/rebuilds`. */
export const rebuild = v.strictObject({
  /** Deletes the program's projections first; only with the first step. */
  drop: v.optional(v.boolean(), false),
  /** The `next` of the step before. */
  cursor: v.optional(
    v.nullable(v.pipe(v.string(), v.regex(/^(customers|accounts):.{0,400}$/, "is not a cursor"))),
    null,
  ),
});

export function addRebuildRoutes(app: ApiApp): void {
  app.post("/programs/:program/rebuilds", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { drop, cursor } = await readJson(c.req, rebuild);
    if (cursor === null) {
      const subject = { program_id: program.id, subject_type: "program", subject: program.slug };
      const change = { action: "program.rebuild_started", ...subject, before: null, after: { drop } };
      await db.batch([
        recordChange(db, auditActorOf(c), change, c.var.now, { always: true }),
        ...(drop
          ? [...dropConversions(db, program.id), dropEntries(db, program.id), dropStatements(db, program.id)]
          : []),
      ]);
    }
    const [stage, after = ""] =
      cursor === null ? ["customers"] : [cursor.split(":", 1)[0], cursor.replace(/^\w+:/, "")];
    if (stage === "customers") {
      const keys = await listCustomers(db, program.id, after, CUSTOMERS_A_STEP);
      let count = 0;
      for (const key of keys) count += await c.env.CUSTOMERS.getByName(key).reproject();
      const isLast = keys.length < CUSTOMERS_A_STEP;
      const next = isLast ? "accounts:0" : `customers:${keys.at(-1)}`;
      const body = { customers: keys.length, conversions: count, accounts: 0, entries: 0, next };
      return commitChange(c, [], [], { status: 200, body });
    }
    const accounts = await listAccounts(db, program.id, Number(after) || 0, ACCOUNTS_A_STEP);
    let entries = 0;
    for (const account of accounts) entries += await c.env.ACCOUNTS.getByName(accountKeyOf(account)).reproject();
    const next = accounts.length < ACCOUNTS_A_STEP ? null : `accounts:${accounts.at(-1)?.affiliate_id}`;
    const body = { customers: 0, conversions: 0, accounts: accounts.length, entries, next };
    return commitChange(c, [], [], { status: 200, body });
  });
}
