/** An affiliate's statements. */
import { Problem } from "../problem.ts";
import { viewEntry } from "../reports/entries.ts";
import { readWholeStatement } from "../reports/own-statement.ts";
import { readStatements, viewStatement } from "../reports/statements.ts";
import { findEnrolled } from "./affiliates.ts";
import { readPage } from "./page.ts";
import type { AdminApp } from "./routes.ts";

export function addStatementRoutes(app: AdminApp): void {
  app.get("/programs/:program/affiliates/:affiliate/statements", async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const page = readPage(c.req.query(), /^\d{1,15}$/);
    return c.json(await readStatements(c.var.db, { programId: program.id, affiliateId: affiliate.id }, page));
  });

  app.get("/programs/:program/affiliates/:affiliate/statements/:number", async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const number = c.req.param("number");
    const whole = await readWholeStatement(c.var.db, c.env.ACCOUNTS, { program, affiliate }, number);
    if (whole === null) throw new Problem(404, "statement_not_found", `There is no statement ${number}.`);
    const lines = whole.lines.map(({ program_id: _, affiliate_id: __, from_affiliate_id: ___, ...line }) =>
      viewEntry(line),
    );
    return c.json({ ...viewStatement(whole.statement, affiliate.username), lines });
  });
}
