/** `/admin/programs/:program/applications`: applications, invitations and the form. */
import { programOf, readGroups } from "../../affiliates/console/program-queries.ts";
import { listGroupOptions, type Page } from "../../affiliates/console/views.ts";
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { allow, type ConsoleApp, type ConsoleContext, may, show } from "../../console/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { canSendEmail } from "../../portal/layout/sign-in/sign-in-email-store.ts";
import {
  ApplicationPage,
  ApplicationsPage,
  type ApplicationView,
  ConfirmRejectPage,
  InvitationsPage,
  type InvitationView,
} from "./applications-page.tsx";
import { FormPage } from "./form-page.tsx";
import { type FormBody, readFormValues, toFormValues } from "./form-values.ts";

const pathOf = (c: ConsoleContext, path: string) => `/programs/${encodeURIComponent(programOf(c))}${path}`;
const hrefOf = (c: ConsoleContext, path: string) => programHref(programOf(c), path);
const onePath = (c: ConsoleContext, verb = "") =>
  pathOf(c, `/applications/${encodeURIComponent(c.req.param("application") ?? "")}${verb}`);

export function addApplicationPageRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/applications", allow("read"), async (c) => {
    const { cursor = null, done, status = "in_review" } = c.req.query();
    const params = { status, cursor };
    const asked = { status: status === "all" ? null : status, cursor };
    const { data, next } = await readApi<Page<ApplicationView>>(c, pathOf(c, "/applications"), asked);
    const page = <ApplicationsPage program={programOf(c)} applications={data} {...{ next, params, done }} />;
    return show(c, 200, "Applications", page);
  });
  addFormRoutes(app);
  addInvitationPageRoutes(app);
  addDecisionRoutes(app);
}

function addFormRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/applications/form", allow("read"), async (c) => {
    const form = await readApi<FormBody & { url: string }>(c, pathOf(c, "/application"));
    return showForm(c, form, newForm(toFormValues(form)));
  });

  app.post("/programs/:program/applications/form", allow("write"), async (c) => {
    const body = readFormValues(await readFormFields(c));
    const saved = await changeApi(c, { method: "PUT", path: pathOf(c, "/application"), body });
    if (saved.ok) return c.redirect(hrefOf(c, "/applications/form?done=saved"), 303);
    const { url } = await readApi<{ url: string }>(c, pathOf(c, "/application"));
    return showForm(c, { ...body, url }, { values: toFormValues(body), problem: saved.problem });
  });
}

async function showForm(c: ConsoleContext, form: FormBody & { url: string }, state: FormState): Promise<Response> {
  const [groups, sends_emails] = await Promise.all([readGroups(c), canSendEmail(c.env)]);
  const page = (
    <FormPage
      program={programOf(c)}
      url={form.url}
      counts={{ questions: form.questions.length, rules: form.rules.length }}
      groups={listGroupOptions(groups)}
      may_write={may(c, "write")}
      done={c.req.query("done")}
      {...{ state, sends_emails }}
    />
  );
  return show(c, state.problem === null ? 200 : 422, "Application form", page);
}

function addInvitationPageRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/applications/invitations", allow("read"), (c) => showInvitations(c, newForm(), null));

  app.post("/programs/:program/applications/invitations", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const { email = "", name = "", group = "default" } = values;
    const body = { email, name: name.trim() === "" ? null : name, group };
    const made = await changeApi<{ url: string }>(c, {
      ...{ method: "POST", path: pathOf(c, "/invitations"), body },
      idempotency_key: values[FORM_KEY],
    });
    if (!made.ok) return showInvitations(c, { values, problem: made.problem }, null);
    return showInvitations(c, newForm(), made.body.url);
  });

  app.post("/programs/:program/applications/invitations/:invitation/revoke", allow("write"), async (c) => {
    const path = pathOf(c, `/invitations/${encodeURIComponent(c.req.param("invitation"))}`);
    const revoked = await changeApi(c, { method: "DELETE", path });
    if (!revoked.ok) throw revoked.problem;
    return c.redirect(hrefOf(c, "/applications/invitations?done=revoked"), 303);
  });
}

async function showInvitations(c: ConsoleContext, state: FormState, url: string | null): Promise<Response> {
  const { cursor = null, done } = c.req.query();
  const [{ data, next }, groups] = await Promise.all([
    readApi<Page<InvitationView>>(c, pathOf(c, "/invitations"), { cursor }),
    readGroups(c),
  ]);
  const page = (
    <InvitationsPage
      {...{ program: programOf(c), invitations: data, next, params: { cursor }, state, url, done }}
      groups={listGroupOptions(groups)}
      may_write={may(c, "write")}
    />
  );
  return show(c, state.problem === null ? 200 : 422, "Invitations", page);
}

function addDecisionRoutes(app: ConsoleApp): void {
  app.get("/programs/:program/applications/:application", allow("read"), (c) => showApplication(c, null));

  app.post("/programs/:program/applications/:application/approve", allow("write"), async (c) => {
    const values = await readFormFields(c);
    const { group = "default", is_customer } = values;
    const approved = await changeApi(c, {
      ...{ method: "POST", path: onePath(c, "/approve"), idempotency_key: values[FORM_KEY] },
      body: { group, ...(is_customer === "on" && { is_customer: true }) },
    });
    if (!approved.ok) return showApplication(c, { values, problem: approved.problem });
    return c.redirect(hrefOf(c, "/applications?done=approved"), 303);
  });

  app.post("/programs/:program/applications/:application/reject", allow("write"), async (c) => {
    const { reason = "", may_reapply = "", confirmed, [FORM_KEY]: idempotency_key } = await readFormFields(c);
    if (confirmed !== "yes") {
      const application = await readApi<ApplicationView>(c, onePath(c));
      const page = (
        <ConfirmRejectPage program={programOf(c)} application={application} values={{ reason, may_reapply }} />
      );
      return show(c, 200, "Reject", page);
    }
    const rejected = await changeApi(c, {
      ...{ method: "POST", path: onePath(c, "/reject"), idempotency_key },
      body: { reason: reason.trim() || null, may_reapply: may_reapply === "on" },
    });
    if (!rejected.ok) return showApplication(c, { values: {}, problem: rejected.problem });
    return c.redirect(hrefOf(c, "/applications?done=rejected"), 303);
  });
}

async function showApplication(c: ConsoleContext, refused: FormState | null): Promise<Response> {
  const [application, groups] = await Promise.all([readApi<ApplicationView>(c, onePath(c)), readGroups(c)]);
  const page = (
    <ApplicationPage
      {...{ program: programOf(c), application }}
      groups={listGroupOptions(groups)}
      approval={refused ?? newForm({ group: application.group })}
      may_write={may(c, "write")}
    />
  );
  return show(c, refused === null ? 200 : 422, "Application", page);
}
