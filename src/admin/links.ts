import { eq } from "drizzle-orm";
import { customAlphabet } from "nanoid";
import * as v from "valibot";
import type { Database } from "../db/database.ts";
import { affiliates, links, programs } from "../db/schema.ts";
import { Problem } from "../problem.ts";
import { parseDestination } from "../redirect/destination.ts";
import { RESERVED_SEGMENTS, SLUG_ALPHABET, SLUG_PATTERN } from "../redirect/slug.ts";
import { readClicks, readLinkCounts } from "../reports/clicks.ts";
import { instant, shortText } from "../validation.ts";
import { findAffiliate, findEnrolment, findLink, findProgram } from "./find.ts";
import { readPage } from "./page.ts";
import { readJson } from "./read-json.ts";
import type { AdminApp } from "./routes.ts";
import { isUniqueViolation, toTime } from "./rows.ts";

const GENERATED_SLUG_CHARACTERS = 7;
const generateSlug = customAlphabet(SLUG_ALPHABET, GENERATED_SLUG_CHARACTERS);

const newLink = v.strictObject({
  program: v.string(),
  affiliate: v.string(),
  slug: v.optional(
    v.pipe(
      v.string(),
      v.toLowerCase(),
      v.regex(SLUG_PATTERN, "must be 1–64 of a-z, 0-9, - and _"),
      v.check((slug) => !RESERVED_SEGMENTS.has(slug), "is reserved"),
    ),
  ),
  destination: v.string(),
  kind: v.optional(v.picklist(["affiliate", "tracking"]), "affiliate"),
  channel: v.nullish(shortText),
  expires_at: v.nullish(instant),
  forward_query: v.optional(v.boolean(), false),
});

const linkChange = v.strictObject({
  destination: v.optional(v.string()),
  channel: v.optional(v.nullable(shortText)),
  expires_at: v.optional(v.nullable(instant)),
  forward_query: v.optional(v.boolean()),
  disabled: v.optional(v.boolean()),
});

export function addLinkRoutes(app: AdminApp, forgetLink: (slug: string) => void): void {
  app.post("/links", async (c) => {
    const fields = await readJson(c.req, newLink);
    const { db, now } = c.var;
    const program = await findProgram(db, fields.program, "program");
    const affiliate = await findAffiliate(db, fields.affiliate, "affiliate");
    if ((await findEnrolment(db, program.id, affiliate.id)) === null) {
      const detail = `${affiliate.username} is not enrolled in ${program.slug}.`;
      throw new Problem(422, "affiliate_not_enrolled", detail, "affiliate");
    }
    if (fields.kind === "tracking" && !fields.channel) {
      throw new Problem(422, "invalid_channel", "channel: a tracking link is for one channel; name it.", "channel");
    }
    const slug = fields.slug ?? generateSlug();
    const row = {
      slug,
      programId: program.id,
      affiliateId: affiliate.id,
      destination: readDestination(fields.destination, program.destinationHosts),
      kind: fields.kind,
      channel: fields.channel ?? null,
      expiresAt: fields.expires_at ?? null,
      forwardQuery: fields.forward_query,
      createdAt: now,
    };
    try {
      await db.insert(links).values(row);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Problem(409, "slug_taken", `There is already a link "${slug}".`, "slug");
    }
    forgetLink(slug);
    return c.json(await viewLink(db, slug, c.req.url), 201);
  });

  app.patch("/links/:slug", async (c) => {
    const { db } = c.var;
    const link = await findLink(db, c.req.param("slug"));
    const fields = await readJson(c.req, linkChange);
    const changes = {
      ...(fields.destination !== undefined && { destination: await readNewDestination(db, link, fields.destination) }),
      ...(fields.channel !== undefined && { channel: fields.channel }),
      ...(fields.expires_at !== undefined && { expiresAt: fields.expires_at }),
      ...(fields.forward_query !== undefined && { forwardQuery: fields.forward_query }),
      ...(fields.disabled !== undefined && { disabled: fields.disabled }),
    };
    if (Object.keys(changes).length === 0) throw new Problem(422, "invalid_body", "The body changes nothing.");
    await db.update(links).set(changes).where(eq(links.id, link.id));
    forgetLink(link.slug);
    return c.json(await viewLink(db, link.slug, c.req.url));
  });

  app.get("/links/:slug", async (c) => c.json(await viewLink(c.var.db, c.req.param("slug"), c.req.url)));

  app.get("/links/:slug/clicks", async (c) => {
    const link = await findLink(c.var.db, c.req.param("slug"));
    return c.json(await readClicks(c.var.db, link.id, readPage(c.req.query(), /^[0-9a-f]{32}$/)));
  });
}

function readDestination(url: string, hosts: readonly string[]): string {
  const parsed = parseDestination(url, hosts);
  if (parsed.ok) return parsed.url;
  const detail = `destination: ${parsed.error.replaceAll("_", " ")}.`;
  throw new Problem(422, "invalid_destination", detail, "destination");
}

async function readNewDestination(db: Database, link: { programId: number }, url: string): Promise<string> {
  const program = await db.select().from(programs).where(eq(programs.id, link.programId)).get();
  return readDestination(url, program?.destinationHosts ?? []);
}

async function viewLink(db: Database, slug: string, requestUrl: string) {
  const link = await findLink(db, slug);
  const [program, affiliate, counts] = await Promise.all([
    db.select({ slug: programs.slug }).from(programs).where(eq(programs.id, link.programId)).get(),
    db.select({ username: affiliates.username }).from(affiliates).where(eq(affiliates.id, link.affiliateId)).get(),
    readLinkCounts(db, link.id),
  ]);
  return {
    slug: link.slug,
    url: new URL(`/${link.slug}`, requestUrl).href,
    program: program?.slug ?? null,
    affiliate: affiliate?.username ?? null,
    destination: link.destination,
    kind: link.kind,
    channel: link.channel,
    expires_at: toTime(link.expiresAt),
    forward_query: link.forwardQuery,
    disabled: link.disabled,
    created_at: toTime(link.createdAt),
    ...counts,
  };
}
