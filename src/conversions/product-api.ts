/** The products that a program's checkouts have reported, and whether its terms name them. */

import * as v from "valibot";
import { allowQuery } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { dayOf, toIsoDay } from "../lib/calendar.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import { calendarDay, parseFields } from "../lib/validation.ts";
import { loadTerms } from "../programs/terms-queries.ts";
import { readProducts } from "./product-queries.ts";

/** The default period. */
const DAYS = 90;

const asked = v.strictObject({ from: v.optional(calendarDay), to: v.optional(calendarDay) });

export function addProductRoutes(app: ApiApp): void {
  app.get("/programs/:program/products", allowQuery("from", "to"), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { to = dayOf(now), from = to - DAYS + 1 } = parseFields(asked, c.req.query());
    if (from > to) throw new Problem(422, "invalid_from", "from: must not be after to.", "from");
    const { version, terms } = await loadTerms(db, program.id, now);
    const { data, not_sold } = await readProducts(db, { program_id: program.id, terms, from, to });
    return c.json({
      data: data.map((row) => ({ ...row, last_sold_at: toIsoTime(row.last_sold_at) })),
      next: null,
      not_sold,
      terms_version: version,
      from: toIsoDay(from),
      to: toIsoDay(to),
    });
  });
}
