/** `/app/links`: an affiliate's links, a page for each link, and creating tracking links. */
import type { Hono } from "hono";
import { recordChange } from "../../audit/audit-store.ts";
import { readClicks } from "../../clicks/click-queries.ts";
import { readLinkReport } from "../../clicks/counts/queries.ts";
import { countLinks, readLink, readLinkCredits, readLinkRules, readLinks } from "../../insights/link-queries.ts";
import { Problem } from "../../lib/problem.ts";
import { auditActorOf } from "../../portal/layout/audit-actor.ts";
import { type Portal, type PortalContext, show, showNotFound, signedIn } from "../../portal/layout/page.tsx";
import { readPeriod } from "../../portal/layout/period.ts";
import { type ProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";
import { listHosts } from "../host-queries.ts";
import { insertLink, linkChangeOf, newLinkRow, orTaken, type StoredLink } from "../link-store.ts";
import { buildLinkUrl } from "../link-url.ts";
import { withoutScheme } from "./link-name.tsx";
import { LinkPage } from "./link-page.tsx";
import { LinksPage } from "./links-page.tsx";
import { type LinkForm, parseLinkForm, parseSubIds } from "./new-link-form.ts";
import { newLinkRefusal, type RejectedLinkForm } from "./new-link-page.tsx";
import { drawQrCode, writeQrFile } from "./qr-code.ts";

const HITS_SHOWN = 25;
const CURSOR = /^[0-9a-f]{32}$/;
/** Few enough digits for an exact number. */
const LINK_ID = /^[1-9]\d{0,14}$/;

/** The pages of tracking links. A new link is removed from `caches`, which may hold that its slug does not exist. */
export function addLinkRoutes(app: Hono<Portal>, caches: LinkForgetter): void {
  app.get("/links", (c) => withProgramContext(c, "Links", (context) => showLinks(c, context, null)));

  app.post("/links", (c) =>
    withProgramContext(c, "Links", async (context) => {
      const form = await readFormFields(c);
      const result = await createTrackingLink(context, form);
      if (!result.ok) return showLinks(c, context, { form, field: result.field, error: result.error });
      const hosts = await listHosts(context.db, result.link, new URL(c.req.url).host);
      await caches.forget(hosts, result.link.slug);
      return c.redirect(`/app/links/${result.link.id}?made=1`, 303);
    }),
  );

  app.get("/links/:id", showLink);

  app.get("/links/:id/qr.svg", async (c) => {
    const found = await findLink(c);
    const code = found && drawQrCode(buildLinkUrl(found.link, originOf(c), parseSubIds(c.req.query())));
    if (!found || code === null) return showNotFound(c);
    return c.body(writeQrFile(code), 200, {
      "Content-Type": "image/svg+xml",
      "Content-Disposition": `attachment; filename="${found.link.slug}.svg"`,
    });
  });
}

const originOf = (c: PortalContext) => new URL(c.req.url).origin;

/** The link in the path, or null. Links of other affiliates are "not found", like links that don't exist. */
async function findLink(c: PortalContext) {
  const { affiliate, db } = signedIn(c);
  const id = c.req.param("id") ?? "";
  return LINK_ID.test(id) ? readLink(db, affiliate.id, Number(id)) : null;
}

async function showLink(c: PortalContext): Promise<Response> {
  const { affiliate, db } = signedIn(c);
  const found = await findLink(c);
  if (found === null) return showNotFound(c);
  const { link, program } = found;
  const { now } = c.var;
  const period = readPeriod(c.req.query(), now);
  const after = c.req.query("cursor") ?? "";
  const cursor = CURSOR.test(after) ? after : null;
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [counts, credits, hits] = await Promise.all([
    readLinkReport(db, link.id, period),
    readLinkCredits(db, account, link.id, period),
    readClicks(db, link.id, { limit: HITS_SHOWN, cursor }),
  ]);
  const page = (
    <LinkPage
      {...{ link, program, period, counts, credits, hits, cursor, now }}
      sub_ids={parseSubIds(c.req.query())}
      is_new={c.req.query("made") !== undefined}
      origin={originOf(c)}
    />
  );
  return show(c, 200, withoutScheme(buildLinkUrl(link, originOf(c))), page);
}

async function showLinks(
  c: PortalContext,
  { affiliate, db, program, programs, now }: ProgramContext,
  rejected: RejectedLinkForm | null,
): Promise<Response> {
  const period = readPeriod(c.req.query(), now);
  const [links, rules] = await Promise.all([
    readLinks(db, { program_id: program.id, affiliate_id: affiliate.id }, period),
    readLinkRules(db, program.id),
  ]);
  const page = (
    <LinksPage
      {...{ program, programs, period, links, rejected, now }}
      hosts={rules?.hosts ?? []}
      origin={originOf(c)}
    />
  );
  return show(c, rejected === null ? 200 : 422, "Links", page);
}

type CreateResult = { ok: true; link: StoredLink } | { ok: false; field: string | null; error: string };

async function createTrackingLink(
  { affiliate, db, program, now }: ProgramContext,
  form: LinkForm,
): Promise<CreateResult> {
  const [rules, total] = await Promise.all([
    readLinkRules(db, program.id),
    countLinks(db, { program_id: program.id, affiliate_id: affiliate.id }),
  ]);
  const refusal = newLinkRefusal(program, total);
  if (refusal !== null || rules === null) {
    return { ok: false, field: null, error: refusal ?? "This program no longer exists." };
  }
  const parsed = parseLinkForm(form, rules);
  if (!parsed.ok) return parsed;
  const { channel, destination } = parsed;
  const owner = { program_id: program.id, affiliate_id: affiliate.id, redirect_host: rules.redirect_host };
  try {
    const row = newLinkRow({ ...owner, kind: "tracking", channel, destination, created_at: now });
    const after = { affiliate: affiliate.username, kind: row.kind, channel, destination };
    const change = { ...linkChangeOf(row, "created"), before: null, after };
    const [[link]] = await orTaken(db, row, async () =>
      db.batch([insertLink(db, row), recordChange(db, auditActorOf(affiliate), change, now)]),
    );
    if (link === undefined) throw new Error("the link was not stored");
    return { ok: true, link };
  } catch (error) {
    // The random slug is taken, which is very unlikely.
    if (error instanceof Problem) return { ok: false, field: null, error: "The link couldn’t be created. Try again." };
    throw error;
  }
}
