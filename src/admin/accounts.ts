/** An affiliate's account in a programme: its figures and its entries. */
import * as v from "valibot";
import { readAffiliateSummary } from "../reports/affiliate.ts";
import { readEntries } from "../reports/entries.ts";
import { readTier } from "../reports/tier.ts";
import { instant, parseFields } from "../validation.ts";
import { findEnrolled } from "./affiliates.ts";
import { readPage } from "./page.ts";
import type { AdminApp } from "./routes.ts";
import { toTime } from "./rows.ts";

const asked = v.object({ at: v.optional(instant) });

export function addAccountRoutes(app: AdminApp): void {
  app.get("/programs/:program/affiliates/:affiliate", async (c) => {
    const { db, now } = c.var;
    const { program, affiliate, enrolment } = await findEnrolled(db, c.req.param());
    const { at = now } = parseFields(asked, c.req.query());
    const account = { programId: program.id, affiliateId: affiliate.id };
    const [{ balances, ...figures }, tier] = await Promise.all([
      readAffiliateSummary(db, { program, affiliateId: affiliate.id, at }),
      readTier(db, c.env.ACCOUNTS, account, at),
    ]);
    return c.json({
      program: program.slug,
      affiliate: affiliate.username,
      status: enrolment.status,
      ...figures,
      at: toTime(at),
      tier,
      balances: balances[0],
      balances_by_currency: balances,
    });
  });

  app.get("/programs/:program/affiliates/:affiliate/entries", async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const page = readPage(c.req.query(), /^\d{1,15}$/);
    const account = { programId: program.id, affiliateId: affiliate.id };
    return c.json(await readEntries(c.var.db, account, page));
  });
}
