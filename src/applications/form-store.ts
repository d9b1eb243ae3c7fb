/** Programs' forms. */
import { eq } from "drizzle-orm";
import type { Database } from "../db/database.ts";
import { type ApplicationForm, DEFAULT_FORM } from "./application-form.ts";
import { applicationForms } from "./tables.ts";

/** A program's form; the default one if it hasn't set any. A field that an earlier release didn't store has its default. */
export async function loadForm(db: Database, programId: number): Promise<ApplicationForm> {
  const row = await db
    .select({ form: applicationForms.form })
    .from(applicationForms)
    .where(eq(applicationForms.program_id, programId))
    .get();
  return { ...DEFAULT_FORM, ...row?.form };
}

/** The statement that sets a program's form. */
export function saveForm(db: Database, programId: number, form: ApplicationForm, now: number) {
  return db
    .insert(applicationForms)
    .values({ program_id: programId, form, updated_at: now })
    .onConflictDoUpdate({ target: applicationForms.program_id, set: { form, updated_at: now } });
}
