import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { LINKS_MAX } from "../../insights/link-queries.ts";
import { type Period, periodParams } from "../../portal/layout/period.ts";
import { type LinkFaults, type LinkForm, type LinkFormRules, SUB_IDS } from "./new-link-form.ts";

/** A submitted form with its faults. `error` is about no single field. */
export interface RejectedLinkForm {
  form: LinkForm;
  faults: LinkFaults;
  error: string | null;
}

interface NewLinkProps {
  program: AffiliateProgram;
  rules: Pick<LinkFormRules, "hosts" | "own_slugs">;
  /** How many links the affiliate has. */
  total: number;
  /** The initial destination URL. */
  destination: string;
  rejected: RejectedLinkForm | null;
}

/** Why the affiliate can't create links now, or null. */
export function newLinkRefusal({ status }: AffiliateProgram, total: number): string | null {
  if (status === "pending") return "You can create links once the merchant has approved your application.";
  if (status !== "approved") return "You can’t create links in this program. Please contact the merchant.";
  if (total >= LINKS_MAX)
    return `You’ve reached the limit of ${LINKS_MAX} links. Add sub-IDs to an existing link instead.`;
  return null;
}

/** The form that creates a tracking link. */
export function NewLinkForm({ program, rules, total, destination, rejected }: NewLinkProps) {
  const refusal = newLinkRefusal(program, total);
  return (
    <section class="card" aria-labelledby="new-link">
      <h2 id="new-link">New tracking link</h2>
      {refusal === null ? (
        <>
          <p class="muted">Use a separate link for each channel to see which ones bring sales.</p>
          <form method="post" action={`/app/links?${new URLSearchParams({ program: program.slug })}`} class="fields">
            <LinkFields rules={rules} values={{ destination }} rejected={rejected} />
            {rules.own_slugs && (
              <Field
                name="slug"
                label="Slug"
                value={rejected?.form.slug ?? ""}
                fault={rejected?.faults.slug}
                hint="The end of the link’s address. Leave it empty to get a random one."
              />
            )}
            <div>
              <button type="submit" class="primary">
                Create link
              </button>
            </div>
          </form>
        </>
      ) : (
        <p class="empty">{refusal}</p>
      )}
    </section>
  );
}

interface LinkFieldsProps {
  rules: Pick<LinkFormRules, "hosts">;
  /** The initial values. */
  values: { channel?: string; destination: string };
  rejected: RejectedLinkForm | null;
}

/** What a tracking link consists of, for creating and for changing it. */
export function LinkFields({ rules, values, rejected }: LinkFieldsProps) {
  return (
    <>
      {rejected?.error && (
        <p class="fault" role="alert">
          {rejected.error}
        </p>
      )}
      <Field
        name="channel"
        label="Channel"
        value={rejected?.form.channel ?? values.channel ?? ""}
        fault={rejected?.faults.channel}
        hint="Where you’ll use it, such as a newsletter or a video."
        is_required
        is_first={rejected?.faults.channel !== undefined}
      />
      <Field
        name="destination"
        label="Destination URL"
        value={rejected?.form.destination ?? values.destination}
        fault={rejected?.faults.destination}
        hint={`A page on ${rules.hosts.join(", ")}, or a path, such as /pricing.`}
        is_required
        is_first={rejected?.faults.channel === undefined && rejected?.faults.destination !== undefined}
      />
    </>
  );
}

interface FieldProps {
  name: string;
  label: string;
  value: string;
  hint: string;
  fault: string | undefined;
  is_required?: boolean;
  /** Whether it has the first fault of the form, so that it gets the focus. */
  is_first?: boolean;
}

function Field({ name, label, value, hint, fault, is_required = false, is_first = false }: FieldProps) {
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value}
        required={is_required}
        autocomplete="off"
        inputmode={name === "destination" ? "url" : undefined}
        aria-describedby={`${name}-note`}
        aria-invalid={fault === undefined ? undefined : "true"}
        autofocus={is_first}
      />
      {fault === undefined ? (
        <span class="note" id={`${name}-note`}>
          {hint}
        </span>
      ) : (
        <span class="fault" id={`${name}-note`} role="alert">
          {fault}
        </span>
      )}
    </div>
  );
}

/** The form that adds sub-IDs to a link's URL. They aren't stored: they are only part of the URL. */
export function SubIdForm(props: { path: string; period: Period; sub_ids: readonly (string | null)[] }) {
  const { path, period, sub_ids } = props;
  return (
    <details open={sub_ids.length > 0}>
      <summary>Add sub-IDs</summary>
      <p class="note">
        Up to five labels of your own, such as a newsletter’s date or a banner’s position. Reports can group clicks by
        them.
      </p>
      <form method="get" action={path} class="fields subs">
        {Object.entries(periodParams(period)).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {SUB_IDS.map((name, index) => (
          <div class="field">
            <label for={name}>Sub-ID {index + 1}</label>
            <input id={name} name={name} value={sub_ids[index] ?? ""} maxlength={255} autocomplete="off" />
          </div>
        ))}
        <div>
          <button type="submit">Update link URL</button>
        </div>
      </form>
    </details>
  );
}
