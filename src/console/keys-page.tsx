import type * as v from "valibot";
import type { key } from "../api/reference/keys.ts";
import { DataTable } from "../portal/layout/table.tsx";
import { Time } from "../portal/layout/time.tsx";
import type { Role } from "../users/actor.ts";
import { Field, Form, type FormState, SelectField } from "./layout/form.tsx";
import { Copied, CopyField, Done, Empty, PageHead, Pager, StatusTag } from "./layout/parts.tsx";

/** An API key as the API shows it. */
export type KeyView = v.InferOutput<typeof key>;

const CONFIRMATIONS = { revoked: "API key revoked. Calls with it are refused from now on." };
const FIELDS = ["name", "role", "programs"];

/** The list of API keys, and a form for a new one. `roles` are those that the user may give to it. */
export function KeysPage(props: {
  keys: readonly KeyView[];
  next: string | null;
  cursor: string | undefined;
  roles: readonly Role[];
  form: FormState;
  done: string | undefined;
}) {
  const { keys, next, cursor = null, roles, form, done } = props;
  return (
    <div class="stack">
      <PageHead title="API keys" note="Create one for every script, so that you can revoke it alone." />
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-label="API keys">
        {keys.length === 0 ? <Empty>There are no API keys yet besides the admin key.</Empty> : <KeyTable keys={keys} />}
        <Pager path="/admin/keys" params={{ cursor }} next={next} />
      </section>
      <section class="card" aria-labelledby="create">
        <h2 id="create">Create an API key</h2>
        <Form action="/admin/keys" state={form} submit="Create key" fields={FIELDS}>
          <Field state={form} name="name" label="Name" note="What uses it, such as “Billing script”." required />
          <SelectField
            state={form}
            name="role"
            label="Role"
            note="What calls with the key may do."
            options={roles.map((role) => [role, role] as const)}
          />
          <Field
            state={form}
            name="programs"
            label="Programs"
            note="Slugs separated by commas, to limit the key to these programs. Leave it empty for all that you may see."
          />
        </Form>
      </section>
    </div>
  );
}

function KeyTable({ keys }: { keys: readonly KeyView[] }) {
  return (
    <DataTable
      caption="API keys"
      columns={[
        { label: "Name", is_heading: true },
        { label: "Role" },
        { label: "Programs" },
        { label: "Created" },
        { label: "State" },
      ]}
      rows={keys.map(({ id, name, role, programs, created_at, revoked_at }) => [
        name,
        role,
        programs === null ? "All" : programs.join(", ") || "None",
        <Time ms={Date.parse(created_at)} />,
        revoked_at === null ? (
          <a href={`/admin/keys/${id}/revoke`}>
            Revoke<span class="vh"> {name}</span>
          </a>
        ) : (
          <StatusTag tone="bad">Revoked</StatusTag>
        ),
      ])}
    />
  );
}

/** A new API key, shown once. */
export function NewKeyPage({ name, secret }: { name: string; secret: string }) {
  return (
    <div class="stack">
      <PageHead title={name} back={{ href: "/admin/keys", label: "API keys" }} />
      <section class="card stack" aria-label="New API key">
        <p>Copy the key to where it is used. It is shown only now.</p>
        <CopyField id="key" label="API key" value={secret} />
        <Copied />
      </section>
    </div>
  );
}
