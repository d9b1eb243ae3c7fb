import { eq } from "drizzle-orm";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findEnrollment, findLink, findVisibleAffiliate, findVisibleProgram } from "../api/layout/find-records.ts";
import { readAffiliateFilter, readChoice, readFlag, readProgramFilter } from "../api/layout/list-filters.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { LIST, readList } from "../api/layout/read-list.ts";
import { readPage } from "../api/layout/read-page.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { readClicks } from "../clicks/click-queries.ts";
import { NO_COUNTS, readCountsOfLinks, readLinkCounts } from "../clicks/counts/queries.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import { programs } from "../programs/tables.ts";
import type { LinkForgetter } from "../redirect/link-resolver.ts";
import type { DestinationRules } from "./destination.ts";
import { listHosts } from "./host-queries.ts";
import { linkChange, newLink, readLinkSettings } from "./link-fields.ts";
import { insertLink, linkChangeOf, newLinkRow, orTaken, type StoredLink, updateLink } from "./link-store.ts";
import { listLinks, type NamedLink, readNamedLink } from "./list-queries.ts";
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
    const row = newLinkRow({ ...owned, kind, destination, ...settings, created_at: now });
    const names = { program: program.slug, redirect_host, affiliate: affiliate.username };
    const after = { affiliate: affiliate.username, ...auditedFields(row) };
    const response = await orTaken(db, row, () =>
      commitChange(c, [insertLink(db, row)], [{ ...linkChangeOf(row, "created"), before: null, after }], {
        status: 201,
        body: { ...viewNamedLink({ link: row, ...names }, c.req.url), ...NO_COUNTS },
      }),
    );
    await caches.forget(await listHosts(db, row, new URL(c.req.url).host), row.slug);
    return response;
  });

  const filters = allowQuery("program", "affiliate", "kind", "disabled", "q", ...LIST);
  app.get("/links", permit("read", { checks_programs: true }), filters, async (c) => {
    const { db } = c.var;
    const page = await readList(c, ["-created_at", "created_at", "slug"]);
    const filter = {
      program_ids: await readProgramFilter(c),
      affiliate_id: await readAffiliateFilter(c),
      kind: readChoice(c, "kind", links.kind.enumValues),
      disabled: readFlag(c, "disabled"),
      q: c.req.query("q") ?? null,
    };
    const { data, next } = await listLinks(db, filter, page);
    const counts = await readCountsOfLinks(
      db,
      data.map(({ link }) => link.id),
    );
    return c.json({
      data: data.map((named) => ({ ...viewNamedLink(named, c.req.url), ...counts.get(named.link.id) })),
      next,
    });
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
    const changed = { ...link, ...changes };
    await commitChange(
      c,
      [updateLink(db, link.id, changes)],
      [{ ...linkChangeOf(link, "updated"), ...diffFields(auditedFields(link), auditedFields(changed)) }],
      { status: 200, body: {} },
    );
    await caches.forget(await listHosts(db, link, new URL(c.req.url).host), link.slug);
    return c.json(await viewLink(c, link.id));
  });

  app.get("/links/:slug", permit("read", { checks_programs: true }), allowQuery("host"), async (c) => {
    const link = await findLink(c, c.req.param("slug"), c.req.query("host"));
    return c.json(await viewLink(c, link.id));
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

/** What the audit log shows of a link. */
function auditedFields(row: NewRow) {
  const { destination, targets, kind, channel, starts_at, expires_at, click_cap, forward_query, deep_links } = row;
  return {
    ...{ destination, targets, kind, channel, starts_at: toIsoTime(starts_at), expires_at: toIsoTime(expires_at) },
    ...{ click_cap, forward_query, deep_links, disabled: row.disabled },
  };
}

async function viewLink(c: ApiCall, id: number) {
  const [named, counts] = await Promise.all([readNamedLink(c.var.db, id), readLinkCounts(c.var.db, id)]);
  return { ...viewNamedLink(named, c.req.url), ...counts };
}

type NewRow = Omit<StoredLink, "id">;

function viewNamedLink(
  { link, program, redirect_host, affiliate }: Omit<NamedLink, "link"> & { link: NewRow },
  requestUrl: string,
) {
  const { protocol, host } = new URL(requestUrl);
  return {
    slug: link.slug,
    url: `${protocol}//${redirect_host ?? host}/${link.slug}`,
    program,
    affiliate,
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
  };
}
