import { CheckField, Field, Form, type FormState, SelectField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { PageHead } from "../../console/layout/parts.tsx";
import type { ProgramView } from "./program-queries.ts";
import { type GroupView, listGroupOptions } from "./views.ts";

const ENROLLMENT_FIELDS = ["status", "group", "slug", "destination"];

interface FormProps {
  program: ProgramView;
  groups: readonly GroupView[];
  state: FormState;
}

/** Creates an affiliate with its enrollment and first link. */
export function NewAffiliatePage({ program, groups, state }: FormProps) {
  const path = programHref(program.slug, "/affiliates");
  return (
    <div class="stack">
      <PageHead
        title="Add affiliate"
        back={{ href: path, label: "Affiliates" }}
        note={
          <>
            Already in another program? <a href={`${path}/enroll`}>Enroll an existing affiliate</a>
          </>
        }
      />
      <section class="card" aria-label="New affiliate">
        <Form
          action={`${path}/new`}
          state={state}
          submit="Add affiliate"
          fields={["name", "email", "username", "sponsor", ...ENROLLMENT_FIELDS]}
        >
          <Field state={state} name="name" label="Name" required />
          <Field state={state} name="email" label="Email" type="email" note="For sign-in links and emails." required />
          <Field
            state={state}
            name="username"
            label="Username"
            note="Letters, digits, dots and hyphens. Public in links, and never changes."
            required
          />
          <Field
            state={state}
            name="sponsor"
            label="Sponsor"
            note="The username of the affiliate who referred them, if any. Never changes."
          />
          <EnrollmentFields program={program} groups={groups} state={state} />
        </Form>
      </section>
    </div>
  );
}

/** Enrolls an affiliate that exists. `is_new` if it was created just now, and couldn't be enrolled. */
export function EnrollPage({ program, groups, state, is_new }: FormProps & { is_new: boolean }) {
  const path = programHref(program.slug, "/affiliates");
  return (
    <div class="stack">
      <PageHead title="Enroll an affiliate" back={{ href: path, label: "Affiliates" }} />
      {is_new && (
        <p class="notice" role="alert">
          The affiliate is created but not enrolled in {program.name} yet. Correct the form below.
        </p>
      )}
      <section class="card" aria-label="Enrollment">
        <Form action={`${path}/enroll`} state={state} submit="Enroll" fields={["affiliate", ...ENROLLMENT_FIELDS]}>
          <Field
            state={state}
            name="affiliate"
            label="Username"
            note="Of an affiliate in one of your programs, or in none."
            required
          />
          <EnrollmentFields program={program} groups={groups} state={state} />
          {state.problem?.code === "affiliate_not_customer" && (
            <CheckField
              state={state}
              name="is_customer"
              label="This affiliate is a customer under another email address"
            />
          )}
        </Form>
      </section>
    </div>
  );
}

function EnrollmentFields(props: FormProps) {
  const { program, groups, state } = props;
  return (
    <>
      <SelectField
        state={state}
        name="status"
        label="Status"
        note="Only approved affiliates earn."
        options={[
          ["approved", "Approved"],
          ["pending", "Pending"],
        ]}
      />
      {groups.length > 1 && <SelectField state={state} name="group" label="Group" options={listGroupOptions(groups)} />}
      <Field
        state={state}
        name="destination"
        label="Destination URL of the first link"
        type="url"
        note={`A page on ${program.destination_hosts.join(", ") || "one of the program’s hosts"}. Leave it empty to create no link.`}
      />
      <Field
        state={state}
        name="slug"
        label="Path of the first link"
        note="Such as maya in go.example.com/maya. The username if you leave it empty."
      />
    </>
  );
}
