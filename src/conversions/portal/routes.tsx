/** `/app/conversions`: what an affiliate was credited with, and what it was not. */
import type { Hono } from "hono";
import { listOwnLinks } from "../../insights/link-queries.ts";
import { NotFoundPage } from "../../portal/layout/message.tsx";
import type { PageTools, Portal } from "../../portal/layout/page-tools.tsx";
import { type Chosen, withProgram } from "../../portal/layout/with-program.tsx";
import { readOwnConversions } from "../own-conversion-queries.ts";
import { readTouched } from "../touched-queries.ts";
import { ConversionsPage, type FoundConversions } from "./conversions-page.tsx";
import { type ConversionsAsked, readConversionsAsked, spanOf } from "./filter.ts";

const SHOWN = 25;

export function addConversionRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/conversions", (c) =>
    withProgram(c, tools, "Conversions", async (chosen) => {
      const { affiliate, db, program, programs, now } = chosen;
      const asked = readConversionsAsked(c.req.query(), now);
      const links = await listOwnLinks(db, { program_id: program.id, affiliate_id: affiliate.id });
      // Another's link is not found, as one that is not there.
      const isOwn = asked?.link === null || links.some(({ id }) => id === asked?.link);
      if (asked === null || !isOwn) return tools.show(c, 404, "Not found", <NotFoundPage />);
      const found = await findConversions(chosen, asked);
      const page = { program, programs, asked, links, found, now };
      return tools.show(c, 200, "Conversions", <ConversionsPage {...page} />);
    }),
  );
}

async function findConversions({ affiliate, db, program }: Chosen, asked: ConversionsAsked): Promise<FoundConversions> {
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const page = { limit: SHOWN, cursor: asked.cursor };
  if (asked.is_lost) return { lost: await readTouched(db, account, page), own: null };
  const filter = { within: spanOf(asked), type: asked.type, link_id: asked.link };
  return { lost: null, own: await readOwnConversions(db, account, filter, page) };
}
