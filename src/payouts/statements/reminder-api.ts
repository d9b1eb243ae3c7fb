/** Reminds an affiliate by email of what a payout waits for. */
import type { ApiApp } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { findProgram } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { type Env, readMailSettings } from "../../env.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { messages } from "../../lib/messages/messages.ts";
import { codeOf, logError } from "../../lib/platform/log.ts";
import { Problem } from "../../lib/problem.ts";
import { MS_PER_DAY } from "../../lib/time.ts";
import { composeEmail } from "../../mail/compose-email.ts";
import { canSendMail, sendEmail } from "../../mail/mail-store.ts";
import { readBrand } from "../../programs/brand-queries.ts";
import { explainBlock } from "../explain-block.ts";
import { findRun } from "../runs/run-store.ts";
import { findStatement, readRunStatement } from "./queries.ts";
import { claimReminder, REMINDED_EVERY_MS, releaseReminder } from "./reminder-store.ts";
import { isFixedByAffiliate } from "./statement.ts";

export function addReminderRoutes(app: ApiApp): void {
  app.post("/programs/:program/payouts/runs/:run/statements/:statement/remind", permit("payouts"), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const [runId, id] = [c.req.param("run"), c.req.param("statement")];
    const run = await findRun(db, program.id, runId);
    if (run === null) throw new Problem(404, "run_not_found", `There is no payout run "${runId}".`);
    const [statement, view] = await Promise.all([findStatement(db, run.id, id), readRunStatement(db, run.id, id)]);
    if (statement === null || view === null) {
      throw new Problem(404, "statement_not_found", `This run has no statement "${id}".`);
    }
    const { affiliate_id, currency, blocked } = statement;
    const missing = blocked.filter(({ code }) => isFixedByAffiliate(code));
    if (missing.length === 0) {
      throw new Problem(409, "nothing_to_remind", "This statement waits for nothing that the affiliate can add.");
    }
    const { portal_origin } = readMailSettings(c.env);
    if (portal_origin === null || !canRemind(c.env)) {
      throw new Problem(409, "email_not_set_up", "Email isn't set up. Write to the affiliate yourself.");
    }
    if (!(await claimReminder(db, affiliate_id, now))) {
      const days = REMINDED_EVERY_MS / MS_PER_DAY;
      throw new Problem(409, "reminded_lately", `This affiliate was reminded in the last ${days} days.`);
    }
    const { reminder } = messages.emails;
    const reasons = missing.map((block) => explainBlock(block, currency, "affiliate"));
    const url = `${portal_origin}/app/account`;
    const paragraphs = reminder.paragraphs({ name: view.name, program: program.name, reasons, url });
    const email = composeEmail({
      ...{ to: view.email, subject: reminder.subject(program.name), paragraphs },
      links: [{ url, label: messages.emails.actions.open_account }],
      brand: await readBrand(db, program.slug),
    });
    let result: "sent" | "suppressed";
    try {
      result = await sendEmail(c.env, email);
    } catch (error) {
      logError("reminder_not_sent", { affiliate_id, code: codeOf(error) });
      await releaseReminder(db, affiliate_id, now);
      throw new Problem(503, "email_not_sent", "The email could not be sent. Try again.");
    }
    if (result === "suppressed") {
      await releaseReminder(db, affiliate_id, now);
      throw new Problem(
        409,
        "address_suppressed",
        "Emails to this affiliate's address bounce. Ask for another address.",
      );
    }
    const change = { action: "statement.reminded", program_id: program.id, subject_type: "statement", subject: id };
    const after = { affiliate: view.affiliate, missing: missing.map(({ code }) => code) };
    const body = { statement: id, affiliate: view.affiliate, reminded_at: toIsoTime(now) };
    return commitChange(c, [], [{ ...change, before: null, after }], { status: 200, body });
  });
}

/** Whether the deployment can send reminders. */
export function canRemind(env: Env): boolean {
  return canSendMail(env) && readMailSettings(env).portal_origin !== null;
}
