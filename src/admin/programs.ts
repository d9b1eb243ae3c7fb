import { eq, sql } from "drizzle-orm";
import * as v from "valibot";
import { programs, programTerms } from "../db/schema.ts";
import { Problem } from "../problem.ts";
import { presets } from "../programs/presets/index.ts";
import { type ProgramTerms, programTerms as termsSchema } from "../programs/terms.ts";
import { parseDestination } from "../redirect/destination.ts";
import { currencyCode, parseFields, shortText } from "../validation.ts";
import { readJson } from "./read-json.ts";
import type { AdminApp } from "./routes.ts";
import { isUniqueViolation, toTime } from "./rows.ts";

/** A programme's slug is part of a cookie's name and of paths. */
const programSlug = v.pipe(
  v.string(),
  v.regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "must be 1–63 of a-z, 0-9 and -, and not begin with -"),
);

const host = v.pipe(
  v.string(),
  v.toLowerCase(),
  v.check(
    (text) => text !== "" && URL.canParse(`https://${text}`) && new URL(`https://${text}`).host === text,
    "must be a host, with its port where that is not the default one: shop.example or localhost:8788",
  ),
);

const newProgram = v.strictObject({
  slug: programSlug,
  name: shortText,
  currency: currencyCode,
  preset: v.optional(v.picklist(Object.keys(presets), `must be one of: ${Object.keys(presets).join(", ")}`)),
  terms: v.optional(v.record(v.string(), v.unknown())),
  destination_hosts: v.pipe(
    v.array(host),
    v.minLength(1, "must name at least one host"),
    v.maxLength(100, "must name at most 100 hosts"),
  ),
  cookie_domain: v.nullish(
    v.pipe(
      v.string(),
      v.toLowerCase(),
      v.regex(/^([a-z0-9-]+\.)+[a-z0-9-]+$/, "must be a domain with at least one dot"),
    ),
  ),
  fallback_url: v.nullish(v.string()),
});

export function addProgramRoutes(app: AdminApp): void {
  app.post("/programs", async (c) => {
    const fields = await readJson(c.req, newProgram);
    const terms = readTerms(fields.preset, fields.terms);
    const row = {
      slug: fields.slug,
      name: fields.name,
      currency: fields.currency,
      destinationHosts: fields.destination_hosts,
      cookieDomain: fields.cookie_domain ?? null,
      fallbackUrl: fields.fallback_url ? readFallback(fields.fallback_url, fields.destination_hosts) : null,
      createdAt: c.var.now,
    };
    const { db } = c.var;
    // One batch is one transaction: no programme without terms. The first version is in force from the beginning of time.
    const programId = sql`(${db.select({ id: programs.id }).from(programs).where(eq(programs.slug, fields.slug))})`;
    try {
      await db.batch([
        db.insert(programs).values(row),
        db.insert(programTerms).values({ programId, version: 1, effectiveFrom: 0, terms }),
      ]);
    } catch (error) {
      if (isUniqueViolation(error)) {
        throw new Problem(409, "program_slug_taken", `There is already a program "${fields.slug}".`, "slug");
      }
      throw error;
    }
    return c.json(viewProgram(row, terms), 201);
  });
}

/** The preset with the merchant's changes on top, whole and valid. */
function readTerms(preset: string | undefined, changes: Record<string, unknown> | undefined): ProgramTerms {
  if (preset === undefined && changes === undefined) {
    throw new Problem(422, "invalid_terms", "A program needs a preset, its own terms, or both.", "terms");
  }
  const base = preset === undefined ? {} : presets[preset];
  return parseFields(v.object({ terms: termsSchema }), { terms: { ...base, ...changes } }).terms;
}

function readFallback(url: string, hosts: readonly string[]): string {
  const parsed = parseDestination(url, hosts);
  if (parsed.ok) return parsed.url;
  throw new Problem(422, "invalid_fallback_url", `fallback_url: ${parsed.error.replaceAll("_", " ")}.`, "fallback_url");
}

function viewProgram(row: Omit<typeof programs.$inferSelect, "id">, terms: ProgramTerms) {
  return {
    slug: row.slug,
    name: row.name,
    currency: row.currency,
    destination_hosts: row.destinationHosts,
    cookie_domain: row.cookieDomain,
    fallback_url: row.fallbackUrl,
    terms_version: 1,
    terms,
    created_at: toTime(row.createdAt),
  };
}
