/** `/app/reports`, as a page and as a file. */
import type { Hono } from "hono";
import { toIsoDay } from "../../lib/calendar.ts";
import type { PageTools, Portal } from "../../portal/layout/page-tools.tsx";
import { readPeriod } from "../../portal/layout/period.ts";
import { withProgram } from "../../portal/layout/with-program.tsx";
import { REPORT_KINDS, type ReportKind, readReport } from "../report-queries.ts";
import { writeReportFile } from "./report-file.ts";
import { ReportPage } from "./report-page.tsx";

/** Values that a page tells apart; the file has more. */
const SHOWN_MAX = 100;
const WRITTEN_MAX = 10_000;

export function addReportRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/reports", (c) =>
    withProgram(c, tools, "Reports", async ({ affiliate, db, program, programs, now }) => {
      const period = readPeriod(c.req.query(), now);
      const kind = readKind(c.req.query("by"));
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const report = await readReport(db, account, { kind, period, limit: SHOWN_MAX });
      const page = <ReportPage program={program} programs={programs} kind={kind} period={period} report={report} />;
      return tools.show(c, 200, "Reports", page);
    }),
  );

  app.get("/reports.csv", (c) =>
    withProgram(c, tools, "Reports", async ({ affiliate, db, program, now }) => {
      const period = readPeriod(c.req.query(), now);
      const kind = readKind(c.req.query("by"));
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const report = await readReport(db, account, { kind, period, limit: WRITTEN_MAX });
      const span = `${toIsoDay(period.first_day)}-to-${toIsoDay(period.last_day)}`;
      return c.body(writeReportFile(kind, report), 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="${program.slug}-by-${kind}-${span}.csv"`,
      });
    }),
  );
}

/** What is no report is the one by link. */
function readKind(text: string | undefined): ReportKind {
  return REPORT_KINDS.find((kind) => kind === text) ?? "link";
}
