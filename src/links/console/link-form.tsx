import { CheckField, Field, Form, type FormState, SelectField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { PageHead } from "../../console/layout/parts.tsx";
import { type LinkView, linkHref } from "./link-view.ts";

/** What the forms need to know of a program. */
interface LinkProgram {
  slug: string;
  destination_hosts: readonly string[];
}

/** Creates a link. `enrolled` is the affiliate that was enrolled just now and whose link couldn't be created. */
export function NewLinkPage(props: { program: LinkProgram; state: FormState; enrolled?: string }) {
  const { program, state, enrolled } = props;
  const path = programHref(program.slug, "/links");
  return (
    <div class="stack">
      <PageHead title="Create link" back={{ href: path, label: "Links" }} />
      {enrolled !== undefined && (
        <p class="notice" role="alert">
          {enrolled} is enrolled, but the link couldn’t be created. Correct the form below.
        </p>
      )}
      <section class="card" aria-label="New link">
        <Form
          action={`${path}/new`}
          state={state}
          submit="Create link"
          fields={["affiliate", "slug", "destination", "channel"]}
        >
          <Field state={state} name="affiliate" label="Affiliate" note="The username. Never changes." required />
          <Field
            state={state}
            name="slug"
            label="Path"
            note="Such as maya in go.example.com/maya. Drawn if you leave it empty. Never changes."
          />
          <DestinationField program={program} state={state} />
          <Field
            state={state}
            name="channel"
            label="Channel"
            note="Makes it a tracking link: a further link of the affiliate for one channel, such as newsletter."
          />
        </Form>
      </section>
    </div>
  );
}

function DestinationField({ program, state }: { program: LinkProgram; state: FormState }) {
  const hosts = program.destination_hosts.join(", ");
  return (
    <Field
      state={state}
      name="destination"
      label="Destination URL"
      type="url"
      note={`A page on ${hosts === "" ? "one of the program’s hosts" : hosts}.`}
      required
    />
  );
}

/** Changes a link's settings. */
export function LinkForm({ program, link, state }: { program: LinkProgram; link: LinkView; state: FormState }) {
  return (
    <Form
      action={linkHref(program.slug, link)}
      state={state}
      submit="Save changes"
      fields={["destination", "channel", "starts_at", "expires_at", "click_cap", "forward_query", "deep_links"]}
    >
      <DestinationField program={program} state={state} />
      <Field state={state} name="channel" label="Channel" />
      <Field state={state} name="starts_at" label="Starts" type="datetime-local" note="UTC. At once if empty." />
      <Field state={state} name="expires_at" label="Ends" type="datetime-local" note="UTC. Never if empty." />
      <Field
        state={state}
        name="click_cap"
        label="Click limit"
        type="number"
        note="It stops after so many counted clicks. No limit if empty."
        input={{ min: 1, step: 1 }}
      />
      <SelectField
        state={state}
        name="deep_links"
        label="Links to other pages"
        note="Whether ?url= in the link leads to another page of the program’s hosts."
        options={[
          ["", "As the program has it"],
          ["true", "Allowed"],
          ["false", "Not allowed"],
        ]}
      />
      <CheckField
        state={state}
        name="forward_query"
        label="Pass the visitor’s query parameters on to the destination"
      />
    </Form>
  );
}
