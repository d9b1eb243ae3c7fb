/** What a decision about the credit would change, in conversions and in money. Nothing is stored. */
import { inArray } from "drizzle-orm";
import { affiliates } from "../../affiliates/tables.ts";
import type { ApiApp, ApiCall } from "../../api/layout/api-app.ts";
import { permit } from "../../api/layout/permit.ts";
import { readJson } from "../../api/layout/read-json.ts";
import { accountKeyOf, type LedgerEntry } from "../../commissions/ledger.ts";
import type { PreviewedPosts } from "../../commissions/post-sale.ts";
import { type AmountChange, sumChanges } from "../../commissions/sum-changes.ts";
import type { AttributedSale } from "../../customers/conversion.ts";
import type { CreditPreview } from "../../customers/decisions/credit-preview.ts";
import type { Decision, PreviewedDecision } from "../../customers/decisions/decision.ts";
import type { PreviewedDispute } from "../../customers/disputes/dispute.ts";
import { toIsoTime } from "../../lib/iso-time.ts";
import { hashText } from "../../lib/platform/vault.ts";
import { findApproved, findCustomer, newDispute, orBusy, refuseDisputed } from "../dispute-api.ts";
import { newCredit, refuseCredit } from "./credit-api.ts";

/** How many of the conversions that move are listed. */
const MOVES_MAX = 100;

export function addCreditPreviewRoutes(app: ApiApp): void {
  app.post("/conversions/:id/credit/preview", permit("write", { checks_programs: true }), async (c) => {
    const conversion = c.req.param("id");
    const { scope, reason, internal_note = null, ...fields } = await readJson(c.req, newCredit);
    const { program_id, customer_key } = await findCustomer(c, conversion);
    const affiliate = fields.affiliate === null ? null : await findApproved(c, program_id, fields.affiliate);
    const decision: Decision = {
      ...{ id: await makeId(c, conversion), program_id, conversion, now: c.var.now },
      ...{ affiliate, covers: scope, reason, internal_note },
    };
    const previewed = await orBusy(
      async (): Promise<PreviewedDecision> => c.env.CUSTOMERS.getByName(customer_key).previewCredit(decision),
    );
    if (!previewed.ok) throw refuseCredit(previewed.error);
    return c.json({ conversion, affiliate, scope, ...(await viewPreview(c, conversion, previewed)) });
  });

  app.post("/conversions/:id/disputes/preview", permit("write", { checks_programs: true }), async (c) => {
    const conversion = c.req.param("id");
    const { affiliate: name, reason } = await readJson(c.req, newDispute);
    const { program_id, customer_key } = await findCustomer(c, conversion);
    const affiliate = await findApproved(c, program_id, name);
    const dispute = { id: await makeId(c, conversion), program_id, conversion, affiliate, reason, now: c.var.now };
    const previewed = await orBusy(
      async (): Promise<PreviewedDispute> => c.env.CUSTOMERS.getByName(customer_key).previewDispute(dispute),
    );
    if (!previewed.ok) throw refuseDisputed(previewed.error);
    return c.json({ conversion, affiliate, ...(await viewPreview(c, conversion, previewed)) });
  });
}

/** An id that no decision has: an `Idempotency-Key` has no line break. */
function makeId(c: ApiCall, conversion: string): Promise<string> {
  return hashText(`${conversion}\npreview\n${c.var.now}`);
}

/** What a decision or a sale about a conversion would change, as the API shows it. */
export async function viewPreview(
  c: ApiCall,
  conversion: string,
  { changed, decided_at, moves, sales }: CreditPreview,
) {
  const others = moves.filter(({ id }) => id !== conversion);
  const later = others.filter(({ occurred_at }) => occurred_at > decided_at).length;
  return {
    changed,
    moved: { this: others.length < moves.length, earlier: others.length - later, later },
    conversions: moves.slice(0, MOVES_MAX).map((move) => ({ ...move, occurred_at: toIsoTime(move.occurred_at) })),
    amounts: sales === null ? null : await previewAmounts(c, sales),
  };
}

/** What the messages would change in the ledgers of their affiliates and these affiliates' sponsors. */
async function previewAmounts(c: ApiCall, sales: readonly AttributedSale[]) {
  const byAccount = Map.groupBy(sales, accountKeyOf);
  const posts = await Promise.all(
    [...byAccount].map(([key, own]): Promise<PreviewedPosts> => c.env.ACCOUNTS.getByName(key).previewPosts(own)),
  );
  const bySponsor = Map.groupBy(
    posts.flatMap(({ sponsored }) => sponsored),
    ({ sponsor_id, sale }) => accountKeyOf({ program_id: sale.program_id, affiliate_id: sponsor_id }),
  );
  const overrides = await Promise.all(
    [...bySponsor].map(
      ([key, sponsored]): Promise<LedgerEntry[]> => c.env.ACCOUNTS.getByName(key).previewOverrides(sponsored),
    ),
  );
  return viewAmounts(c, sumChanges([...posts.flatMap(({ entries }) => entries), ...overrides.flat()]));
}

/** What affiliates lose comes first. */
async function viewAmounts(c: ApiCall, changes: readonly AmountChange[]) {
  const ids = [...new Set(changes.map(({ affiliate_id }) => affiliate_id))];
  const rows = await c.var.db
    .select({ id: affiliates.id, username: affiliates.username })
    .from(affiliates)
    .where(inArray(affiliates.id, ids));
  const names = new Map(rows.map(({ id, username }) => [id, username]));
  return changes
    .map(({ affiliate_id, ...change }) => ({ affiliate: names.get(affiliate_id) ?? "", ...change }))
    .sort((a, b) => b.reversed - a.reversed || a.credited - b.credited || (a.affiliate < b.affiliate ? -1 : 1));
}
