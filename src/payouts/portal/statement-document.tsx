/** A statement as a standalone HTML document, to print or archive. */
import { html } from "hono/html";
import { raw } from "hono/utils/html";
import { style } from "../../portal/layout/assets.ts";
import { nameStatementFile } from "../statements/statement-csv.ts";
import type { WholeStatement } from "../statements/whole-statement-queries.ts";
import { StatementSheet, titleOf } from "./statement-page.tsx";

/** Writes the document. Its style is inline and it has no script. */
export function writeStatementDocument(whole: WholeStatement, now: number) {
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
          <StatementSheet whole={whole} now={now} has_links={false} />
          <p class="note">Days are in UTC. The same entries are in {nameStatementFile(whole, "csv")}.</p>
        </main>
      </body>
    </html>
  );
  return html`<!doctype html>${document}`;
}
