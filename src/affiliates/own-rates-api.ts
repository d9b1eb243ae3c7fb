/** An affiliate's own rates in a program, from a time on. */
import * as v from "valibot";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { readJson } from "../api/layout/read-json.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import { instant, parseAllFields } from "../lib/validation.ts";
import { explainOwnRates } from "../programs/explain-terms.ts";
import { ownRates as ownRatesShape } from "../programs/terms.ts";
import { loadNewestVersion } from "../programs/terms-queries.ts";
import { consistentOwnRates } from "../programs/validate-terms.ts";
import { findEnrolled } from "./api.ts";
import { type DatedOwnRates, findOwnRates, listOwnRates } from "./own-rates-queries.ts";
import { ownRates } from "./tables.ts";

/** The body of `POST …/rates`. */
export const newRates = v.strictObject({ rates: v.nullable(ownRatesShape), from: v.optional(instant) });

export function addOwnRatesRoutes(app: ApiApp): void {
  app.get("/programs/:program/enrollments/:affiliate/rates", async (c) => {
    const { db, now } = c.var;
    const { program, affiliate } = await findEnrolled(db, c.req.param());
    const history = await listOwnRates(db, { program_id: program.id, affiliate_id: affiliate.id });
    const inForce = findOwnRates(history, now);
    const data = history.map((row) => viewOwnRates(row, { currency: program.currency, in_force: row === inForce }));
    return c.json({ data, next: null });
  });

  app.post("/programs/:program/enrollments/:affiliate/rates", async (c) => {
    const { db, now } = c.var;
    const { program, affiliate } = await findEnrolled(db, c.req.param());
    const { rates: stated, from = now } = await readJson(c.req, newRates);
    if (from < now) {
      const detail = "from: must not be in the past: sales since then have been calculated by the earlier rates.";
      throw new Problem(422, "invalid_from", detail, "from");
    }
    const newest = await loadNewestVersion(db, program.id);
    const shape = v.object({ rates: v.nullable(consistentOwnRates(newest.terms)) });
    const { rates } = parseAllFields(shape, { rates: stated });
    const account = { program_id: program.id, affiliate_id: affiliate.id };
    const earlier = findOwnRates(await listOwnRates(db, account), from);
    const statement = db
      .insert(ownRates)
      .values({ ...account, at: from, rates })
      .onConflictDoUpdate({ target: [ownRates.program_id, ownRates.affiliate_id, ownRates.at], set: { rates } });
    const change = {
      ...{
        action: "own_rates.created",
        program_id: program.id,
        subject_type: "affiliate",
        subject: affiliate.username,
      },
      before: { rates: earlier?.rates ?? null },
      after: { rates, from: toIsoTime(from) },
    };
    const body = viewOwnRates({ from, rates }, { currency: program.currency, in_force: from <= now });
    return commitChange(c, [statement], [change], { status: 201, body });
  });
}

function viewOwnRates({ from, rates }: DatedOwnRates, { currency, in_force }: { currency: string; in_force: boolean }) {
  return { from: toIsoTime(from), in_force, rates, words: rates && explainOwnRates(rates, currency) };
}
