/** Endpoints for an affiliate's statements. */

import { findEnrolled } from "../../affiliates/api.ts";
import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { readPage } from "../../api/layout/read-page.ts";
import { viewEntry } from "../../commissions/entry-queries.ts";
import { Problem } from "../../lib/problem.ts";
import { isPermitted } from "../../users/roles.ts";
import { readStatements, viewStatement } from "./queries.ts";
import { readWholeStatement } from "./whole-statement-queries.ts";

export function addStatementRoutes(app: ApiApp): void {
  app.get("/programs/:program/affiliates/:affiliate/statements", allowQuery(...PAGING), async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const page = readPage(c.req.query(), /^\d{1,15}$/);
    return c.json(await readStatements(c.var.db, { program_id: program.id, affiliate_id: affiliate.id }, page));
  });

  app.get("/programs/:program/affiliates/:affiliate/statements/:number", async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const number = c.req.param("number");
    const whole = await readWholeStatement(c.var.db, c.env, { program, affiliate }, number);
    if (whole === null) throw new Problem(404, "statement_not_found", `There is no statement ${number}.`);
    const lines = whole.lines.map(({ program_id: _, affiliate_id: __, from_affiliate_id: ___, ...line }) =>
      viewEntry(line),
    );
    const { name, legal_name, address } = whole.program;
    return c.json({
      ...viewStatement(whole.statement, affiliate.username),
      from: { name, legal_name, address },
      // The address comes from the payment details.
      to: {
        name: whole.affiliate.name,
        address: isPermitted(c.var.actor.role, "read_payees") ? whole.affiliate.address : null,
      },
      lines,
    });
  });
}
