/** The endpoint that records a payment made outside the payment files: by check, wire or cash. */
import * as v from "valibot";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { accountKeyOf } from "../../commissions/ledger.ts";
import { startOfDay, toIsoDay } from "../../lib/calendar.ts";
import { Problem } from "../../lib/problem.ts";
import { calendarDay, shortText } from "../../lib/validation.ts";
import type { Paid } from "../account-rpc.ts";
import { auditStatement, recordRunCommand, statementNotFound, usernameOf } from "../runs/api.ts";
import { beginPayments, type Run } from "../runs/run-store.ts";
import { findStatement, viewStatement } from "../statements/queries.ts";
import type { PaidBy, Statement } from "../statements/statement.ts";
import { findPayable } from "./api.ts";
import { loadPaying } from "./payment-queries.ts";
import { refusePayment } from "./refuse-payment.ts";

/** The body of `POST …/statements/:statement/pay`. */
export const manualPayment = v.strictObject({
  method: shortText,
  reference: v.optional(v.nullable(shortText), null),
  paid_on: calendarDay,
});

export function addManualPaymentRoutes(app: ApiApp): void {
  app.post("/programs/:program/payouts/runs/:run/statements/:statement/pay", permit("pay"), async (c) => {
    const { run } = await findPayable(c);
    const id = c.req.param("statement");
    const { method, reference, paid_on } = await readJson(c.req, manualPayment);
    const paid_at = startOfDay(paid_on);
    if (paid_at > c.var.now)
      throw new Problem(422, "invalid_paid_on", "paid_on: must not be in the future.", "paid_on");
    const statement = await findStatement(c.var.db, run.id, id);
    if (statement === null) throw statementNotFound(id);
    const object = c.env.ACCOUNTS.getByName(accountKeyOf(statement));
    const current = (await object.readStatement(statement.number))?.statement;
    await refuseFiled(c, run, current ?? statement);
    const command = `pay ${id} ${JSON.stringify([method, reference, paid_on])}`;
    await recordRunCommand(c, run, "payment", { command, audited: null });
    await beginPayments(c.var.db, run, c.var.now);
    const paid_by: PaidBy = { source: "manual", method, reference, is_late: run.status === "paid" };
    const username = (await usernameOf(c, statement.affiliate_id)) ?? "";
    const { payable: amount, currency } = current ?? statement;
    const after = { affiliate: username, method, reference, paid_on: toIsoDay(paid_on), amount, currency };
    const audit = auditStatement(c, statement, "paid", after);
    const paid: Paid = await object.payStatement(statement.number, { paid_at, paid_by }, audit);
    return c.json(viewStatement(expectPaid(paid, paid_by), username));
  });
}

/** A payment in a file may be on its way already. Throws 409. */
async function refuseFiled(c: ApiCall, run: Run, statement: Statement): Promise<void> {
  const { id, status, payable, currency, affiliate_id } = statement;
  if (status !== "drafted" || payable === 0) return;
  const {
    method,
    has_details,
    downloaded,
    is_waiting = false,
  } = (await loadPaying(c.var.db, run, [affiliate_id]))(affiliate_id);
  const isKnown = has_details || downloaded.includes(id);
  if (refusePayment({ statement: id, amount: payable, currency }, isKnown ? method : null, is_waiting) !== null) return;
  const detail = "A payment file contains this payment. If it wasn't made, mark the payment as failed first.";
  throw new Problem(409, "statement_in_file", detail);
}

/** The paid statement. Paying it again in the same way changes nothing. Throws 409. */
function expectPaid(paid: Paid, { method, reference }: PaidBy): Statement {
  switch (paid.status) {
    case "paid":
      return paid.statement;
    case "exists": {
      const before = paid.statement.paid_by;
      const isSame = before?.source === "manual" && before.method === method && before.reference === reference;
      if (isSame) return paid.statement;
      throw new Problem(409, "statement_already_paid", "This statement is already paid.");
    }
    case "carried_on": {
      const detail = `The amount was carried into statement ${paid.to} of this affiliate: pay that one.`;
      throw new Problem(409, "statement_carried_on", detail);
    }
    case "unknown":
    case "not_payable":
      throw new Problem(409, "statement_not_payable", "This statement has no payment to make.");
  }
}
