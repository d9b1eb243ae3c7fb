import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { findVisibleAffiliate, findVisibleProgram } from "../api/layout/find-records.ts";
import { permit } from "../api/layout/permit.ts";
import { readPage } from "../api/layout/read-page.ts";
import type { Database } from "../db/database.ts";
import { Problem } from "../lib/problem.ts";
import { readConversion, readConversions } from "./queries.ts";

const CONVERSION_ID = /^cv_[0-9a-f]{32}$/;
const ATTEMPTS = 10;
const RETRY_MS = 100;

export function addConversionRoutes(app: ApiApp): void {
  app.get(
    "/conversions",
    permit("read", { checks_programs: true }),
    allowQuery("program", "affiliate", "test", ...PAGING),
    async (c) => {
      const { db } = c.var;
      const { program, affiliate, test, ...paging } = c.req.query();
      const filter = {
        program_ids: c.var.actor.program_ids,
        program_id: program === undefined ? null : (await findVisibleProgram(c, program, "program")).id,
        affiliate_id: affiliate === undefined ? null : (await findVisibleAffiliate(c, affiliate, "affiliate")).id,
        test: readMode(test),
      };
      return c.json(await readConversions(db, filter, readPage(paging, /^\d{1,15}\.cv_[0-9a-f]{32}$/)));
    },
  );

  app.get("/conversions/:id", permit("read", { checks_programs: true }), async (c) => {
    const conversion = await awaitConversion(c.var.db, c.var.actor.program_ids, c.req.param("id"));
    if (conversion === null) {
      throw new Problem(
        404,
        "conversion_not_found",
        "This conversion doesn't exist, or it was recorded a moment ago: try again.",
      );
    }
    return c.json(conversion);
  });
}

/** Whether to list test-mode conversions. A list never has both. Throws 422. */
function readMode(test: string | undefined): boolean {
  if (test !== undefined && test !== "true" && test !== "false") {
    throw new Problem(422, "invalid_test", "test must be true or false.", "test");
  }
  return test === "true";
}

/** Waits up to a second for a conversion that a webhook has just recorded and that is still being projected. */
async function awaitConversion(db: Database, programIds: readonly number[] | null, id: string) {
  for (let attempt = 1; ; attempt += 1) {
    const conversion = await readConversion(db, programIds, id);
    if (conversion !== null || attempt === ATTEMPTS || !CONVERSION_ID.test(id)) return conversion;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}
