/** `/app/referred`: the second tier. */
import type { Hono } from "hono";
import type { PageTools, Portal } from "../../portal/layout/page-tools.tsx";
import { readPeriod } from "../../portal/layout/period.ts";
import { withProgram } from "../../portal/layout/with-program.tsx";
import { describeSecondTier } from "../../programs/describe-tiers.ts";
import { loadTerms } from "../../programs/terms-queries.ts";
import { ReferredPage } from "./referred-page.tsx";
import { readReferred } from "./referred-queries.ts";

const SHOWN = 50;
const CURSOR = /^[1-9]\d{0,14}$/;

export function addReferredRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/referred", (c) =>
    withProgram(c, tools, "Referred affiliates", async ({ affiliate, db, program, programs, now }) => {
      const period = readPeriod(c.req.query(), now);
      const asked = c.req.query("cursor") ?? "";
      const cursor = CURSOR.test(asked) ? asked : null;
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const [referred, { terms }] = await Promise.all([
        readReferred(db, account, period, { limit: SHOWN, cursor }),
        loadTerms(db, program.id, now),
      ]);
      const page = { program, programs, period, referred, terms: describeSecondTier(terms.second_tier) };
      return tools.show(c, 200, "Referred affiliates", <ReferredPage {...page} is_first={cursor === null} />);
    }),
  );
}
