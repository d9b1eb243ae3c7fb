/** The list of conversions, its file, and the page of one conversion. */
import { readApi } from "../../console/layout/call-api.ts";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import type { List } from "../../lib/paging.ts";
import { Problem } from "../../lib/problem.ts";
import type { QueryParams } from "../../portal/layout/href.ts";
import { readSalesFilter, type SalesFilter } from "./filter.ts";
import { type AuditView, SalePage } from "./sale-page.tsx";
import { FILE_ROWS_MAX, writeSalesFile } from "./sales-file.ts";
import { SalesPage } from "./sales-page.tsx";
import type { ConversionDetails, ConversionRow } from "./views.ts";

/** The rows of a page, which stays below 80 KB with them. */
const PAGE_ROWS = 40;
/** The most that the API lists in one page. */
const FILE_PAGE = 200;
/** Other conversions of the same customer that a conversion's page lists. */
const OTHERS_MAX = 10;
const AUDIT_MAX = 50;

export function addSaleListRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/sales", allow("read"), showSales);

  app.get("/programs/:program/sales.csv", allow("read"), async (c) => {
    const { cursor: _, ...filter } = readSalesFilter(c.req.query());
    const rows: ConversionRow[] = [];
    let next: string | null = null;
    do {
      const page = await readConversions(c, filter, { limit: String(FILE_PAGE), cursor: next });
      rows.push(...page.data);
      next = page.next;
    } while (next !== null && rows.length < FILE_ROWS_MAX);
    const name = `${c.req.param("program")}-sales.csv`;
    return c.body(writeSalesFile(rows, next === null), 200, {
      "Content-Type": "text/csv; charset=utf-8",
      "Content-Disposition": `attachment; filename="${name.replaceAll(/[^\w.-]/g, "_")}"`,
    });
  });
}

export function addSaleRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/sales/:id", allow("read"), async (c) => {
    const conversion = await readSale(c);
    const [others, audit] = await Promise.all([readOthers(c, conversion), readAudit(c, conversion)]);
    const page = (
      <SalePage
        {...{ conversion, others, audit, may_write: may(c, "write"), now: c.var.now }}
        done={c.req.query("done")}
      />
    );
    return show(c, 200, "Sale", page);
  });
}

/** The conversion that the path names. Throws 404 if it doesn't exist, or is another program's. */
export async function readSale(c: ConsoleContext): Promise<ConversionDetails> {
  const { id = "", program = "" } = c.req.param();
  const conversion = await readApi<ConversionDetails>(c, `/conversions/${encodeURIComponent(id)}`);
  if (conversion.program === program) return conversion;
  throw new Problem(404, "conversion_not_found", "This program has no such conversion.");
}

/** The path of the page of the conversion that the path names. */
export function salePath(c: ConsoleContext): string {
  const { id = "", program = "" } = c.req.param();
  return programHref(program, `/sales/${encodeURIComponent(id)}`);
}

async function showSales(c: ConsoleContext): Promise<Response> {
  const filter = readSalesFilter(c.req.query());
  const { list, problem } = await readList(c, filter);
  const page = (
    <SalesPage
      {...{ filter, list, problem, may_write: may(c, "write") }}
      program={c.req.param("program") ?? ""}
      done={c.req.query("done")}
    />
  );
  return show(c, problem === null ? 200 : 422, "Sales", page);
}

/** A filter that names nothing is shown above the list, which is empty then. */
async function readList(c: ConsoleContext, filter: SalesFilter) {
  try {
    return { list: await readConversions(c, filter, { limit: String(PAGE_ROWS) }), problem: null };
  } catch (error) {
    if (!(error instanceof Problem) || ![409, 422].includes(error.status)) throw error;
    return { list: { data: [], next: null }, problem: error };
  }
}

/** A page of the program's conversions. Throws 404 if the path names no program that the user may see. */
async function readConversions(c: ConsoleContext, filter: SalesFilter, page: QueryParams = {}) {
  const given = Object.entries(filter).map(([name, value]) => [name, value ?? null]);
  const params = { program: c.req.param("program") ?? "", ...Object.fromEntries(given), ...page };
  try {
    return await readApi<List<ConversionRow>>(c, "/conversions", params);
  } catch (error) {
    if (!(error instanceof Problem) || error.field !== "program") throw error;
    throw new Problem(404, error.code, error.message);
  }
}

async function readOthers(c: ConsoleContext, { id, customer, program, test }: ConversionDetails) {
  if (customer === null) return [];
  const limit = String(OTHERS_MAX + 1);
  const params = { program, customer, limit, test: test ? "true" : null };
  const { data } = await readApi<List<ConversionRow>>(c, "/conversions", params);
  return data.filter((row) => row.id !== id).slice(0, OTHERS_MAX);
}

async function readAudit(c: ConsoleContext, { id }: ConversionDetails): Promise<AuditView[] | null> {
  if (!may(c, "audit")) return null;
  const params = { subject_type: "conversion", subject: id, limit: String(AUDIT_MAX) };
  return (await readApi<List<AuditView>>(c, "/audit", params)).data;
}
