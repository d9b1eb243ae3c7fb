/** `/admin/users`: the merchant's team. */
import { changeApi, readApi } from "../../console/layout/call-api.ts";
import { FORM_KEY, type FormState, newForm, readSlugs } from "../../console/layout/form.tsx";
import { allow, type ConsoleApp, type ConsoleContext, show } from "../../console/layout/page.tsx";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { canSendEmail } from "../../portal/layout/sign-in/sign-in-email-store.ts";
import { SignInLinkPage, UserPage, UsersPage, type UserView } from "./users-page.tsx";

export function addUserRoutes(app: ConsoleApp): void {
  app.get("/users", allow("users"), (c) => showUsers(c, newForm({ role: "manager" })));

  app.post("/users", allow("users"), async (c) => {
    const values = await readFormFields(c);
    const added = await changeApi(c, {
      ...{ method: "POST", path: "/users", body: readUser(values) },
      idempotency_key: values[FORM_KEY],
    });
    if (!added.ok) return showUsers(c, { values, problem: added.problem });
    return c.redirect("/admin/users?done=added", 303);
  });

  app.get("/users/:id", allow("users"), async (c) => {
    const user = await readUserOf(c);
    return showUser(c, user, newForm({ ...user, programs: user.programs?.join(", ") ?? "" }));
  });

  app.post("/users/:id", allow("users"), async (c) => {
    const values = await readFormFields(c);
    const path = pathOf(c);
    const saved = await changeApi(c, { method: "PATCH", path, body: readUser(values) });
    if (!saved.ok) return showUser(c, await readUserOf(c), { values, problem: saved.problem });
    return c.redirect(`/admin${path}?done=saved`, 303);
  });

  app.post("/users/:id/sign-in-link", allow("users"), async (c) => {
    const user = await readUserOf(c);
    const { [FORM_KEY]: idempotency_key } = await readFormFields(c);
    const path = `/users/${user.id}/sign-in-link`;
    const made = await changeApi<{ url: string; expires_at: string }>(c, { method: "POST", path, idempotency_key });
    if (!made.ok) throw made.problem;
    const { url, expires_at } = made.body;
    return show(c, 200, "Sign-in link", <SignInLinkPage {...{ user, url }} expires_at={Date.parse(expires_at)} />);
  });

  app.post("/users/:id/invitation", allow("users"), async (c) => {
    const user = await readUserOf(c);
    const { [FORM_KEY]: idempotency_key } = await readFormFields(c);
    const sent = await changeApi(c, { method: "POST", path: `/users/${user.id}/invitation`, idempotency_key });
    if (!sent.ok) throw sent.problem;
    return c.redirect(`/admin/users/${user.id}?done=invited`, 303);
  });

  app.get("/users/:id/remove", allow("users"), async (c) => {
    const user = await readUserOf(c);
    const page = (
      <div class="stack">
        <PageHead title={`Remove ${user.name}?`} />
        <Confirm
          action={`/admin/users/${user.id}/remove`}
          effect={`${user.name} (${user.email}) is signed out at once, and API keys of this user stop working.`}
          undo="You can add the user again. New API keys are needed then."
          submit="Remove user"
          cancel={`/admin/users/${user.id}`}
          is_danger
          values={{}}
        />
      </div>
    );
    return show(c, 200, `Remove ${user.name}`, page);
  });

  app.post("/users/:id/remove", allow("users"), async (c) => {
    const removed = await changeApi(c, { method: "DELETE", path: pathOf(c) });
    if (!removed.ok) throw removed.problem;
    return c.redirect("/admin/users?done=removed", 303);
  });
}

async function showUsers(c: ConsoleContext, form: FormState): Promise<Response> {
  const { cursor, done } = c.req.query();
  const { data, next } = await readApi<{ data: UserView[]; next: string | null }>(c, "/users", {
    cursor: cursor ?? null,
  });
  const page = <UsersPage users={data} {...{ next, cursor, form, done }} />;
  return show(c, form.problem === null ? 200 : 422, "Users", page);
}

function readUserOf(c: ConsoleContext): Promise<UserView> {
  return readApi(c, pathOf(c));
}

/** The API's path of the user that the page is about. An encoded slash in it doesn't make it another path. */
function pathOf(c: ConsoleContext): string {
  return `/users/${encodeURIComponent(c.req.param("id") ?? "")}`;
}

async function showUser(c: ConsoleContext, user: UserView, form: FormState): Promise<Response> {
  const page = <UserPage {...{ user, form }} can_send_email={await canSendEmail(c.env)} done={c.req.query("done")} />;
  return show(c, form.problem === null ? 200 : 422, user.name, page);
}

/** The API's body of what was entered. */
function readUser({ email, name, role, programs }: Readonly<Record<string, string>>) {
  return { email, name, role, programs: readSlugs(programs) };
}
