/** An affiliate's statements. */
import { accountKeyOf } from "../commissions/ledger.ts";
import { Problem } from "../problem.ts";
import { viewEntry } from "../reports/entries.ts";
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
    const account = { program_id: program.id, affiliate_id: affiliate.id };
    const number = c.req.param("number");
    const object = c.env.ACCOUNTS.getByName(accountKeyOf(account));
    const found = /^\d{1,9}$/.test(number) ? await object.readStatement(Number(number)) : null;
    if (found === null) throw new Problem(404, "statement_not_found", `There is no statement ${number}.`);
    const { statement, entries } = found;
    const lines = entries.map(({ program_id: _, affiliate_id: __, from_affiliate_id: ___, ...entry }) =>
      viewEntry({ ...entry, from: null }),
    );
    return c.json({ ...viewStatement(statement, affiliate.username), lines });
  });
}
