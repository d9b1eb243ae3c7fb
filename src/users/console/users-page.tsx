import type * as v from "valibot";
import { Field, Form, FormKey, type FormState, SelectField } from "../../console/layout/form.tsx";
import { Copied, CopyField, Done, Empty, PageHead, Pager } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { ROLES } from "../actor.ts";
import type { user } from "../reference/users.ts";

/** A user as the API shows it. */
export type UserView = v.InferOutput<typeof user>;

const CONFIRMATIONS = {
  added: "User added.",
  saved: "Changes saved.",
  invited: "A sign-in link is on its way to the user.",
  removed: "User removed. Its sessions have ended.",
};
const FIELDS = ["email", "name", "role", "programs"];

/** The list of users, and a form for a new one. */
export function UsersPage(props: {
  users: readonly UserView[];
  next: string | null;
  cursor: string | undefined;
  form: FormState;
  done: string | undefined;
}) {
  const { users, next, cursor = null, form, done } = props;
  return (
    <div class="stack">
      <PageHead title="Users" note="The people of your team who use this console and the API." />
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-label="Users">
        {users.length === 0 ? (
          <Empty>There are no users yet. Add yourself first: until then, everybody shares the admin key.</Empty>
        ) : (
          <UserTable users={users} />
        )}
        <Pager path="/admin/users" params={{ cursor }} next={next} />
      </section>
      <section class="card" aria-labelledby="add">
        <h2 id="add">Add a user</h2>
        <Form action="/admin/users" state={form} submit="Add user" fields={FIELDS}>
          <UserFields state={form} />
        </Form>
      </section>
    </div>
  );
}

function UserTable({ users }: { users: readonly UserView[] }) {
  return (
    <DataTable
      caption="Users"
      columns={[{ label: "Name", is_heading: true }, { label: "Email" }, { label: "Role" }, { label: "Programs" }]}
      rows={users.map(({ id, name, email, role, programs }) => [
        <a href={`/admin/users/${id}`}>{name}</a>,
        email,
        role,
        programs === null ? "All" : programs.join(", ") || "None",
      ])}
    />
  );
}

function UserFields({ state }: { state: FormState }) {
  return (
    <>
      <Field state={state} name="name" label="Name" required />
      <Field state={state} name="email" label="Email" type="email" note="Each user has another address." required />
      <SelectField
        state={state}
        name="role"
        label="Role"
        note="Managers run programs, finance pays, developers set up checkouts, viewers look."
        options={ROLES.map((role) => [role, role] as const)}
      />
      <Field
        state={state}
        name="programs"
        label="Programs"
        note="Slugs separated by commas, to limit the user to these programs. Leave it empty for all."
      />
    </>
  );
}

/** One user: edit, sign-in link, remove. */
export function UserPage(props: {
  user: UserView;
  form: FormState;
  can_send_email: boolean;
  done: string | undefined;
}) {
  const { user, form, can_send_email, done } = props;
  const path = `/admin/users/${user.id}`;
  return (
    <div class="stack">
      <PageHead title={user.name} back={{ href: "/admin/users", label: "Users" }}>
        {can_send_email && (
          <form method="post" action={`${path}/invitation`}>
            <FormKey />
            <button type="submit">Email sign-in link</button>
          </form>
        )}
        <form method="post" action={`${path}/sign-in-link`}>
          <FormKey />
          <button type="submit">Create sign-in link</button>
        </form>
        <a class="button" href={`${path}/remove`}>
          Remove
        </a>
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-labelledby="edit">
        <h2 id="edit">Details</h2>
        <Form action={path} state={form} submit="Save changes" fields={FIELDS}>
          <UserFields state={form} />
        </Form>
      </section>
    </div>
  );
}

/** A new sign-in link, shown once. */
export function SignInLinkPage({ user, url, expires_at }: { user: UserView; url: string; expires_at: number }) {
  return (
    <div class="stack">
      <PageHead title="Sign-in link" back={{ href: `/admin/users/${user.id}`, label: user.name }} />
      <section class="card stack" aria-label="Sign-in link">
        <p>
          Send this link to {user.name} over a channel that only they can read. It works once, until{" "}
          <Time ms={expires_at} />, and is shown only now.
        </p>
        <CopyField id="link" label="Sign-in link" value={url} />
        <Copied />
      </section>
    </div>
  );
}
