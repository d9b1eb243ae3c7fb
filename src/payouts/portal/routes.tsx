/** `/app/payouts`: the affiliate's statements, each as a page and as a file. */
import type { Hono } from "hono";
import { type AffiliateProgram, readAffiliatePrograms } from "../../affiliates/enrollment-queries.ts";
import { NoProgramPage, NotFoundPage } from "../../portal/layout/message.tsx";
import type { PageTools, Portal, PortalContext } from "../../portal/layout/page-tools.tsx";
import { readStatements } from "../statements/queries.ts";
import { nameStatementFile, writeStatementCsv } from "../statements/statement-csv.ts";
import { readWholeStatement, type WholeStatement } from "../statements/whole-statement-queries.ts";
import { PayoutsPage } from "./payouts-page.tsx";
import { StatementPage, titleOf } from "./statement-page.tsx";

const STATEMENTS_A_PAGE = 24;
const CURSOR = /^\d{1,9}$/;

export function addPayoutRoutes(app: Hono<Portal>, tools: PageTools): void {
  const notFound = (c: PortalContext) => tools.show(c, 404, "Not found", <NotFoundPage />);

  app.get("/payouts", async (c) => {
    const { affiliate, db } = tools.signedIn(c);
    const { program, programs } = await findProgram(c, tools);
    if (program === null) {
      return programs.length === 0 ? tools.show(c, 200, "Payouts", <NoProgramPage />) : notFound(c);
    }
    const before = c.req.query("before") ?? null;
    const page = { limit: STATEMENTS_A_PAGE, cursor: before !== null && CURSOR.test(before) ? before : null };
    const statements = await readStatements(db, { program_id: program.id, affiliate_id: affiliate.id }, page);
    return tools.show(c, 200, "Payouts", <PayoutsPage program={program} programs={programs} statements={statements} />);
  });

  app.get("/payouts/:file{[0-9]+\\.csv}", async (c) => {
    const whole = await findStatement(c, tools, c.req.param("file").replace(/\.csv$/, ""));
    if (whole === null) return notFound(c);
    return c.body(writeStatementCsv(whole), 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${nameStatementFile(whole, "csv")}"`,
    });
  });

  app.get("/payouts/:number", async (c) => {
    const whole = await findStatement(c, tools, c.req.param("number"));
    if (whole === null) return notFound(c);
    return tools.show(c, 200, titleOf(whole.statement), <StatementPage whole={whole} />);
  });
}

/** The programme that is asked for, the first where none is; null for none of the affiliate's. */
async function findProgram(
  c: PortalContext,
  tools: PageTools,
): Promise<{ program: AffiliateProgram | null; programs: AffiliateProgram[] }> {
  const { affiliate, db } = tools.signedIn(c);
  const programs = await readAffiliatePrograms(db, affiliate.id);
  const asked = c.req.query("program");
  const program = asked === undefined ? programs[0] : programs.find(({ slug }) => slug === asked);
  if (program !== undefined && asked !== undefined) c.set("program", asked);
  return { program: program ?? null, programs };
}

async function findStatement(c: PortalContext, tools: PageTools, number: string): Promise<WholeStatement | null> {
  const { affiliate, db } = tools.signedIn(c);
  const { program } = await findProgram(c, tools);
  return program === null ? null : readWholeStatement(db, c.env.ACCOUNTS, { program, affiliate }, number);
}
