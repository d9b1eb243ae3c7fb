/** `/app/program`: the program's terms, and the creatives and resources that the merchant provides. */
import type { Hono } from "hono";
import { readCreativeLinks, readCreatives } from "../../creatives/queries.ts";
import { type Portal, type PortalContext, show, showNotFound } from "../../portal/layout/page.tsx";
import { type ProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { ProgramPage } from "./program-page.tsx";
import { readAffiliateTerms } from "./queries.ts";

/** Few enough digits for an exact number. */
const VERSION = /^[1-9]\d{0,8}$/;
const LINK_ID = /^[1-9]\d{0,14}$/;

export function addProgramRoutes(app: Hono<Portal>): void {
  app.get("/program", (c) => withProgramContext(c, "Program", (context) => showProgram(c, context)));
}

/** Links of another affiliate or program are "not found", like links that don't exist. */
async function showProgram(c: PortalContext, context: ProgramContext): Promise<Response> {
  const { affiliate, db, program, programs, now } = context;
  const { version = null, link = null } = c.req.query();
  if (version !== null && !VERSION.test(version)) return showNotFound(c);
  if (link !== null && !LINK_ID.test(link)) return showNotFound(c);
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [terms, creatives, { live, selected, total, rules }] = await Promise.all([
    readAffiliateTerms(db, c.env.ACCOUNTS, { ...account, version: version === null ? null : Number(version), now }),
    program.status === "approved" ? readCreatives(db, program.id) : [],
    readCreativeLinks(db, account, { id: link === null ? null : Number(link), now }),
  ]);
  if (terms === null || (link !== null && selected === null)) return showNotFound(c);
  const page = (
    <ProgramPage
      program={program}
      programs={programs}
      terms={terms}
      creatives={{
        ...{ program, creatives, total, rules, now },
        links: live,
        link: selected ?? live[0] ?? null,
        params: { program: program.slug, version },
        origin: new URL(c.req.url).origin,
      }}
    />
  );
  return show(c, 200, `${program.name} terms`, page);
}
