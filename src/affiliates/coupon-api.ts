import { and, eq, sql } from "drizzle-orm";
import * as v from "valibot";
import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findEnrollment, findVisibleAffiliate, findVisibleProgram } from "../api/layout/find-records.ts";
import { readAffiliateFilter, readProgramFilter } from "../api/layout/list-filters.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { LIST, readList } from "../api/layout/read-list.ts";
import type { Database } from "../db/database.ts";
import { keysetOf } from "../db/keyset.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { type SortedPage, sortedPageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { shortText } from "../lib/validation.ts";
import { isInScope, type ProgramScope } from "../programs/scope-queries.ts";
import { programs } from "../programs/tables.ts";
import { normalizeCoupon } from "./coupon-code.ts";
import { affiliates, couponOwners, coupons } from "./tables.ts";

/** A coupon code, normalized first: upper case can make it longer. */
const code = v.pipe(v.string(), v.transform(normalizeCoupon), shortText);

/** The body of `POST /v1/coupons`. */
export const newCoupon = v.strictObject({ program: v.string(), affiliate: v.string(), code });

/** A coupon code credits its affiliate without any click. */
export function addCouponRoutes(app: ApiApp): void {
  app.post("/coupons", permit("write", { checks_programs: true }), async (c) => {
    const { db, now } = c.var;
    const fields = await readJson(c.req, newCoupon);
    const program = await findVisibleProgram(c, fields.program, "program");
    const affiliate = await findVisibleAffiliate(c, fields.affiliate, "affiliate");
    if ((await findEnrollment(db, program.id, affiliate.id)) === null) {
      const detail = `${affiliate.username} is not enrolled in ${program.slug}.`;
      throw new Problem(422, "affiliate_not_enrolled", detail, "affiliate");
    }
    const row = { program_id: program.id, code: fields.code, affiliate_id: affiliate.id, created_at: now };
    const change = { ...changeOf(row, "created"), before: null, after: { affiliate: affiliate.username } };
    try {
      return await commitChange(c, [db.insert(coupons).values(row)], [change], {
        status: 201,
        body: viewCoupon({ ...row, program: program.slug, affiliate: affiliate.username }),
      });
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      const detail = `${program.slug} has a coupon ${fields.code} already.`;
      throw new Problem(409, "coupon_taken", detail, "code");
    }
  });

  app.get(
    "/coupons",
    permit("read", { checks_programs: true }),
    allowQuery("program", "affiliate", "q", ...LIST),
    async (c) => {
      const page = await readList(c, ["code", "created_at"]);
      const program_ids = await readProgramFilter(c);
      const affiliate_id = await readAffiliateFilter(c);
      const filter = { program_ids, affiliate_id, q: c.req.query("q") ?? null };
      return c.json(await readCoupons(c.var.db, filter, page));
    },
  );

  app.delete("/coupons/:code", permit("write", { checks_programs: true }), allowQuery("program"), async (c) => {
    const { db } = c.var;
    const name = c.req.query("program");
    if (name === undefined) throw new Problem(422, "invalid_program", "program is missing.", "program");
    const program = await findVisibleProgram(c, name, "program");
    const asked = normalizeCoupon(c.req.param("code"));
    const isThis = and(eq(coupons.program_id, program.id), eq(coupons.code, asked));
    const [row] = await selectCoupons(db).where(isThis);
    const missing = new Problem(404, "coupon_not_found", `${program.slug} has no coupon ${asked}.`);
    if (row === undefined) throw missing;
    return commitChange(
      c,
      [endOwnership(db, row, c.var.now), db.delete(coupons).where(isThis)],
      [{ ...changeOf(row, "deleted"), before: { affiliate: row.affiliate }, after: null }],
      { status: 200, body: { ...viewCoupon(row), status: "deleted" } },
      { if_unchanged: missing },
    );
  });
}

function changeOf({ program_id, code }: Pick<Coupon, "program_id" | "code">, verb: string) {
  return { action: `coupon.${verb}`, program_id, subject_type: "coupon", subject: code };
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

/** Filters of the list; null matches all. `q` is a part of a code. */
interface CouponFilter {
  program_ids: ProgramScope;
  affiliate_id: number | null;
  q: string | null;
}

/** Coupons that match. */
export async function readCoupons(
  db: Database,
  { program_ids, affiliate_id, q }: CouponFilter,
  page: SortedPage<"code" | "created_at">,
) {
  const { code, created_at, program_id } = coupons;
  const { isAfter, order } = keysetOf(page.sort === "code" ? [code, program_id] : [created_at, code, program_id], page);
  const rows = await selectCoupons(db)
    .where(
      and(
        isInScope(program_id, program_ids),
        affiliate_id === null ? undefined : eq(coupons.affiliate_id, affiliate_id),
        q === null ? undefined : sql`instr(${code}, ${normalizeCoupon(q)}) > 0`,
        isAfter,
      ),
    )
    .orderBy(...order)
    .limit(page.limit + 1);
  return sortedPageOf(rows, page, viewCoupon, (row) =>
    page.sort === "code" ? [row.code, row.program_id] : [row.created_at, row.code, row.program_id],
  );
}

function viewCoupon({ program, affiliate, code, created_at }: Omit<Coupon, "program_id">) {
  return { program, affiliate, code, created_at: toIsoTime(created_at) };
}
