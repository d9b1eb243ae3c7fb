/** Changes an affiliate's name or email address. */
import { and, eq, isNull } from "drizzle-orm";
import * as v from "valibot";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findAffiliate } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { isUniqueViolation } from "../db/unique-violation.ts";
import { readSettings } from "../env.ts";
import { hashEmail } from "../lib/platform/vault.ts";
import { Problem } from "../lib/problem.ts";
import { displayName, emailAddress } from "../lib/validation.ts";
import { deleteSignIns } from "../portal/layout/sign-in/sign-in-store.ts";
import { keepEmailAsIdentifier } from "./identifier-store.ts";
import { readAffiliate } from "./search-queries.ts";
import { affiliates } from "./tables.ts";

/** The body of `PATCH /v1/affiliates/:username`. */
export const affiliateChange = v.strictObject({
  name: v.optional(displayName),
  email: v.optional(v.pipe(emailAddress, v.toLowerCase())),
});

export function addAffiliateChangeRoutes(app: ApiApp): void {
  app.patch("/affiliates/:username", async (c) => {
    const { db, now } = c.var;
    const { id, username, erased_at, ...stored } = await findAffiliate(db, c.req.param("username"));
    const fields = await readJson(c.req, affiliateChange);
    const erased = new Problem(409, "affiliate_erased", `The personal data of ${username} was erased.`);
    if (erased_at !== null) throw erased;
    if (Object.keys(fields).length === 0) {
      throw new Problem(422, "invalid_body", "The body must contain at least one field to change.");
    }
    const { name = stored.name, email = stored.email } = fields;
    const before = await readAffiliate(db, username);
    if (before === null) throw new Error(`affiliate ${id} not found`);
    const after = { ...before, name, email };
    const { vault_key } = readSettings(c.env);
    // Another person may read the mailbox that sign-in links were sent to.
    const withEmail =
      email === stored.email
        ? []
        : [...deleteSignIns(db, id), keepEmailAsIdentifier(db, id, await hashEmail(vault_key, stored.email), now)];
    const change = db
      .update(affiliates)
      .set({ name, email })
      .where(and(eq(affiliates.id, id), isNull(affiliates.erased_at)));
    const subject = { program_id: null, subject_type: "affiliate", subject: username };
    const changes = [{ action: "affiliate.updated", ...subject, ...diffFields({ ...before }, after) }];
    try {
      return await commitChange(
        c,
        [...withEmail, change],
        changes,
        { status: 200, body: after },
        { if_unchanged: erased },
      );
    } catch (error) {
      if (!isUniqueViolation(error)) throw error;
      throw new Problem(409, "affiliate_exists", "There is already an affiliate with this email.", "email");
    }
  });
}
