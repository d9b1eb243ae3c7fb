/** `/app/conversions`: the conversions credited to an affiliate, and those that its clicks led to but weren't credited. */
import type { Hono } from "hono";
import { listLinkOptions } from "../../insights/link-queries.ts";
import { type Portal, show, showNotFound, signedIn } from "../../portal/layout/page.tsx";
import { type ProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { readAffiliateConversions } from "../affiliate-conversion-queries.ts";
import { readTouched, readTouchedConversion } from "../touched-queries.ts";
import { ConversionPage, titleOf } from "./conversion-page.tsx";
import { readCreditedConversion } from "./conversion-queries.ts";
import { ConversionsPage, type FoundConversions } from "./conversions-page.tsx";
import { type ConversionFilters, parseConversionFilters, timeRangeOf } from "./filter.ts";
import { NotCreditedPage } from "./not-credited-page.tsx";

const PAGE_SIZE = 25;

export function addConversionRoutes(app: Hono<Portal>): void {
  app.get("/conversions/:id", async (c) => {
    const { affiliate, db } = signedIn(c);
    const id = c.req.param("id");
    const conversion = await readCreditedConversion(db, c.env.ACCOUNTS, affiliate.id, id);
    if (conversion !== null) {
      const page = <ConversionPage conversion={conversion} affiliate_id={affiliate.id} now={c.var.now} />;
      return show(c, 200, titleOf(conversion.record), page);
    }
    const touched = await readTouchedConversion(db, affiliate.id, id);
    return touched === null ? showNotFound(c) : show(c, 200, "Not credited", <NotCreditedPage touched={touched} />);
  });

  app.get("/conversions", (c) =>
    withProgramContext(c, "Conversions", async (context) => {
      const { affiliate, db, program, programs, now } = context;
      const filters = parseConversionFilters(c.req.query(), now);
      const links = await listLinkOptions(db, { program_id: program.id, affiliate_id: affiliate.id });
      const isOwnLink = filters?.link === null || links.some(({ id }) => id === filters?.link);
      if (filters === null || !isOwnLink) return showNotFound(c);
      const found = await findConversions(context, filters);
      return show(c, 200, "Conversions", <ConversionsPage {...{ program, programs, filters, links, found, now }} />);
    }),
  );
}

async function findConversions(
  { affiliate, db, program }: ProgramContext,
  filters: ConversionFilters,
): Promise<FoundConversions> {
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const page = { limit: PAGE_SIZE, cursor: filters.cursor };
  if (filters.not_credited) return { not_credited: await readTouched(db, account, page), credited: null };
  const filter = { within: timeRangeOf(filters), type: filters.type, link_id: filters.link };
  return { not_credited: null, credited: await readAffiliateConversions(db, account, filter, page) };
}
