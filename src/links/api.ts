import { eq } from "drizzle-orm";
import { affiliates } from "../affiliates/tables.ts";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { findEnrollment, findLink, findVisibleAffiliate, findVisibleProgram } from "../api/layout/find-records.ts";
import { toIsoTime } from "../api/layout/format-time.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { readClicks } from "../clicks/click-queries.ts";
import { readLinkCounts } from "../clicks/counts/queries.ts";
import type { Database } from "../db/database.ts";
import { Problem } from "../lib/problem.ts";
import { programs } from "../programs/tables.ts";
import type { LinkForgetter } from "../redirect/link-resolver.ts";
import type { DestinationRules } from "./destination.ts";
import { linkChange, newLink, readLinkSettings } from "./link-fields.ts";
import { createLink, hostsOf, type StoredLink } from "./link-store.ts";
import { links } from "./tables.ts";

export function addLinkRoutes(app: ApiApp, caches: LinkForgetter): void {
  app.post("/links", permit("write", { checks_programs: true }), async (c) => {
    const { program: programName, affiliate: affiliateName, slug, kind, ...fields } = await readJson(c.req, newLink);
    const { db, now } = c.var;
    const program = await findVisibleProgram(c, programName, "program");
    const affiliate = await findVisibleAffiliate(c, affiliateName, "affiliate");
    if ((await findEnrollment(db, program.id, affiliate.id)) === null) {
      const detail = `${affiliate.username} is not enrolled in ${program.slug}.`;
      throw new Problem(422, "affiliate_not_enrolled", detail, "affiliate");
    }
    if (kind === "tracking" && !fields.channel) throw channelMissing();
    const { redirect_host } = program;
    const owned = { slug, redirect_host, program_id: program.id, affiliate_id: affiliate.id };
    const { destination = "", ...settings } = readLinkSettings(fields, rulesOf(program));
    const link = await createLink(db, { ...owned, kind, destination, ...settings, created_at: now });
    await caches.forget(hostsOf(link, new URL(c.req.url).host), link.slug);
    return c.json(await viewLink(db, link, c.req.url), 201);
  });

  app.patch("/links/:slug", permit("write", { checks_programs: true }), allowQuery("host"), async (c) => {
    const { db } = c.var;
    const link = await findLink(c, c.req.param("slug"), c.req.query("host"));
    const fields = await readJson(c.req, linkChange);
    if (link.kind === "tracking" && fields.channel === null) throw channelMissing();
    const program = await db.select().from(programs).where(eq(programs.id, link.program_id)).get();
    if (program === undefined) throw new Error(`link ${link.id} has no program`);
    const settings = readLinkSettings(fields, rulesOf(program), link);
    if (Object.keys(settings).length === 0)
      throw new Problem(422, "invalid_body", "The body must contain at least one field to change.");
    const { disabled } = settings;
    const disabled_at = disabled ? (link.disabled_at ?? c.var.now) : null;
    const changes = disabled === undefined ? settings : { ...settings, disabled_at };
    await db.update(links).set(changes).where(eq(links.id, link.id));
    await caches.forget(hostsOf(link, new URL(c.req.url).host), link.slug);
    return c.json(await viewLink(db, { ...link, ...changes }, c.req.url));
  });

  app.get("/links/:slug", permit("read", { checks_programs: true }), allowQuery("host"), async (c) => {
    const link = await findLink(c, c.req.param("slug"), c.req.query("host"));
    return c.json(await viewLink(c.var.db, link, c.req.url));
  });

  app.get(
    "/links/:slug/clicks",
    permit("read", { checks_programs: true }),
    allowQuery("host", ...PAGING),
    async (c) => {
      const { host, ...paging } = c.req.query();
      const link = await findLink(c, c.req.param("slug"), host);
      return c.json(await readClicks(c.var.db, link.id, readPage(paging, /^[0-9a-f]{32}$/)));
    },
  );
}

function rulesOf(program: typeof programs.$inferSelect): DestinationRules {
  return { hosts: program.destination_hosts, reserved_parameter: program.referral_parameter };
}

function channelMissing(): Problem {
  return new Problem(422, "invalid_channel", "channel: a tracking link needs a channel.", "channel");
}

async function viewLink(db: Database, link: StoredLink, requestUrl: string) {
  const [program, affiliate, counts] = await Promise.all([
    db.select({ slug: programs.slug }).from(programs).where(eq(programs.id, link.program_id)).get(),
    db.select({ username: affiliates.username }).from(affiliates).where(eq(affiliates.id, link.affiliate_id)).get(),
    readLinkCounts(db, link.id),
  ]);
  const { protocol, host } = new URL(requestUrl);
  return {
    slug: link.slug,
    url: `${protocol}//${link.host || host}/${link.slug}`,
    program: program?.slug ?? null,
    affiliate: affiliate?.username ?? null,
    destination: link.destination,
    targets: link.targets,
    kind: link.kind,
    channel: link.channel,
    starts_at: toIsoTime(link.starts_at),
    expires_at: toIsoTime(link.expires_at),
    click_cap: link.click_cap,
    forward_query: link.forward_query,
    deep_links: link.deep_links,
    disabled: link.disabled,
    created_at: toIsoTime(link.created_at),
    ...counts,
  };
}
