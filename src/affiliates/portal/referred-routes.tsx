/** `/app/referred`: the affiliates that this affiliate referred, and its second-tier commissions. */
import type { Hono } from "hono";
import { type Portal, show } from "../../portal/layout/page.tsx";
import { readPeriod } from "../../portal/layout/period.ts";
import { withProgramContext } from "../../portal/layout/program-context.tsx";
import { describeSecondTier } from "../../programs/describe-tiers.ts";
import { loadTerms } from "../../programs/terms-queries.ts";
import { ReferredPage } from "./referred-page.tsx";
import { readReferred } from "./referred-queries.ts";

const PAGE_SIZE = 50;
const CURSOR = /^[1-9]\d{0,14}$/;

export function addReferredRoutes(app: Hono<Portal>): void {
  app.get("/referred", (c) =>
    withProgramContext(c, "Referred affiliates", async ({ affiliate, db, program, programs, now }) => {
      const period = readPeriod(c.req.query(), now);
      const after = c.req.query("cursor") ?? "";
      const cursor = CURSOR.test(after) ? after : null;
      const account = { program_id: program.id, affiliate_id: affiliate.id };
      const [referred, { terms }] = await Promise.all([
        readReferred(db, account, period, { limit: PAGE_SIZE, cursor }),
        loadTerms(db, program.id, now),
      ]);
      const tierTerms = terms.second_tier === null ? null : describeSecondTier(terms).join(" ");
      const canRefer = tierTerms !== null && program.status === "approved";
      const url = new URL(`/app/join/${program.slug}`, c.req.url);
      url.searchParams.set("by", affiliate.username);
      const recruiting_url = canRefer ? url.href : null;
      const page = { program, programs, period, referred, terms: tierTerms, recruiting_url };
      return show(c, 200, "Referred affiliates", <ReferredPage {...page} is_first={cursor === null} />);
    }),
  );
}
