/** `/app/links`: an affiliate's links, each by itself, and the making of tracking links. */

import type { Hono } from "hono";
import { readClicks } from "../../clicks/click-queries.ts";
import { readLinkReport } from "../../clicks/counts/queries.ts";
import {
  countOwnLinks,
  readLinkCredits,
  readLinkRules,
  readOwnLink,
  readOwnLinks,
} from "../../insights/link-queries.ts";
import { Problem } from "../../lib/problem.ts";
import { NotFoundPage } from "../../portal/layout/message.tsx";
import type { PageTools, Portal, PortalContext } from "../../portal/layout/page-tools.tsx";
import { readPeriod } from "../../portal/layout/period.ts";
import { type Chosen, withProgram } from "../../portal/layout/with-program.tsx";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";
import { createLink, hostsOf } from "../link-store.ts";
import { buildLinkUrl } from "../link-url.ts";
import { withoutScheme } from "./link-name.tsx";
import { LinkPage } from "./link-page.tsx";
import { LinksPage } from "./links-page.tsx";
import { type LinkForm, readLinkForm, readSubIdForm } from "./new-link-form.ts";
import { type LinkAttempt, refuseNewLink } from "./new-link-page.tsx";
import { drawQrCode, writeQrFile } from "./qr-code.ts";

const HITS_SHOWN = 25;
const CURSOR = /^[0-9a-f]{32}$/;
/** What a link is found by is a number: short enough to be exact. */
const LINK_ID = /^[1-9]\d{0,14}$/;

export function addLinkRoutes(app: Hono<Portal>, tools: PageTools, caches: LinkForgetter): void {
  app.get("/links", (c) => withProgram(c, tools, "Links", (chosen) => showLinks(c, tools, chosen, null)));

  app.post("/links", (c) =>
    withProgram(c, tools, "Links", async (chosen) => {
      const form = await readForm(c);
      const made = await makeLink(chosen, form);
      if (!made.ok) return showLinks(c, tools, chosen, { form, field: made.field, fault: made.fault });
      await caches.forget(hostsOf(made.link, new URL(c.req.url).host), made.link.slug);
      return c.redirect(`/app/links/${made.link.id}?made=1`, 303);
    }),
  );

  app.get("/links/:id", (c) => showLink(c, tools));

  app.get("/links/:id/qr.svg", async (c) => {
    const found = await findLink(c, tools);
    const code = found && drawQrCode(buildLinkUrl(found.link, originOf(c), readSubIdForm(c.req.query())));
    if (!found || code === null) return tools.show(c, 404, "Not found", <NotFoundPage />);
    return c.body(writeQrFile(code), 200, {
      "Content-Type": "image/svg+xml",
      "Content-Disposition": `attachment; filename="${found.link.slug}.svg"`,
    });
  });
}

const originOf = (c: PortalContext) => new URL(c.req.url).origin;

/** Files are no fields of this form. */
async function readForm(c: PortalContext): Promise<LinkForm> {
  const body = await c.req.parseBody();
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])),
  );
}

/** Another affiliate's link is not found, as one that is not there. */
async function findLink(c: PortalContext, tools: PageTools) {
  const { affiliate, db } = tools.signedIn(c);
  const id = c.req.param("id") ?? "";
  return LINK_ID.test(id) ? readOwnLink(db, affiliate.id, Number(id)) : null;
}

async function showLink(c: PortalContext, tools: PageTools): Promise<Response> {
  const { affiliate, db } = tools.signedIn(c);
  const found = await findLink(c, tools);
  if (found === null) return tools.show(c, 404, "Not found", <NotFoundPage />);
  const { link, program } = found;
  const now = tools.now(c.req.raw);
  const period = readPeriod(c.req.query(), now);
  const asked = c.req.query("cursor") ?? "";
  const cursor = CURSOR.test(asked) ? asked : null;
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [counts, credits, hits] = await Promise.all([
    readLinkReport(db, link.id, period),
    readLinkCredits(db, account, link.id, period),
    readClicks(db, link.id, { limit: HITS_SHOWN, cursor }),
  ]);
  const page = (
    <LinkPage
      link={link}
      program={program}
      period={period}
      counts={counts}
      credits={credits}
      hits={hits}
      cursor={cursor}
      subs={readSubIdForm(c.req.query())}
      isNew={c.req.query("made") !== undefined}
      origin={originOf(c)}
      now={now}
    />
  );
  return tools.show(c, 200, withoutScheme(buildLinkUrl(link, originOf(c))), page);
}

async function showLinks(
  c: PortalContext,
  tools: PageTools,
  { affiliate, db, program, programs, now }: Chosen,
  attempt: LinkAttempt | null,
): Promise<Response> {
  const period = readPeriod(c.req.query(), now);
  const [links, rules] = await Promise.all([
    readOwnLinks(db, { program_id: program.id, affiliate_id: affiliate.id }, period),
    readLinkRules(db, program.id),
  ]);
  const page = (
    <LinksPage
      program={program}
      programs={programs}
      period={period}
      links={links}
      hosts={rules?.hosts ?? []}
      attempt={attempt}
      origin={originOf(c)}
      now={now}
    />
  );
  return tools.show(c, attempt === null ? 200 : 422, "Links", page);
}

type Made =
  | { ok: true; link: Awaited<ReturnType<typeof createLink>> }
  | { ok: false; field: string | null; fault: string };

/** Makes the tracking link of a form, or says what is wrong. */
async function makeLink({ affiliate, db, program, now }: Chosen, form: LinkForm): Promise<Made> {
  const [rules, total] = await Promise.all([
    readLinkRules(db, program.id),
    countOwnLinks(db, { program_id: program.id, affiliate_id: affiliate.id }),
  ]);
  const refusal = refuseNewLink(program, total);
  if (refusal !== null || rules === null) return { ok: false, field: null, fault: refusal ?? "This program is over." };
  const read = readLinkForm(form, rules);
  if (!read.ok) return read;
  const { channel, destination } = read;
  const owned = { program_id: program.id, affiliate_id: affiliate.id, redirect_host: rules.redirect_host };
  try {
    const link = await createLink(db, { ...owned, kind: "tracking", channel, destination, created_at: now });
    return { ok: true, link };
  } catch (error) {
    // The random name is taken, once in some billions.
    if (error instanceof Problem) return { ok: false, field: null, fault: "Please try again." };
    throw error;
  }
}
