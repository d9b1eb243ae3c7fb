import { and, asc, eq, gt, type SQL, sql } from "drizzle-orm";
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findAffiliate } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import type { Database } from "../db/database.ts";
import { readSettings } from "../env.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { type PageRequest, pageOf } from "../lib/paging.ts";
import { hashEmail, hashPaymentDetails } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { emailAddress, shortText } from "../lib/validation.ts";
import { affiliateMarks } from "./tables.ts";

const value = v.pipe(shortText, v.trim(), v.minLength(1, "must not be empty"));

/** The body of `POST …/marks`. */
export const newMark = v.variant("kind", [
  v.strictObject({ kind: v.literal("email"), value: emailAddress }),
  v.strictObject({ kind: v.literal("payment_details"), value }),
]);

/** The hash digits used as an identifier's id, unique within one affiliate. The full hash is never shown. */
const ID_DIGITS = 12;
const ID = /^[0-9a-f]{12}$/;
const CURSOR = /^[a-z_]{1,20}\.[0-9a-f]{12}$/;

/**
 * Manages further identifiers that recognize an affiliate as a customer, so that own purchases earn nothing. The value
 * itself is never stored or shown, only its hash is stored.
 */
export function addAffiliateMarkRoutes(app: ApiApp): void {
  app.post("/affiliates/:username/marks", async (c) => {
    const { db, now } = c.var;
    const affiliate = await findAffiliate(db, c.req.param("username"));
    const { kind, value } = await readJson(c.req, newMark);
    const { vault_key } = readSettings(c.env);
    const hash = await (kind === "email" ? hashEmail(vault_key, value) : hashPaymentDetails(vault_key, value));
    const row = { affiliate_id: affiliate.id, kind, hash, created_at: now };
    const { affiliate_id: ofAffiliate, kind: ofKind, hash: ofHash } = affiliateMarks;
    const isThis = and(eq(ofAffiliate, affiliate.id), eq(ofKind, kind), eq(ofHash, hash));
    const stored = await db.select().from(affiliateMarks).where(isThis).get();
    const change = { ...changeOf(affiliate, "created"), before: null, after: { kind, id: viewMark(row).id } };
    return commitChange(c, [db.insert(affiliateMarks).values(row).onConflictDoNothing()], [change], {
      status: stored === undefined ? 201 : 200,
      body: viewMark(stored ?? row),
    });
  });

  app.get("/affiliates/:username/marks", allowQuery(...PAGING), async (c) => {
    const affiliate = await findAffiliate(c.var.db, c.req.param("username"));
    return c.json(await readMarks(c.var.db, affiliate.id, readPage(c.req.query(), CURSOR)));
  });

  // The same address can be an email and payment details: both identifiers have the same id and are deleted together.
  app.delete("/affiliates/:username/marks/:id", async (c) => {
    const affiliate = await findAffiliate(c.var.db, c.req.param("username"));
    const id = c.req.param("id");
    const isThis = and(eq(affiliateMarks.affiliate_id, affiliate.id), sql`${idOf()} = ${id}`);
    const found = ID.test(id) ? await c.var.db.select().from(affiliateMarks).where(isThis) : [];
    const missing = new Problem(404, "mark_not_found", `${affiliate.username} has no such identifier.`);
    if (found.length === 0) throw missing;
    const before = { kinds: found.map(({ kind }) => kind), id };
    return commitChange(
      c,
      [c.var.db.delete(affiliateMarks).where(isThis)],
      [{ ...changeOf(affiliate, "deleted"), before, after: null }],
      { status: 200, body: { deleted: found.map(viewMark) } },
      { if_unchanged: missing },
    );
  });
}

function changeOf({ username }: { username: string }, verb: string) {
  return { action: `identifier.${verb}`, program_id: null, subject_type: "affiliate", subject: username };
}

async function readMarks(db: Database, affiliateId: number, { limit, cursor }: PageRequest) {
  const name = sql<string>`${affiliateMarks.kind} || '.' || ${idOf()}`;
  const rows = await db
    .select()
    .from(affiliateMarks)
    .where(and(eq(affiliateMarks.affiliate_id, affiliateId), cursor === null ? undefined : gt(name, cursor)))
    .orderBy(asc(name))
    .limit(limit + 1);
  return pageOf(rows, limit, viewMark, (row) => `${row.kind}.${viewMark(row).id}`);
}

function idOf(): SQL {
  return sql`substr(${affiliateMarks.hash}, 1, ${sql.raw(String(ID_DIGITS))})`;
}

function viewMark({ kind, hash, created_at: createdAt }: typeof affiliateMarks.$inferSelect) {
  return { id: hash.slice(0, ID_DIGITS), kind, created_at: toIsoTime(createdAt) };
}
