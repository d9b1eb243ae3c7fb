/** `/app/payouts`: an affiliate's statements, each as a page and as a CSV file. */
import type { Hono } from "hono";
import { type Portal, type PortalContext, show, showNotFound } from "../../portal/layout/page.tsx";
import { readProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { readStatements } from "../statements/queries.ts";
import { nameStatementFile, writeStatementCsv } from "../statements/statement-csv.ts";
import { readWholeStatement, type WholeStatement } from "../statements/whole-statement-queries.ts";
import { PayoutsPage } from "./payouts-page.tsx";
import { StatementPage, titleOf } from "./statement-page.tsx";

const PAGE_SIZE = 24;
const CURSOR = /^\d{1,9}$/;

export function addPayoutRoutes(app: Hono<Portal>): void {
  app.get("/payouts", (c) =>
    withProgramContext(c, "Payouts", async ({ affiliate, db, program, programs }) => {
      const before = c.req.query("before") ?? "";
      const page = { limit: PAGE_SIZE, cursor: CURSOR.test(before) ? before : null };
      const statements = await readStatements(db, { program_id: program.id, affiliate_id: affiliate.id }, page);
      return show(c, 200, "Payouts", <PayoutsPage {...{ program, programs, statements }} />);
    }),
  );

  app.get("/payouts/:file{[0-9]+\\.csv}", async (c) => {
    const whole = await findStatement(c, c.req.param("file").replace(/\.csv$/, ""));
    if (whole === null) return showNotFound(c);
    return c.body(writeStatementCsv(whole), 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${nameStatementFile(whole, "csv")}"`,
    });
  });

  app.get("/payouts/:number", async (c) => {
    const whole = await findStatement(c, c.req.param("number"));
    if (whole === null) return showNotFound(c);
    return show(c, 200, titleOf(whole.statement), <StatementPage whole={whole} now={c.var.now} />);
  });
}

async function findStatement(c: PortalContext, number: string): Promise<WholeStatement | null> {
  const context = await readProgramContext(c);
  return context === null ? null : readWholeStatement(context.db, c.env, context, number);
}
