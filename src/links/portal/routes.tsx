/** `/app/links`: an affiliate's links, a page for each link, and creating tracking links. */
import type { Hono } from "hono";
import { listOwnCoupons } from "../../affiliates/coupon-queries.ts";
import { recordChange } from "../../audit/audit-store.ts";
import { diffFields } from "../../audit/diff-fields.ts";
import { readClicks } from "../../clicks/click-queries.ts";
import { type LinkReport, readLinkReport } from "../../clicks/counts/queries.ts";
import type { Database } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import {
  countLinks,
  readLink,
  readLinkCredits,
  readLinkRules,
  readLinkSales,
  readLinks,
} from "../../insights/link-queries.ts";
import { fillSlots } from "../../insights/portal/slots.ts";
import { Problem } from "../../lib/problem.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { MS_PER_HOUR } from "../../lib/time.ts";
import { auditActorOf } from "../../portal/layout/audit-actor.ts";
import { type Portal, type PortalContext, show, showNotFound, signedIn } from "../../portal/layout/page.tsx";
import { type Period, readPeriod } from "../../portal/layout/period.ts";
import { type ProgramContext, withProgramContext } from "../../portal/layout/program-context.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";
import { listHosts } from "../host-queries.ts";
import { insertLink, linkChangeOf, newLinkRow, orTaken, type StoredLink, updateLink } from "../link-store.ts";
import { buildLinkUrl } from "../link-url.ts";
import { parseLinkListing } from "./arrange-links.ts";
import { readPastedLink, sortParameters } from "./check-link.ts";
import { followAsVisitor } from "./follow-queries.ts";
import type { CheckResult } from "./link-check.tsx";
import { withoutScheme } from "./link-name.tsx";
import { LinkPage, readStep } from "./link-page.tsx";
import { LinksPage } from "./links-page.tsx";
import { type LinkFaults, type LinkForm, parseLinkForm, parseSubIds } from "./new-link-form.ts";
import { newLinkRefusal, type RejectedLinkForm } from "./new-link-page.tsx";
import { drawQrCode, writeQrFile } from "./qr-code.ts";

const HITS_SHOWN = 15;
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
      if (!result.ok) return showLinks(c, context, { form, ...result });
      await forget(c, context.db, result.link);
      return c.redirect(`/app/links/${result.link.id}?made=1`, 303);
    }),
  );

  app.get("/links/:id", async (c) => {
    const found = await findLink(c);
    return found === null ? showNotFound(c) : showLink(c, found, null);
  });

  app.post("/links/:id", async (c) => {
    const found = await findLink(c);
    if (found === null || found.link.kind !== "tracking" || found.has_targets) return showNotFound(c);
    const { db } = signedIn(c);
    const form = await readFormFields(c);
    const rules = await readLinkRules(db, found.program.id);
    const parsed = rules && parseLinkForm(form, rules);
    if (parsed === null) return showNotFound(c);
    if (!parsed.ok) return showLink(c, found, { form, error: null, faults: parsed.faults });
    const { channel, destination } = parsed;
    await changeLink(c, found, { channel, destination });
    await forget(c, db, { ...found.link, program_id: found.program.id });
    return c.redirect(`/app/links/${found.link.id}?saved=1`, 303);
  });

  app.post("/links/:id/archive", async (c) => {
    const found = await findLink(c);
    if (found === null || found.link.kind !== "tracking") return showNotFound(c);
    const { archived } = await readFormFields(c);
    await changeLink(c, found, { archived_at: archived === "1" ? c.var.now : null });
    return c.redirect(`/app/links/${found.link.id}?${archived === "1" ? "archived" : "restored"}=1`, 303);
  });

  async function forget(c: PortalContext, db: Database, link: Parameters<typeof listHosts>[1] & { slug: string }) {
    await caches.forget(await listHosts(db, link, new URL(c.req.url).host), link.slug);
  }

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

type FoundLink = NonNullable<Awaited<ReturnType<typeof findLink>>>;

/** Changes a link, with a record in the audit log. */
async function changeLink(
  c: PortalContext,
  { link, program }: FoundLink,
  changes: Partial<Pick<StoredLink, "channel" | "destination" | "archived_at">>,
): Promise<void> {
  const { affiliate, db } = signedIn(c);
  const before = Object.fromEntries(Object.keys(changes).map((name) => [name, link[name as keyof typeof changes]]));
  const change = {
    ...linkChangeOf({ slug: link.slug, program_id: program.id }, "updated"),
    ...diffFields(before, { ...changes }),
  };
  await db.batch([updateLink(db, link.id, changes), recordChange(db, auditActorOf(affiliate), change, c.var.now)]);
}

/** Follows the URL in `?check=`, if there is one. */
async function checkLink(c: PortalContext, { link }: FoundLink): Promise<CheckResult | null> {
  const url = c.req.query("check");
  if (url === undefined) return null;
  const pasted = readPastedLink(url);
  const nothing = { url, followed: null, is_repaired: false, parameters: sortParameters("", null) };
  if (!pasted.ok) return { ...nothing, problem: pasted.reason };
  const keys = importTokenKeys(readSettings(c.env).token_keys);
  const country = c.req.raw.cf?.country;
  const visit = { keys, now: c.var.now, country: typeof country === "string" ? country : null };
  const followed = await followAsVisitor(c.env.DB, pasted, visit);
  if (followed?.link_id !== link.id) return { ...nothing, problem: "other_link" };
  const { is_repaired, search } = pasted;
  return { url, problem: null, followed, is_repaired, parameters: sortParameters(search, followed.location) };
}

async function showLink(c: PortalContext, found: FoundLink, rejected: RejectedLinkForm | null): Promise<Response> {
  const { affiliate, db } = signedIn(c);
  const { link, program, has_targets } = found;
  const { now } = c.var;
  const period = readPeriod(c.req.query(), now);
  const after = c.req.query("cursor") ?? "";
  const cursor = CURSOR.test(after) ? after : null;
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [counts, credits, hits, sales, rules, check] = await Promise.all([
    readLinkReport(db, link.id, period),
    readLinkCredits(db, account, link.id, period),
    readClicks(db, link.id, { limit: HITS_SHOWN, cursor }),
    readLinkSales(db, account, link.id, period),
    readLinkRules(db, program.id),
    checkLink(c, found),
  ]);
  const slots = fillSlots(period, { clicks: clicksOf(counts, period), sales });
  const page = (
    <LinkPage
      {...{ link, program, period, counts, credits, hits, cursor, now, has_targets, rejected, slots, check }}
      sub_ids={parseSubIds(c.req.query())}
      done={readStep(c.req.query())}
      rules={{ hosts: rules?.hosts ?? [] }}
      is_editable={link.kind === "tracking" && c.var.view === undefined}
      origin={originOf(c)}
    />
  );
  return show(c, rejected === null ? 200 : 422, withoutScheme(buildLinkUrl(link, originOf(c))), page);
}

/** Clicks by day, or by hour for a single day. */
function clicksOf({ days }: LinkReport, { first_day, last_day }: Period): { at: number; count: number }[] {
  return days.flatMap(({ day, clicks, hours }) => {
    const at = Date.parse(day);
    if (first_day !== last_day) return [{ at, count: clicks }];
    return hours.map((count, hour) => ({ at: at + hour * MS_PER_HOUR, count }));
  });
}

async function showLinks(
  c: PortalContext,
  { affiliate, db, program, programs, now }: ProgramContext,
  rejected: RejectedLinkForm | null,
): Promise<Response> {
  const period = readPeriod(c.req.query(), now);
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const [links, rules, coupons] = await Promise.all([
    readLinks(db, account, period),
    readLinkRules(db, program.id),
    listOwnCoupons(db, account),
  ]);
  const page = (
    <LinksPage
      {...{ program, programs, period, links, coupons, rejected, now }}
      listing={parseLinkListing(c.req.query())}
      rules={rules ?? { hosts: [], own_slugs: false }}
      origin={originOf(c)}
    />
  );
  return show(c, rejected === null ? 200 : 422, "Links", page);
}

type CreateResult = { ok: true; link: StoredLink } | { ok: false; faults: LinkFaults; error: string | null };

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
    return { ok: false, faults: {}, error: refusal ?? "This program no longer exists." };
  }
  const parsed = parseLinkForm(form, rules);
  if (!parsed.ok) return { ...parsed, error: null };
  const { channel, destination, slug } = parsed;
  const owner = { program_id: program.id, affiliate_id: affiliate.id, redirect_host: rules.redirect_host };
  try {
    const row = newLinkRow({ ...owner, slug, kind: "tracking", channel, destination, created_at: now });
    const after = { affiliate: affiliate.username, kind: row.kind, channel, destination };
    const change = { ...linkChangeOf(row, "created"), before: null, after };
    const [[link]] = await orTaken(db, row, async () =>
      db.batch([insertLink(db, row), recordChange(db, auditActorOf(affiliate), change, now)]),
    );
    if (link === undefined) throw new Error("the link was not stored");
    return { ok: true, link };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (slug !== undefined)
      return { ok: false, faults: { slug: "This slug is taken. Choose another one." }, error: null };
    // A random slug that is taken is very unlikely.
    return { ok: false, faults: {}, error: "The link couldn’t be created. Try again." };
  }
}
