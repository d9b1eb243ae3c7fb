/** `/app/transactions`: an affiliate's ledger as an account statement, as a page and as a file. */
import type { Hono } from "hono";
import { type Portal, show } from "../../portal/layout/page.tsx";
import { withProgramContext } from "../../portal/layout/program-context.tsx";
import { parseTransactionFilters } from "./filter.ts";
import { writeHeader, writeTransactions } from "./transaction-file.ts";
import { listCurrencies, listTransactions, readTransactions, type Transaction } from "./transaction-queries.ts";
import { TransactionsPage } from "./transactions-page.tsx";

const PAGE_ROWS = 25;

export function addTransactionRoutes(app: Hono<Portal>): void {
  app.get("/transactions", (c) =>
    withProgramContext(c, "Transactions", async ({ affiliate, db, program, programs, now }) => {
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const filters = parseTransactionFilters(c.req.query(), now);
      const [list, currencies] = await Promise.all([
        listTransactions(db, program, account, filters, PAGE_ROWS),
        listCurrencies(db, account),
      ]);
      return show(
        c,
        200,
        "Transactions",
        <TransactionsPage {...{ program, programs, filters, currencies, list, now }} />,
      );
    }),
  );

  app.get("/transactions.csv", (c) =>
    withProgramContext(c, "Transactions", ({ affiliate, db, program, now }) => {
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const filters = parseTransactionFilters(c.req.query(), now);
      const file = writeFile(readTransactions(db, program, account, filters));
      return c.body(file, 200, {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="${program.slug}-transactions.csv"`,
      });
    }),
  );
}

function writeFile(pages: AsyncGenerator<Transaction[]>): ReadableStream<Uint8Array> {
  const utf8 = new TextEncoder();
  let text = writeHeader();
  return new ReadableStream({
    async pull(stream) {
      const { value, done } = await pages.next();
      if (!done) text += writeTransactions(value);
      // A page without entries that pass the filters adds nothing, so the next one is read at once.
      if (text !== "") stream.enqueue(utf8.encode(text));
      text = "";
      if (done) stream.close();
    },
  });
}
