import { findEnrolled } from "../affiliates/api.ts";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { readPage } from "../api/layout/read-page.ts";
import { readTouched } from "./touched-queries.ts";

export function addTouchedRoutes(app: ApiApp): void {
  app.get("/programs/:program/affiliates/:affiliate/touched", allowQuery(...PAGING), async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const page = readPage(c.req.query(), /^\d{1,15}\.cv_[0-9a-f]{32}$/);
    return c.json(await readTouched(c.var.db, { program_id: program.id, affiliate_id: affiliate.id }, page));
  });
}
