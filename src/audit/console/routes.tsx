/** `/admin/audit`: who changed what. */
import { readApi } from "../../console/layout/call-api.ts";
import { allow, type ConsoleApp, show } from "../../console/layout/page.tsx";
import { AuditPage, type AuditView } from "./audit-page.tsx";

/** The filters of the page, as the API names them. */
const FILTERS = ["actor", "program", "from", "to", "action", "subject_type", "subject", "cursor"] as const;

export function addAuditRoutes(app: ConsoleApp): void {
  app.get("/audit", allow("audit"), async (c) => {
    const params = Object.fromEntries(FILTERS.map((name) => [name, c.req.query(name)?.trim() ?? null]));
    const { data, next } = await readApi<{ data: AuditView[]; next: string | null }>(c, "/audit", params);
    const page = <AuditPage entries={data} next={next} params={params} programs={c.var.programs} />;
    return show(c, 200, "Audit log", page);
  });
}
