/** `/app/reports`: reports as pages and as CSV files. */

import type { Hono } from "hono";
import { toIsoDay } from "../../lib/calendar.ts";
import { type Portal, type PortalContext, show } from "../../portal/layout/page.tsx";
import { readPeriod } from "../../portal/layout/period.ts";
import { type ProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { REPORT_KINDS, type ReportKind, readReport } from "../report-queries.ts";
import { writeReportFile } from "./report-file.ts";
import { ReportPage } from "./report-page.tsx";

const PAGE_ROWS_MAX = 25;
const FILE_ROWS_MAX = 10_000;

export function addReportRoutes(app: Hono<Portal>): void {
  app.get("/reports", (c) =>
    withProgramContext(c, "Reports", async (context) => {
      const { program, programs } = context;
      const { kind, period, report } = await loadReport(c, context, PAGE_ROWS_MAX);
      return show(c, 200, "Reports", <ReportPage {...{ program, programs, kind, period, report }} />);
    }),
  );

  app.get("/reports.csv", (c) =>
    withProgramContext(c, "Reports", async (context) => {
      const { kind, period, report } = await loadReport(c, context, FILE_ROWS_MAX);
      const days = `${toIsoDay(period.first_day)}-to-${toIsoDay(period.last_day)}`;
      return c.body(writeReportFile(kind, report), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="${context.program.slug}-by-${kind}-${days}.csv"`,
      });
    }),
  );
}

async function loadReport(c: PortalContext, { affiliate, db, program, now }: ProgramContext, limit: number) {
  const period = readPeriod(c.req.query(), now);
  const kind = parseKind(c.req.query("by"));
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  return { kind, period, report: await readReport(db, account, { kind, period, limit }) };
}

/** Unknown kinds fall back to the report by link. */
function parseKind(text: string | undefined): ReportKind {
  return REPORT_KINDS.find((kind) => kind === text) ?? "link";
}
