/** A program's terms: the versions that there are, a new one, and what sales would earn. */

import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { diffFields } from "../audit/diff-fields.ts";
import type { AffiliateRates } from "../commissions/choose-rate.ts";
import { explainEntry } from "../commissions/explain-entry.ts";
import { viewTier } from "../commissions/judge-tier.ts";
import type { UnchainedEntry } from "../commissions/ledger.ts";
import { PREVIEW_SALES_MAX, type PreviewSale, previewSales } from "../commissions/preview.ts";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { messages } from "../lib/messages/messages.ts";
import { pageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { currencyCode, instant, minorUnits, parseAllFields, shortText } from "../lib/validation.ts";
import { withGroupNames } from "./describe-rule.ts";
import { explainOwnRates, explainTerms } from "./explain-terms.ts";
import { DEFAULT_GROUP } from "./group.ts";
import { loadGroupNames } from "./group-queries.ts";
import { programTerms } from "./tables.ts";
import { ownRates, type ProgramTerms, unpaidTerms } from "./terms.ts";
import { readTerms, termsFields } from "./terms-fields.ts";
import { type DatedTerms, listVersionPage, loadNewestVersion, loadTerms, loadVersion } from "./terms-queries.ts";
import { consistentOwnRates } from "./validate-terms.ts";

/** The body of `POST …/terms`. */
export const newVersion = v.strictObject({ ...termsFields, effective_from: v.optional(instant) });

const previewedSale = v.strictObject({
  occurred_at: instant,
  type: v.optional(v.picklist(["sale", "lead"])),
  amount: minorUnits,
  currency: v.optional(currencyCode),
  customer: v.optional(shortText),
  subscription: v.optional(v.nullable(shortText)),
  replaces: v.optional(v.nullable(shortText)),
  payment_number: v.optional(v.pipe(minorUnits, v.minValue(1, "must be at least 1"))),
  interval: v.optional(v.nullable(shortText)),
  interval_count: v.optional(v.pipe(minorUnits, v.minValue(1, "must be at least 1"))),
  product: v.optional(v.nullable(shortText)),
  country: v.optional(v.nullable(shortText)),
  platform: v.optional(v.nullable(shortText)),
  refunded: v.optional(minorUnits),
  refunded_at: v.optional(instant),
});

const previewedSales = v.pipe(
  v.array(previewedSale),
  v.minLength(1, "must hold at least one sale"),
  v.maxLength(PREVIEW_SALES_MAX, `must hold at most ${PREVIEW_SALES_MAX} sales`),
);

/** The body of `POST …/terms/preview`. */
export const preview = v.strictObject({
  ...termsFields,
  /** The affiliate's group and own rates. */
  group: v.optional(v.string()),
  own_rates: v.optional(v.nullable(ownRates)),
  sales: previewedSales,
});

/** The body of `POST /v1/terms/preview`, for a program that doesn't exist yet. */
export const newTermsPreview = v.strictObject({ ...termsFields, currency: currencyCode, sales: previewedSales });

/** A version with its words can have hundreds of kilobytes. */
const VERSIONS_MAX = 20;
/** A version as it is written in a path. */
const VERSION = /^[1-9]\d{0,8}$/;

export function addTermsRoutes(app: ApiApp): void {
  app.get("/programs/:program/terms", allowQuery(...PAGING), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const page = readPage(c.req.query(), /^\d{1,9}$/, VERSIONS_MAX);
    const [rows, inForce, groups] = await Promise.all([
      listVersionPage(c.var.db, program.id, page),
      loadTerms(c.var.db, program.id, c.var.now),
      loadGroupNames(c.var.db, program.id),
    ]);
    const { currency } = program;
    const view = (row: DatedTerms) => viewVersion(row, { currency, groups, in_force: row.version === inForce.version });
    return c.json(pageOf(rows, page.limit, view, (row) => String(row.version)));
  });

  app.get("/programs/:program/terms/:version", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const asked = c.req.param("version");
    const [found, inForce, groups] = await Promise.all([
      VERSION.test(asked) ? loadVersion(c.var.db, program.id, Number(asked)) : null,
      loadTerms(c.var.db, program.id, c.var.now),
      loadGroupNames(c.var.db, program.id),
    ]);
    if (found === null) {
      throw new Problem(404, "terms_version_not_found", `The terms of ${program.slug} have no version "${asked}".`);
    }
    const in_force = found.version === inForce.version;
    return c.json(viewVersion(found, { currency: program.currency, groups, in_force }));
  });

  app.post("/programs/:program/terms", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const fields = await readJson(c.req, newVersion);
    const [newest, groups] = await readNewest(db, program.id);
    const terms = readTerms(newest.terms, fields, program.currency, [...groups.keys()]);
    const effective_from = fields.effective_from ?? Math.max(now, newest.effective_from);
    if (effective_from < Math.max(now, newest.effective_from)) {
      const detail = "effective_from: must be neither in the past nor before the newest version's.";
      throw new Problem(422, "invalid_effective_from", detail, "effective_from");
    }
    const made = { version: newest.version + 1, effective_from, terms };
    const { version } = made;
    const changed = diffFields(newest.terms, terms);
    const change = {
      ...{ action: "terms.created", program_id: program.id, subject_type: "program", subject: program.slug },
      before: { version: newest.version, ...changed.before },
      after: { version, effective_from: toIsoTime(effective_from), ...changed.after },
    };
    const { currency } = program;
    const body = viewVersion(made, { currency, groups, in_force: effective_from <= now });
    try {
      const row = { program_id: program.id, version, effective_from, terms };
      return await commitChange(c, [db.insert(programTerms).values(row)], [change], { status: 201, body });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Problem(
        409,
        "terms_version_conflict",
        "Another version was created at the same time. Read it before you create a new one.",
      );
    }
  });

  app.post("/programs/:program/terms/preview", permit("read"), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { sales, group = DEFAULT_GROUP, own_rates = null, ...said } = await readJson(c.req, preview);
    const [newest, groups] = await readNewest(c.var.db, program.id);
    const { currency } = program;
    const terms = readTerms(newest.terms, said, currency, [...groups.keys()]);
    if (!groups.has(group)) {
      const detail = `group: ${messages.terms_faults.unknown_group([...groups.keys()])}.`;
      throw new Problem(422, "invalid_group", detail, "group");
    }
    const own =
      own_rates && parseAllFields(v.object({ own_rates: consistentOwnRates(terms) }), { own_rates }).own_rates;
    const affiliate_rates = { group, own_rates: own && { from: c.var.now, rates: own } };
    return c.json(showPreview({ terms, currency, groups, sales, affiliate_rates }));
  });

  app.post("/terms/preview", permit("read", { checks_programs: true }), async (c) => {
    const { sales, currency, ...said } = await readJson(c.req, newTermsPreview);
    const terms = readTerms(unpaidTerms, said, currency);
    const affiliate_rates = { group: DEFAULT_GROUP, own_rates: null };
    return c.json(showPreview({ terms, currency, groups: new Map(), sales, affiliate_rates }));
  });
}

/** What sales would earn, as the API shows it. */
function showPreview(asked: {
  terms: ProgramTerms;
  currency: string;
  groups: ReadonlyMap<string, string>;
  sales: readonly PreviewSale[];
  affiliate_rates: AffiliateRates;
}) {
  const { terms, currency, groups, sales, affiliate_rates } = asked;
  const own = affiliate_rates.own_rates?.rates ?? null;
  const { sales: previewed, tier, ...rest } = previewSales(terms, currency, sales, affiliate_rates);
  const explain = (entry: UnchainedEntry) => {
    const rules = withGroupNames(entry.own_rates_from === null ? terms.rates : (own ?? []), groups);
    const named = { ...entry, terms_version: null, from: null };
    return explainEntry(named, { rules, currency, reader: "other" });
  };
  const shown = previewed.map(({ entries, ...sale }) => ({
    ...sale,
    entries: entries.map((entry) => {
      const { kind, amount, currency, rule, rate_bps, rate_fraction, flat, reason, occurred_at, clears_at } = entry;
      return {
        ...{ kind, amount, currency, rule, is_own_rate: entry.own_rates_from !== null },
        ...{ rate_bps, rate_fraction, flat, tier: entry.tier, reason },
        explanation: explain(entry),
        ...{ occurred_at: toIsoTime(occurred_at), clears_at: toIsoTime(clears_at) },
      };
    }),
  }));
  return {
    sales: shown,
    ...rest,
    tier: tier && viewTier(tier),
    words: explainTerms({ terms, currency, version: null, groups }),
    own_rates: own && explainOwnRates(own, currency),
  };
}

/** The newest version of a program's terms, and the names of its groups by their slugs. */
async function readNewest(db: Database, programId: number) {
  return Promise.all([loadNewestVersion(db, programId), loadGroupNames(db, programId)]);
}

function viewVersion(
  { version, effective_from, terms }: DatedTerms,
  { currency, groups, in_force }: { currency: string; groups: ReadonlyMap<string, string>; in_force: boolean },
) {
  const words = explainTerms({ terms, currency, version: { version, effective_from }, groups });
  return { version, effective_from: toIsoTime(effective_from), in_force, terms, words };
}
