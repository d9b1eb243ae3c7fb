/** `/admin/keys`: the API keys that the user may see. */

import { readFormFields } from "../portal/layout/read-form-handler.ts";
import { listIncludedRoles } from "../users/roles.ts";
import { KeysPage, type KeyView, NewKeyPage } from "./keys-page.tsx";
import { changeApi, readApi } from "./layout/call-api.ts";
import { FORM_KEY, type FormState, newForm, readSlugs } from "./layout/form.tsx";
import { allow, type ConsoleApp, type ConsoleContext, show, signedIn } from "./layout/page.tsx";
import { Confirm, PageHead } from "./layout/parts.tsx";

export function addKeyRoutes(app: ConsoleApp): void {
  app.get("/keys", allow("keys"), (c) => showKeys(c, newForm({ role: "viewer" })));

  app.post("/keys", allow("keys"), async (c) => {
    const values = await readFormFields(c);
    const { name = "", role, programs } = values;
    const slugs = readSlugs(programs);
    const body = { name, role, ...(slugs !== null && { programs: slugs }) };
    const call = { method: "POST", path: "/keys", body, idempotency_key: values[FORM_KEY] } as const;
    const made = await changeApi<KeyView & { key: string }>(c, call);
    if (!made.ok) return showKeys(c, { values, problem: made.problem });
    return show(c, 200, "New API key", <NewKeyPage name={made.body.name} secret={made.body.key} />);
  });

  app.get("/keys/:id/revoke", allow("keys"), (c) => {
    const page = (
      <div class="stack">
        <PageHead title="Revoke this API key?" />
        <Confirm
          action={`/admin/keys/${encodeURIComponent(c.req.param("id"))}/revoke`}
          effect="Every call with it is refused from now on."
          undo="This can’t be undone. Create a new key if something still needs one."
          submit="Revoke key"
          cancel="/admin/keys"
          is_danger
          values={{}}
        />
      </div>
    );
    return show(c, 200, "Revoke an API key", page);
  });

  app.post("/keys/:id/revoke", allow("keys"), async (c) => {
    const path = `/keys/${encodeURIComponent(c.req.param("id"))}`;
    const revoked = await changeApi(c, { method: "DELETE", path });
    if (!revoked.ok) throw revoked.problem;
    return c.redirect("/admin/keys?done=revoked", 303);
  });
}

async function showKeys(c: ConsoleContext, form: FormState): Promise<Response> {
  const { cursor, done } = c.req.query();
  const list = await readApi<{ data: KeyView[]; next: string | null }>(c, "/keys", { cursor: cursor ?? null });
  const roles = listIncludedRoles(signedIn(c).session.actor.role);
  const page = <KeysPage keys={list.data} next={list.next} {...{ cursor, roles, form, done }} />;
  return show(c, form.problem === null ? 200 : 422, "API keys", page);
}
