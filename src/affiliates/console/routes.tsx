/** `/admin/programs/:program/affiliates`: the list, changes of several at once, and the file of all. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, readFormLists } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { addAffiliatePageRoutes } from "./affiliate-routes.tsx";
import { EFFECTS, type EnteredChange, readChange, toFields } from "./change.ts";
import { writeHeader, writeRows } from "./list-file.ts";
import { AffiliatesPage, BulkResultPage, ConfirmBulkPage } from "./list-page.tsx";
import { addNewAffiliateRoutes } from "./new-routes.tsx";
import { programOf, readGroups } from "./program-queries.ts";
import type { ListedView, Page, RowView } from "./views.ts";

/** Fewer calls for the file than pages for a screen. */
const FILE_PAGE_ROWS = "200";

export function addAffiliateRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/affiliates", allow("read"), async (c) => {
    const { cursor = null, done } = c.req.query();
    const params = { ...readFilters(c), cursor };
    const [list, groups] = await Promise.all([readAffiliates(c, params), readGroups(c)]);
    const { data, next } = list;
    const page = (
      <AffiliatesPage
        {...{ program: programOf(c), affiliates: data, groups, next, params, done }}
        may_write={may(c, "write")}
      />
    );
    return show(c, 200, "Affiliates", page);
  });

  app.get("/programs/:program/affiliates.csv", allow("read"), async (c) => {
    const filters = { ...readFilters(c), limit: FILE_PAGE_ROWS };
    const first = await readAffiliates(c, filters);
    return new Response(streamFile(c, filters, first), {
      headers: {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": `attachment; filename="${programOf(c)}-affiliates.csv"`,
      },
    });
  });

  addNewAffiliateRoutes(app);

  app.post("/programs/:program/affiliates/bulk", allow("write"), async (c) => {
    const lists = await readFormLists(c);
    const fields = Object.fromEntries(Object.entries(lists).map(([name, [value]]) => [name, value]));
    const usernames = lists.affiliate ?? [];
    const change = readChange(fields);
    const program = programOf(c);
    if (change === null || usernames.length === 0) return c.redirect(programHref(program, "/affiliates"), 303);
    if (change.action !== "approve" && fields.confirmed !== "yes") {
      const page = <ConfirmBulkPage {...{ program, usernames, change }} groups={await readGroups(c)} />;
      return show(c, 200, `${EFFECTS[change.action].verb} affiliates`, page);
    }
    const rows = await changeAffiliates(c, usernames, change, fields[FORM_KEY]);
    const page = <BulkResultPage {...{ program, usernames, change, rows }} />;
    return show(c, 200, `${EFFECTS[change.action].past}`, page);
  });

  addAffiliatePageRoutes(app);
}

function readFilters(c: ConsoleContext) {
  const { q = null, status = null, group = null, sort = null } = c.req.query();
  return { q, status, group, sort };
}

function readAffiliates(c: ConsoleContext, params: Record<string, string | null>): Promise<Page<ListedView>> {
  return readApi(c, `/programs/${encodeURIComponent(programOf(c))}/enrollments`, params);
}

async function changeAffiliates(
  c: ConsoleContext,
  usernames: readonly string[],
  change: EnteredChange,
  idempotency_key: string | undefined,
): Promise<RowView[]> {
  const rows = usernames.map((affiliate) => ({ affiliate, ...toFields(change) }));
  const path = `/programs/${encodeURIComponent(programOf(c))}/enrollments/bulk`;
  const changed = await changeApi<{ data: RowView[] }>(c, { method: "POST", path, body: { rows }, idempotency_key });
  if (!changed.ok) throw changed.problem;
  return changed.body.data;
}

/** The file of all affiliates that match. Its pages are read while it is downloaded. */
function streamFile(c: ConsoleContext, filters: Record<string, string | null>, first: Page<ListedView>) {
  const encoder = new TextEncoder();
  let page: Page<ListedView> | null = first;
  return new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(encoder.encode(writeHeader())),
    async pull(controller) {
      if (page === null) return controller.close();
      const { data, next }: Page<ListedView> = page;
      controller.enqueue(encoder.encode(writeRows(data)));
      page = next === null ? null : await readAffiliates(c, { ...filters, cursor: next });
    },
  });
}
