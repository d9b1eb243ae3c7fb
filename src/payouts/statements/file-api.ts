/** An affiliate's statement as a spreadsheet file or a printable document. */

import { findEnrolled } from "../../affiliates/api.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { permit } from "../../api/layout/permit.ts";
import { Problem } from "../../lib/problem.ts";
import { writeStatementDocument } from "../portal/statement-document.tsx";
import { nameStatementFile, writeStatementCsv } from "./statement-csv.ts";
import { readWholeStatement } from "./whole-statement-queries.ts";

/** The document loads no resources and runs no scripts. */
const DOCUMENT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function addStatementFileRoutes(app: ApiApp): void {
  app.get("/programs/:program/affiliates/:affiliate/statements/:file{[0-9]+\\.csv}", async (c) => {
    const whole = await find(c, c.req.param("file").replace(/\.csv$/, ""));
    return c.body(writeStatementCsv(whole), 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${nameStatementFile(whole, "csv")}"`,
    });
  });

  app.get(
    "/programs/:program/affiliates/:affiliate/statements/:file{[0-9]+\\.html}",
    permit("read_payees"),
    async (c) => {
      const whole = await find(c, c.req.param("file").replace(/\.html$/, ""));
      return c.html(writeStatementDocument(whole, c.var.now), 200, {
        "Content-Security-Policy": DOCUMENT_POLICY,
        "Content-Disposition": `inline; filename="${nameStatementFile(whole, "html")}"`,
      });
    },
  );
}

async function find(c: ApiCall, number: string) {
  const names = { program: c.req.param("program") ?? "", affiliate: c.req.param("affiliate") ?? "" };
  const { program, affiliate } = await findEnrolled(c.var.db, names);
  const whole = await readWholeStatement(c.var.db, c.env, { program, affiliate }, number);
  if (whole === null) throw new Problem(404, "statement_not_found", `There is no statement ${number}.`);
  return whole;
}
