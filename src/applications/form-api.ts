/** A program's form. */
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findProgram } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { diffFields } from "../audit/diff-fields.ts";
import { refuseFaults } from "../lib/validation.ts";
import { listGroups } from "../programs/group-queries.ts";
import type { ApplicationForm } from "./application-form.ts";
import { findFormFaults, formFields } from "./form-fields.ts";
import { loadForm, saveForm } from "./form-store.ts";

export function addApplicationFormRoutes(app: ApiApp): void {
  app.get("/programs/:program/application", async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    return c.json(viewForm(program, await loadForm(c.var.db, program.id), c.req.url));
  });

  app.put("/programs/:program/application", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const form: ApplicationForm = await readJson(c.req, formFields);
    const groups = await listGroups(db, program.id);
    refuseFaults(findFormFaults(form, new Set(groups.map(({ slug }) => slug))));
    const before = await loadForm(db, program.id);
    const subject = { program_id: program.id, subject_type: "program", subject: program.slug };
    const difference = diffFields({ ...before }, { ...form });
    const change = { action: "application_form.updated", ...subject, ...difference };
    const body = viewForm(program, form, c.req.url);
    return commitChange(c, [saveForm(db, program.id, form, now)], [change], { status: 200, body });
  });
}

function viewForm(
  { slug, redirect_host }: { slug: string; redirect_host: string | null },
  form: ApplicationForm,
  requestUrl: string,
) {
  const { protocol, host } = new URL(requestUrl);
  return { program: slug, url: `${protocol}//${redirect_host ?? host}/app/join/${slug}`, ...form };
}
