/** An affiliate's account in a program: its figures and its entries. */

import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp, ApiCall } from "../api/layout/api-app.ts";
import { answerRow, answerRows, done, keyOfRow, type RowResult, readRows } from "../api/layout/bulk.ts";
import { auditActorOf } from "../api/layout/commit-change.ts";
import { findEnrollment, findProgram, findVisibleAffiliate } from "../api/layout/find-records.ts";
import { readIdempotencyKey } from "../api/layout/idempotency-key.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import { describeChange } from "../audit/audit-store.ts";
import { explainRows, readEntries, viewEntry } from "../commissions/entry-queries.ts";
import { viewTier } from "../commissions/judge-tier.ts";
import { accountKeyOf } from "../commissions/ledger.ts";
import { checkLedger } from "../commissions/ledger-check-queries.ts";
import { answerLedger } from "../commissions/ledger-file-queries.ts";
import { readAffiliateSummary } from "../insights/summary-queries.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import {
  currencyCode,
  ENTERED_AMOUNT_MAX,
  instant,
  parseAllFields,
  parseFields,
  shortText,
} from "../lib/validation.ts";
import { viewNextPayout } from "../payouts/next-payout-view.ts";
import { readTierAndPayout } from "../payouts/tier-and-payout-queries.ts";
import { findEnrolled } from "./api.ts";

/** The body of `POST …/adjustments`. */
export const adjustment = v.strictObject({
  amount: v.pipe(
    v.number(),
    v.safeInteger("must be an integer of minor units"),
    v.check((amount) => amount !== 0, "must not be 0"),
    v.check((amount) => Math.abs(amount) <= ENTERED_AMOUNT_MAX, `must be at most ${ENTERED_AMOUNT_MAX} either way`),
  ),
  currency: currencyCode,
  reason: shortText,
});

/** A row of the bulk call. */
export const adjustmentRow = v.strictObject({ affiliate: v.string(), ...adjustment.entries });

type Program = Awaited<ReturnType<typeof findProgram>>;
type Affiliate = Awaited<ReturnType<typeof findVisibleAffiliate>>;

const asked = v.object({ at: v.optional(instant) });

export function addAccountRoutes(app: ApiApp): void {
  app.get("/programs/:program/affiliates/:affiliate", allowQuery("at"), async (c) => {
    const { db, now } = c.var;
    const { program, affiliate, enrollment } = await findEnrolled(db, c.req.param());
    const { at = now } = parseFields(asked, c.req.query());
    const account = { program, affiliate_id: affiliate.id, at };
    const [{ balances, ...figures }, { tier, next_payout }] = await Promise.all([
      readAffiliateSummary(db, account),
      readTierAndPayout(db, c.env.ACCOUNTS, { ...account, status: enrollment.status, now }),
    ]);
    return c.json({
      program: program.slug,
      affiliate: affiliate.username,
      status: enrollment.status,
      ...figures,
      at: toIsoTime(at),
      tier: tier && viewTier(tier),
      balances: balances[0],
      balances_by_currency: balances,
      next_payout: viewNextPayout(next_payout),
    });
  });

  app.get("/programs/:program/affiliates/:affiliate/entries", allowQuery(...PAGING), async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const page = readPage(c.req.query(), /^\d{1,15}$/);
    return c.json(await readEntries(c.var.db, { program, affiliate_id: affiliate.id }, page));
  });

  app.post("/programs/:program/affiliates/:affiliate/adjustments", async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    const key = readIdempotencyKey(c.req, "adjustment");
    const fields = await readJson(c.req, adjustment);
    const { status, entry } = await adjust(c, { program, affiliate }, fields, key);
    return c.json(entry, status === "posted" ? 201 : 200);
  });

  app.post("/programs/:program/adjustments/bulk", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { rows, key } = await readRows(c);
    const results: RowResult[] = [];
    for (const [index, row] of rows.entries()) {
      const adjusted = async () => {
        const { affiliate: name, ...fields } = parseAllFields(adjustmentRow, row);
        const affiliate = await findEnrolledIn(c, program, name);
        return (await adjust(c, { program, affiliate }, fields, keyOfRow(key, index))).entry;
      };
      results.push(await answerRow(async () => done(await adjusted(), 201)));
    }
    return answerRows(c, results);
  });

  app.get("/programs/:program/affiliates/:affiliate/ledger", async (c) => {
    const { program, affiliate } = await findEnrolled(c.var.db, c.req.param());
    return answerLedger(c.var.db, c.env.ACCOUNTS, { program, affiliate });
  });

  app.get("/programs/:program/affiliates/:affiliate/ledger-check", async (c) => {
    const { db } = c.var;
    const { program, affiliate } = await findEnrolled(db, c.req.param());
    const account = { program_id: program.id, affiliate_id: affiliate.id };
    return c.json(await checkLedger(db, c.env.ACCOUNTS, account));
  });
}

/** An affiliate of a program, by its username in a row of a bulk call. Throws 422. */
async function findEnrolledIn(c: ApiCall, program: Program, name: string): Promise<Affiliate> {
  const affiliate = await findVisibleAffiliate(c, name, "affiliate");
  if ((await findEnrollment(c.var.db, program.id, affiliate.id)) !== null) return affiliate;
  const detail = `${affiliate.username} isn't enrolled in ${program.slug}.`;
  throw new Problem(422, "affiliate_not_enrolled", detail, "affiliate");
}

/** Posts an adjustment once for its key, and returns the entry as the API shows it. Throws 409. */
async function adjust(
  c: ApiCall,
  { program, affiliate }: { program: Program; affiliate: Affiliate },
  fields: v.InferOutput<typeof adjustment>,
  key: string,
): Promise<{ status: "posted" | "exists"; entry: object }> {
  const { db, now } = c.var;
  const account = { program_id: program.id, affiliate_id: affiliate.id };
  const change = { action: "adjustment.created", subject_type: "affiliate", subject: affiliate.username };
  const audited = { ...change, program_id: program.id, before: null, after: fields };
  const audit = describeChange(auditActorOf(c), audited, now);
  const object = c.env.ACCOUNTS.getByName(accountKeyOf(account));
  const adjusted = await object.adjust(key, { ...account, ...fields }, now, audit);
  if (adjusted.status === "conflict") {
    throw new Problem(409, "idempotency_key_reused", "This Idempotency-Key was used for another adjustment.");
  }
  const { program_id: _, affiliate_id: __, from_affiliate_id: ___, ...entry } = adjusted.entry;
  const [row] = await explainRows(db, program, [{ ...entry, from: null }], "other");
  if (row === undefined) throw new Error("an adjustment has no entry");
  return { status: adjusted.status, entry: viewEntry(row) };
}
