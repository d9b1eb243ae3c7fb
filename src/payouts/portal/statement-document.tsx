/** A statement as a document of its own, to be printed or kept. */
import { html } from "hono/html";
import { raw } from "hono/utils/html";
import { style } from "../../portal/layout/assets.ts";
import { nameStatementFile } from "../statements/statement-csv.ts";
import type { WholeStatement } from "../statements/whole-statement-queries.ts";
import { StatementSheet, titleOf } from "./statement-page.tsx";

/** HTML that needs nothing else: the style is inside, and there is no script. */
export function writeStatementDocument(whole: WholeStatement) {
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>
          {titleOf(whole.statement)} · {whole.affiliate.username} · {whole.program.name}
        </title>
        <style>{raw(style)}</style>
      </head>
      <body>
        <main>
          <StatementSheet whole={whole} />
          <p class="note">Days are UTC. {nameStatementFile(whole, "csv")} holds the same lines for a spreadsheet.</p>
        </main>
      </body>
    </html>
  );
  return html`<!doctype html>${document}`;
}
