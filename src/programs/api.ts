import { and, eq, sql } from "drizzle-orm";
import type * as v from "valibot";
import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { permit, refuseRole } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { LIST, readList } from "../api/layout/read-list.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { keysetOf } from "../db/keyset.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { sortedPageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { parseDestination } from "../links/destination.ts";
import { isPermitted } from "../users/roles.ts";
import { newProgram, programChange } from "./fields-api.ts";
import { isHostTaken, leaveHost, listLinksTo, listSharedSlugs } from "./host-store.ts";
import { lowerApprovals, readPendingApprovals, withdrawRequest } from "./payout-approvals-api.ts";
import { isInScope } from "./scope-queries.ts";
import { programs, programTerms } from "./tables.ts";
import { unpaidTerms } from "./terms.ts";
import { readTerms } from "./terms-fields.ts";

type Program = typeof programs.$inferSelect;

export function addProgramRoutes(app: ApiApp): void {
  app.post("/programs", async (c) => {
    const fields = await readJson(c.req, newProgram);
    const terms = readTerms(unpaidTerms, fields, fields.currency);
    const row = {
      slug: fields.slug,
      name: fields.name,
      currency: fields.currency,
      destination_hosts: fields.destination_hosts,
      redirect_host: fields.redirect_host ?? null,
      cookie_mode: fields.cookie_mode ?? "always",
      cookie_domain: fields.cookie_domain ?? null,
      fallback_url: readPageUrl(fields.fallback_url ?? null, "fallback_url"),
      home_url: readPageUrl(fields.home_url ?? null, "home_url"),
      logo_url: readLogoUrl(fields.logo_url ?? null),
      color: fields.color ?? null,
      headline: fields.headline ?? null,
      support_email: fields.support_email ?? null,
      terms_url: readPageUrl(fields.terms_url ?? null, "terms_url"),
      terms_version: fields.terms_version ?? null,
      referral_parameter: fields.referral_parameter ?? null,
      deep_links: fields.deep_links ?? false,
      own_slugs: fields.own_slugs ?? false,
      is_reward: fields.kind === "reward",
      payout_approvals: fields.payout_approvals ?? 1,
      payout_auto_draft: fields.payout_auto_draft ?? true,
      legal_name: fields.legal_name ?? null,
      address: fields.address ?? null,
      created_at: c.var.now,
    };
    checkCookieDomain(row);
    const { db } = c.var;
    if (row.redirect_host !== null && (await isHostTaken(db, row.redirect_host, null))) throw hostTaken();
    // One batch is one transaction: no program without terms. The first version is in force from the beginning of time.
    const programId = sql`(${db.select({ id: programs.id }).from(programs).where(eq(programs.slug, fields.slug))})`;
    try {
      const body = { ...viewProgram(row), terms_version: 1, terms };
      return await commitChange(
        c,
        [
          db.insert(programs).values(row),
          db.insert(programTerms).values({ program_id: programId, version: 1, effective_from: 0, terms }),
        ],
        [{ ...changeOf(row, "created"), program_id: programId, before: null, after: body }],
        { status: 201, body },
      );
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new Problem(409, "program_exists", "There is already a program with this slug or redirect host.");
      }
      throw error;
    }
  });

  app.get("/programs", permit("read", { checks_programs: true }), allowQuery(...LIST), async (c) => {
    const page = await readList(c, ["slug", "created_at"]);
    const { isAfter, order } = keysetOf(
      page.sort === "slug" ? [programs.slug] : [programs.created_at, programs.id],
      page,
    );
    const rows = await c.var.db
      .select()
      .from(programs)
      .where(and(isInScope(programs.id, c.var.actor.program_ids), isAfter))
      .orderBy(...order)
      .limit(page.limit + 1);
    return c.json(
      sortedPageOf(rows, page, viewProgram, (row) => (page.sort === "slug" ? [row.slug] : [row.created_at, row.id])),
    );
  });

  app.get("/programs/:program", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const pending = await readPendingApprovals(c.var.db, program.id, c.var.now);
    return c.json({ ...viewProgram(program), pending_payout_approvals: pending });
  });

  app.patch("/programs/:program", async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const fields = await readJson(c.req, programChange);
    const changes: Partial<Program> = {
      ...(fields.name !== undefined && { name: fields.name }),
      ...(fields.destination_hosts !== undefined && { destination_hosts: fields.destination_hosts }),
      ...(fields.redirect_host !== undefined && { redirect_host: fields.redirect_host }),
      ...(fields.cookie_mode !== undefined && { cookie_mode: fields.cookie_mode }),
      ...(fields.cookie_domain !== undefined && { cookie_domain: fields.cookie_domain }),
      ...(fields.fallback_url !== undefined && { fallback_url: readPageUrl(fields.fallback_url, "fallback_url") }),
      ...(fields.home_url !== undefined && { home_url: readPageUrl(fields.home_url, "home_url") }),
      ...(fields.logo_url !== undefined && { logo_url: readLogoUrl(fields.logo_url) }),
      ...(fields.color !== undefined && { color: fields.color }),
      ...(fields.headline !== undefined && { headline: fields.headline }),
      ...(fields.support_email !== undefined && { support_email: fields.support_email }),
      ...(fields.terms_url !== undefined && { terms_url: readPageUrl(fields.terms_url, "terms_url") }),
      ...(fields.terms_version !== undefined && { terms_version: fields.terms_version }),
      ...(fields.referral_parameter !== undefined && { referral_parameter: fields.referral_parameter }),
      ...(fields.deep_links !== undefined && { deep_links: fields.deep_links }),
      ...(fields.own_slugs !== undefined && { own_slugs: fields.own_slugs }),
      ...(fields.kind !== undefined && { is_reward: fields.kind === "reward" }),
      ...(fields.payout_approvals !== undefined && { payout_approvals: fields.payout_approvals }),
      ...(fields.payout_auto_draft !== undefined && { payout_auto_draft: fields.payout_auto_draft }),
      ...(fields.legal_name !== undefined && { legal_name: fields.legal_name }),
      ...(fields.address !== undefined && { address: fields.address }),
    };
    if (Object.keys(changes).length === 0)
      throw new Problem(422, "invalid_body", "The body must contain at least one field to change.");
    checkCookieDomain({ ...program, ...changes });
    const hosts = await changeHosts(c, program, changes);
    const body = viewProgram({ ...program, ...changes });
    const { payout_approvals } = changes;
    if (payout_approvals !== undefined) refuseApprovalsChange(c, program, fields);
    if (payout_approvals !== undefined && payout_approvals < program.payout_approvals) {
      return lowerApprovals(c, program, { to: payout_approvals, view: body });
    }
    const pending = await readPendingApprovals(db, program.id, c.var.now);
    // A call with the number that is in force withdraws a request to lower it.
    const withdrawn = payout_approvals === undefined || pending === null ? null : withdrawRequest(db, program, pending);
    try {
      return await commitChange(
        c,
        [
          ...hosts,
          ...(withdrawn === null ? [] : [withdrawn.statement]),
          db.update(programs).set(changes).where(eq(programs.id, program.id)),
        ],
        [
          { ...changeOf(program, "updated"), program_id: program.id, ...diffFields(viewProgram(program), body) },
          ...(withdrawn === null ? [] : [withdrawn.change]),
        ],
        { status: 200, body },
      );
    } catch (error) {
      throw isUniqueViolation(error) ? hostTaken() : error;
    }
  });
}

/**
 * Throws 403 unless the actor may approve runs, and 422 if a lower number comes with other fields: it waits for a second user, so
 * it is a call of its own.
 */
function refuseApprovalsChange(c: ApiCall, program: Program, fields: v.InferOutput<typeof programChange>): void {
  const { payout_approvals = program.payout_approvals, ...others } = fields;
  if (payout_approvals === program.payout_approvals) return;
  if (!isPermitted(c.var.actor.role, "pay")) throw refuseRole(c.var.actor, "pay");
  if (payout_approvals > program.payout_approvals || Object.keys(others).length === 0) return;
  const detail = "payout_approvals: lower it in a call without other fields, because a second user must confirm it.";
  throw new Problem(422, "invalid_payout_approvals", detail, "payout_approvals");
}

/** The statements that go with a change of hosts. Throws 409 if links would stop working, or lead to a host that isn't allowed. */
async function changeHosts(c: ApiCall, program: Program, { redirect_host: to, destination_hosts }: Partial<Program>) {
  const { db, now } = c.var;
  const removed = program.destination_hosts.filter((one) => !(destination_hosts ?? [one]).includes(one));
  const slugs = removed.length === 0 ? [] : await listLinksTo(db, program.id, removed);
  if (slugs.length > 0) {
    const detail = `Links lead to a host that would no longer be allowed: ${slugs.join(", ")}. Change them first.`;
    throw new Problem(409, "destination_host_in_use", detail, "destination_hosts");
  }
  if (to === undefined || to === program.redirect_host) return [];
  if (to !== null && (await isHostTaken(db, to, program.id))) throw hostTaken();
  const shared = to === null ? await listSharedSlugs(db, program.id) : [];
  if (shared.length > 0) {
    const detail = `Without a redirect host, these slugs would be those of other programs' links too: ${shared.join(", ")}.`;
    throw new Problem(409, "slugs_taken", detail, "redirect_host");
  }
  return leaveHost(db, program, to, now);
}

function hostTaken(): Problem {
  const detail = "Another program has this redirect host, or had it and its links are still served there.";
  return new Problem(409, "redirect_host_taken", detail, "redirect_host");
}

/** The URL of a page of the merchant, on any host; null for none. Throws 422 with the field. */
function readPageUrl(url: string | null, field: "fallback_url" | "home_url" | "logo_url" | "terms_url"): string | null {
  if (url === null || url === "") return null;
  const hosts = URL.canParse(url) ? [new URL(url).host] : [];
  const parsed = parseDestination(url, { hosts, reserved_parameter: null });
  if (parsed.ok) return parsed.url;
  throw new Problem(422, `invalid_${field}`, `${field}: ${parsed.error.replaceAll("_", " ")}.`, field);
}

/** The URL of an image, by https: pages for affiliates show it. Throws 422. */
function readLogoUrl(url: string | null): string | null {
  const parsed = readPageUrl(url, "logo_url");
  if (parsed === null || parsed.startsWith("https:")) return parsed;
  throw new Problem(422, "invalid_logo_url", "logo_url: must begin with https://.", "logo_url");
}

/** A browser refuses a cookie whose domain the answering host does not lie in. */
function checkCookieDomain({
  cookie_domain: domain,
  redirect_host,
}: Pick<Program, "cookie_domain" | "redirect_host">): void {
  if (domain === null || redirect_host === null) return;
  const hostname = redirect_host.replace(/:\d+$/, "");
  if (hostname === domain || hostname.endsWith(`.${domain}`)) return;
  const detail = `cookie_domain: the redirect host ${redirect_host} is not in the domain ${domain}.`;
  throw new Problem(422, "invalid_cookie_domain", detail, "cookie_domain");
}

function changeOf({ slug }: { slug: string }, verb: "created" | "updated") {
  return { action: `program.${verb}`, subject_type: "program", subject: slug };
}

function viewProgram(row: Omit<Program, "id">) {
  return {
    slug: row.slug,
    name: row.name,
    currency: row.currency,
    kind: row.is_reward ? "reward" : "standard",
    destination_hosts: row.destination_hosts,
    redirect_host: row.redirect_host,
    cookie_mode: row.cookie_mode,
    cookie_domain: row.cookie_domain,
    fallback_url: row.fallback_url,
    home_url: row.home_url,
    logo_url: row.logo_url,
    color: row.color,
    headline: row.headline,
    support_email: row.support_email,
    terms_url: row.terms_url,
    terms_version: row.terms_version,
    referral_parameter: row.referral_parameter,
    deep_links: row.deep_links,
    own_slugs: row.own_slugs,
    payout_approvals: row.payout_approvals,
    payout_auto_draft: row.payout_auto_draft,
    legal_name: row.legal_name,
    address: row.address,
    created_at: toIsoTime(row.created_at),
  };
}
