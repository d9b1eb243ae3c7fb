/** `/app/program`: the terms in plain words, and what the merchant gives its affiliates to promote it with. */
import type { Hono } from "hono";
import { readCreatives, readPromotedLinks } from "../../creatives/queries.ts";
import { NotFoundPage } from "../../portal/layout/message.tsx";
import type { PageTools, Portal, PortalContext } from "../../portal/layout/page-tools.tsx";
import { type Chosen, withProgram } from "../../portal/layout/with-program.tsx";
import { ProgramPage } from "./program-page.tsx";
import { readOwnTerms } from "./queries.ts";

/** Short enough to be exact, as what a link is found by. */
const VERSION = /^[1-9]\d{0,8}$/;
const LINK_ID = /^[1-9]\d{0,14}$/;

export function addProgramRoutes(app: Hono<Portal>, tools: PageTools): void {
  app.get("/program", (c) => withProgram(c, tools, "Programme", (chosen) => showProgram(c, tools, chosen)));
}

/** Another affiliate's link, or one of another programme, is not found, as one that is not there. */
async function showProgram(c: PortalContext, tools: PageTools, chosen: Chosen): Promise<Response> {
  const { affiliate, db, program, programs, now } = chosen;
  const { version = null, link = null } = c.req.query();
  const notFound = () => tools.show(c, 404, "Not found", <NotFoundPage />);
  if (version !== null && !VERSION.test(version)) return notFound();
  if (link !== null && !LINK_ID.test(link)) return notFound();
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [own, creatives, { live, asked, total, rules }] = await Promise.all([
    readOwnTerms(db, c.env.ACCOUNTS, { ...account, version: version === null ? null : Number(version), now }),
    program.status === "approved" ? readCreatives(db, program.id) : [],
    readPromotedLinks(db, account, { id: link === null ? null : Number(link), now }),
  ]);
  if (own === null || (link !== null && asked === null)) return notFound();
  const page = (
    <ProgramPage
      program={program}
      programs={programs}
      own={own}
      creatives={{
        ...{ program, creatives, total, rules, now },
        links: live,
        link: asked ?? live[0] ?? null,
        asked: { program: program.slug, version },
        origin: new URL(c.req.url).origin,
      }}
    />
  );
  return tools.show(c, 200, `Terms of ${program.name}`, page);
}
