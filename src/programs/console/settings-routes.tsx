/** `/admin/programs/:program/settings`: a program's settings and groups. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { readSettingsForm, settingsForm } from "./settings-form.ts";
import { type GroupView, type ProgramView, SettingsPage } from "./settings-page.tsx";

/** The forms of the page, of which one was submitted. */
interface Forms {
  form?: FormState;
  group_form?: FormState;
  approvals_form?: FormState;
}

export function addSettingsRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/settings", allow("read"), (c) => showSettings(c, c.req.param("program"), {}));

  app.post("/programs/:program/settings", allow("write"), async (c) => {
    const slug = c.req.param("program");
    const values = await readFormFields(c);
    const saved = await changeApi(c, { method: "PATCH", path: pathOf(slug), body: readSettingsForm(values) });
    if (!saved.ok) return showSettings(c, slug, { form: { values, problem: saved.problem } });
    return c.redirect(programHref(slug, "/settings?done=saved"), 303);
  });

  app.post("/programs/:program/settings/approvals", allow("write", "pay"), async (c) => {
    const slug = c.req.param("program");
    const values = await readFormFields(c);
    const body = { payout_approvals: Number(values.payout_approvals) };
    const saved = await changeApi<{ status?: string }>(c, { method: "PATCH", path: pathOf(slug), body });
    if (!saved.ok) return showSettings(c, slug, { approvals_form: { values, problem: saved.problem } });
    const done = saved.body.status === "approval_pending" ? "requested" : "approvals";
    return c.redirect(programHref(slug, `/settings?done=${done}`), 303);
  });

  app.post("/programs/:program/settings/groups", allow("write"), async (c) => {
    const slug = c.req.param("program");
    const values = await readFormFields(c);
    const body = { slug: values.slug, name: values.name };
    const call = { method: "POST", path: `${pathOf(slug)}/groups`, body, idempotency_key: values[FORM_KEY] } as const;
    const made = await changeApi(c, call);
    if (!made.ok) return showSettings(c, slug, { group_form: { values, problem: made.problem } });
    return c.redirect(programHref(slug, "/settings?done=group"), 303);
  });
}

async function showSettings(c: ConsoleContext, slug: string, forms: Forms): Promise<Response> {
  const [program, groups] = await Promise.all([
    readApi<ProgramView>(c, pathOf(slug)),
    readApi<{ data: GroupView[] }>(c, `${pathOf(slug)}/groups`),
  ]);
  const page = (
    <SettingsPage
      program={program}
      groups={groups.data}
      form={forms.form ?? newForm(settingsForm(program))}
      group_form={forms.group_form ?? newForm()}
      approvals_form={forms.approvals_form ?? newForm({ payout_approvals: String(program.payout_approvals) })}
      can_write={may(c, "write")}
      can_pay={may(c, "pay")}
      done={c.req.query("done")}
    />
  );
  return show(c, Object.keys(forms).length === 0 ? 200 : 422, "Settings", page);
}

function pathOf(slug: string): string {
  return `/programs/${encodeURIComponent(slug)}`;
}
