import { Field, Form, type FormState, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Done, Empty, PageHead, Pager } from "../../console/layout/parts.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { type CreativeKind, type CreativeView, creativeHref, FIELDS, KINDS } from "./creative-form.ts";

const CONFIRMATIONS = {
  created: "Creative added. Affiliates see it now.",
  saved: "Changes saved.",
  removed: "Creative removed.",
};

/** The creatives of a program, in the order that affiliates see. */
export function CreativesPage(props: {
  program: string;
  creatives: readonly CreativeView[];
  next: string | null;
  cursor: string | null;
  may_write: boolean;
  done: string | undefined;
}) {
  const { program, creatives, next, cursor, may_write, done } = props;
  const path = programHref(program, "/creatives");
  return (
    <div class="stack">
      <PageHead title="Creatives" note="Banners and texts that contain each affiliate’s own link, and resources.">
        {may_write &&
          Object.entries(KINDS).map(([kind, label]) => (
            <a class="button" href={buildHref(`${path}/new`, { kind })}>
              Add {label.toLowerCase()}
            </a>
          ))}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-label="Creatives">
        {creatives.length === 0 ? (
          <Empty>
            <strong>No creatives yet.</strong> Add a banner or a text for affiliates to copy, with their link already in
            it.
          </Empty>
        ) : (
          <DataTable
            caption="Creatives, in the order that affiliates see"
            columns={[
              { label: "Title", is_heading: true },
              { label: "Kind" },
              { label: "Position", is_number: true },
              { label: "Content", is_wide: true },
            ]}
            rows={creatives.map((creative) => [
              <a href={creativeHref(program, creative.id)}>{creative.title}</a>,
              KINDS[creative.kind],
              creative.position,
              <span class="explanation address">{summarize(creative)}</span>,
            ])}
          />
        )}
        <Pager path={path} params={{ cursor }} next={next} />
      </section>
    </div>
  );
}

/** What a creative contains, in a line. */
function summarize({ kind, url, width, height, alt, text }: CreativeView): string {
  if (kind === "text") return text ?? "";
  return kind === "image" ? `${width} × ${height} px, ${alt}: ${url}` : (url ?? "");
}

interface FormProps {
  program: string;
  kind: CreativeKind;
  state: FormState;
}

/** Adds a creative of one kind. */
export function NewCreativePage({ program, kind, state }: FormProps) {
  const path = programHref(program, "/creatives");
  return (
    <div class="stack">
      <PageHead title={`Add ${KINDS[kind].toLowerCase()}`} back={{ href: path, label: "Creatives" }} />
      <section class="card" aria-label="New creative">
        <Form
          action={buildHref(`${path}/new`, { kind })}
          state={state}
          submit={`Add ${KINDS[kind].toLowerCase()}`}
          fields={FIELDS[kind]}
        >
          <CreativeFields kind={kind} state={state} />
        </Form>
      </section>
    </div>
  );
}

/** Shows a creative, and changes it. */
export function CreativePage(props: {
  program: string;
  creative: CreativeView;
  state: FormState;
  may_write: boolean;
  done: string | undefined;
}) {
  const { program, creative, state, may_write, done } = props;
  const { id, kind, title, url } = creative;
  const href = creativeHref(program, id);
  return (
    <div class="stack">
      <PageHead
        title={title}
        back={{ href: programHref(program, "/creatives"), label: "Creatives" }}
        note={KINDS[kind]}
      >
        {url !== undefined && (
          <a class="button" href={url} target="_blank" rel="noopener noreferrer">
            View {kind === "image" ? "image" : "page"}
            <span class="vh"> (opens in a new tab)</span>
          </a>
        )}
        {may_write && (
          <a class="button" href={`${href}/remove`}>
            Remove
          </a>
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-label="Content">
        {may_write ? (
          <Form action={href} state={state} submit="Save changes" fields={FIELDS[kind]}>
            <CreativeFields kind={kind} state={state} />
          </Form>
        ) : (
          <p class="address">{summarize(creative)}</p>
        )}
      </section>
    </div>
  );
}

function CreativeFields({ kind, state }: Omit<FormProps, "program">) {
  return (
    <>
      <Field state={state} name="title" label="Title" note="Affiliates see it above the creative." required />
      {kind === "image" && <ImageFields state={state} />}
      {kind === "resource" && (
        <Field
          state={state}
          name="url"
          label="Page"
          type="url"
          note="Such as a press kit or brand guidelines, with https."
          required
        />
      )}
      {kind === "text" && (
        <TextField
          state={state}
          name="text"
          label="Text"
          rows={6}
          note="{link} stands for the affiliate’s link."
          required
        />
      )}
      {kind !== "resource" && (
        <Field
          state={state}
          name="destination_url"
          label="Destination URL"
          type="url"
          note="A page on one of the program’s hosts. Empty: the destination of the affiliate’s link."
        />
      )}
      <Field
        state={state}
        name="position"
        label="Position"
        type="number"
        note="The lowest comes first. Last if you leave it empty."
        input={{ min: 0, step: 1 }}
      />
    </>
  );
}

function ImageFields({ state }: { state: FormState }) {
  const pixels = { min: 1, step: 1 };
  return (
    <>
      <Field state={state} name="url" label="Image URL" type="url" note="With https, on your own server." required />
      <Field state={state} name="width" label="Width in pixels" type="number" input={pixels} required />
      <Field state={state} name="height" label="Height in pixels" type="number" input={pixels} required />
      <Field state={state} name="alt" label="The image in words" note="For readers who don’t see it." required />
    </>
  );
}
