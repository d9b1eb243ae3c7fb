import { and, asc, eq, sql } from "drizzle-orm";
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { findAffiliate, findEnrollment, findProgram } from "../api/layout/find-records.ts";
import { toIsoTime } from "../api/layout/format-time.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import type { Database } from "../db/database.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { type PageRequest, pageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { shortText } from "../lib/validation.ts";
import { programs } from "../programs/tables.ts";
import { normalizeCoupon } from "./coupon-code.ts";
import { affiliates, couponOwners, coupons } from "./tables.ts";

/** A coupon code, normalized first: upper case can make it longer. */
const code = v.pipe(v.string(), v.transform(normalizeCoupon), shortText);

const newCoupon = v.strictObject({ program: v.string(), affiliate: v.string(), code });

/** The program's number and the code, in base64url. */
const CURSOR = /^(\d{1,15})\.([A-Za-z0-9_-]+)$/;

/** A coupon code credits its affiliate without any click. */
export function addCouponRoutes(app: ApiApp): void {
  app.post("/coupons", async (c) => {
    const { db, now } = c.var;
    const fields = await readJson(c.req, newCoupon);
    const program = await findProgram(db, fields.program, "program");
    const affiliate = await findAffiliate(db, fields.affiliate, "affiliate");
    if ((await findEnrollment(db, program.id, affiliate.id)) === null) {
      const detail = `${affiliate.username} is not enrolled in ${program.slug}.`;
      throw new Problem(422, "affiliate_not_enrolled", detail, "affiliate");
    }
    const row = { program_id: program.id, code: fields.code, affiliate_id: affiliate.id, created_at: now };
    try {
      await db.insert(coupons).values(row);
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = `${program.slug} has a coupon ${fields.code} already.`;
      throw new Problem(409, "coupon_taken", detail, "code");
    }
    return c.json(viewCoupon({ ...row, program: program.slug, affiliate: affiliate.username }), 201);
  });

  app.get("/coupons", allowQuery("program", "affiliate", ...PAGING), async (c) => {
    const { db } = c.var;
    const { program, affiliate, ...paging } = c.req.query();
    const filter = {
      program_id: program === undefined ? null : (await findProgram(db, program, "program")).id,
      affiliate_id: affiliate === undefined ? null : (await findAffiliate(db, affiliate, "affiliate")).id,
    };
    return c.json(await readCoupons(db, filter, readPage(paging, CURSOR)));
  });

  app.delete("/coupons/:code", allowQuery("program"), async (c) => {
    const { db } = c.var;
    const name = c.req.query("program");
    if (name === undefined) throw new Problem(422, "invalid_program", "program is missing.", "program");
    const program = await findProgram(db, name, "program");
    const asked = normalizeCoupon(c.req.param("code"));
    const isThis = and(eq(coupons.program_id, program.id), eq(coupons.code, asked));
    const [row] = await selectCoupons(db).where(isThis);
    if (row === undefined) throw new Problem(404, "coupon_not_found", `${program.slug} has no coupon ${asked}.`);
    await db.batch([endOwnership(db, row, c.var.now), db.delete(coupons).where(isThis)]);
    return c.json({ ...viewCoupon(row), status: "deleted" });
  });
}

/** Ends a coupon's ownership in its history, so that it credits earlier sales only. `now` in ms. */
function endOwnership(db: Database, { program_id: programId, code: ended }: Coupon, now: number) {
  const isSame = and(eq(couponOwners.program_id, programId), eq(couponOwners.code, ended));
  return db.insert(couponOwners).select(
    db
      .select({
        program_id: sql<number>`${programId}`.as("program_id"),
        code: sql<string>`${ended}`.as("code"),
        at: sql<number>`max(${now}, coalesce(max(${couponOwners.at}) + 1, 0))`.as("at"),
        affiliate_id: sql<null>`NULL`.as("affiliate_id"),
      })
      .from(couponOwners)
      .where(isSame),
  );
}

function selectCoupons(db: Database) {
  return db
    .select({
      program_id: coupons.program_id,
      program: programs.slug,
      affiliate: affiliates.username,
      code: coupons.code,
      created_at: coupons.created_at,
    })
    .from(coupons)
    .innerJoin(programs, eq(programs.id, coupons.program_id))
    .innerJoin(affiliates, eq(affiliates.id, coupons.affiliate_id))
    .$dynamic();
}

type Coupon = Awaited<ReturnType<typeof selectCoupons>>[number];

/** Coupons by program and code. */
async function readCoupons(
  db: Database,
  { program_id: programId, affiliate_id: affiliateId }: { program_id: number | null; affiliate_id: number | null },
  { limit, cursor }: PageRequest,
) {
  const after = cursor === null ? null : readCursor(cursor);
  const rows = await selectCoupons(db)
    .where(
      and(
        programId === null ? undefined : eq(coupons.program_id, programId),
        affiliateId === null ? undefined : eq(coupons.affiliate_id, affiliateId),
        after === null
          ? undefined
          : sql`(${coupons.program_id}, ${coupons.code}) > (${after.program_id}, ${after.code})`,
      ),
    )
    .orderBy(asc(coupons.program_id), asc(coupons.code))
    .limit(limit + 1);
  return pageOf(rows, limit, viewCoupon, cursorOf);
}

function cursorOf({ program_id, code }: Coupon): string {
  const bytes = new TextEncoder().encode(code);
  return `${program_id}.${bytes.toBase64({ alphabet: "base64url", omitPadding: true })}`;
}

function readCursor(cursor: string): { program_id: number; code: string } {
  const [, programId = "", text = ""] = CURSOR.exec(cursor) ?? [];
  try {
    const bytes = Uint8Array.fromBase64(text, { alphabet: "base64url" });
    return { program_id: Number(programId), code: new TextDecoder().decode(bytes) };
  } catch {
    throw new Problem(422, "invalid_cursor", "cursor must be the `next` value of an earlier response.", "cursor");
  }
}

function viewCoupon({ program, affiliate, code, created_at }: Omit<Coupon, "program_id">) {
  return { program, affiliate, code, created_at: toIsoTime(created_at) };
}
