/** A programme's terms: the versions that there are, a new one, and what sales would earn. */
import { desc, eq } from "drizzle-orm";
import * as v from "valibot";
import { PREVIEW_SALES_MAX, previewSales } from "../commissions/preview.ts";
import type { Database } from "../db/database.ts";
import { programTerms } from "../db/schema.ts";
import { Problem } from "../problem.ts";
import { completeTerms } from "../programs/terms.ts";
import { currencyCode, instant, minorUnits, shortText } from "../validation.ts";
import { findProgram } from "./find.ts";
import { readJson } from "./read-json.ts";
import type { AdminApp } from "./routes.ts";
import { isUniqueViolation, toTime } from "./rows.ts";
import { readTerms, termsFields } from "./terms-fields.ts";

const newVersion = v.strictObject({ ...termsFields, effective_from: v.optional(instant) });

const previewedSale = v.strictObject({
  occurred_at: instant,
  amount: minorUnits,
  currency: v.optional(currencyCode),
  customer: v.optional(shortText),
  subscription: v.optional(v.nullable(shortText)),
  interval: v.optional(v.nullable(shortText)),
  product: v.optional(v.nullable(shortText)),
  country: v.optional(v.nullable(shortText)),
  platform: v.optional(v.nullable(shortText)),
  refunded: v.optional(minorUnits),
  refunded_at: v.optional(instant),
});

const preview = v.strictObject({
  ...termsFields,
  sales: v.pipe(
    v.array(previewedSale),
    v.minLength(1, "must hold at least one sale"),
    v.maxLength(PREVIEW_SALES_MAX, `must hold at most ${PREVIEW_SALES_MAX} sales`),
  ),
});

export function addTermsRoutes(app: AdminApp): void {
  app.get("/programs/:program/terms", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const versions = await listVersions(c.var.db, program.id);
    const inForce = versions.find(({ effectiveFrom }) => effectiveFrom <= c.var.now);
    const data = versions.map((row) => ({ ...viewVersion(row), in_force: row === inForce }));
    return c.json({ data, next: null });
  });

  app.post("/programs/:program/terms", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const fields = await readJson(c.req, newVersion);
    const newest = newestOf(await listVersions(db, program.id));
    const terms = readTerms(completeTerms(newest.terms), fields);
    const effectiveFrom = fields.effective_from ?? Math.max(now, newest.effectiveFrom);
    if (effectiveFrom < Math.max(now, newest.effectiveFrom)) {
      const detail = "effective_from: must be neither in the past nor before the newest version's.";
      throw new Problem(422, "invalid_effective_from", detail, "effective_from");
    }
    const row = { programId: program.id, version: newest.version + 1, effectiveFrom, terms };
    try {
      await db.insert(programTerms).values(row);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Problem(409, "terms_version_conflict", "Another version was made at the same time; look at it first.");
    }
    return c.json({ ...viewVersion(row), in_force: effectiveFrom <= now }, 201);
  });

  app.post("/programs/:program/terms/preview", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { sales, ...said } = await readJson(c.req, preview);
    const newest = newestOf(await listVersions(c.var.db, program.id));
    const terms = readTerms(completeTerms(newest.terms), said);
    const { sales: previewed, ...rest } = previewSales(terms, program.currency, sales);
    const shown = previewed.map(({ entries, ...sale }) => ({
      ...sale,
      entries: entries.map(
        ({ kind, amount, currency, rule, rate_bps, flat, tier, reason, occurred_at, clears_at }) => ({
          ...{ kind, amount, currency, rule, rate_bps, flat, tier, reason },
          ...{ occurred_at: toTime(occurred_at), clears_at: toTime(clears_at) },
        }),
      ),
    }));
    return c.json({ sales: shown, ...rest });
  });
}

type Version = typeof programTerms.$inferSelect;

function listVersions(db: Database, programId: number): Promise<Version[]> {
  return db
    .select()
    .from(programTerms)
    .where(eq(programTerms.programId, programId))
    .orderBy(desc(programTerms.version));
}

function newestOf([newest]: readonly Version[]): Version {
  if (newest === undefined) throw new Error("a programme has terms");
  return newest;
}

function viewVersion({ version, effectiveFrom, terms }: Version) {
  return { version, effective_from: toTime(effectiveFrom), terms: completeTerms(terms) };
}
