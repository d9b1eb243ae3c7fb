import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { LINKS_MAX } from "../../insights/link-queries.ts";
import { type Period, queryOfPeriod } from "../../portal/layout/period.ts";
import { type LinkForm, SUB_IDS } from "./new-link-form.ts";

/** What was typed and what is wrong with it. */
export interface LinkAttempt {
  form: LinkForm;
  field: string | null;
  fault: string;
}

interface NewLinkProps {
  program: AffiliateProgram;
  /** Hosts that links may lead to. */
  hosts: readonly string[];
  total: number;
  /** What a form that nobody has filled in begins with. */
  destination: string;
  attempt: LinkAttempt | null;
}

/** Why an affiliate cannot make links now, null where it can. */
export function refuseNewLink({ status }: AffiliateProgram, total: number): string | null {
  if (status === "pending") return "Once the merchant has approved your application you can make tracking links here.";
  if (status !== "approved") return "You cannot make links in this program. Please talk to the merchant.";
  if (total >= LINKS_MAX) return `You have ${total} links, as many as there can be. Add sub-ids to one that you have.`;
  return null;
}

/** The form that makes a tracking link. */
export function NewLink({ program, hosts, total, destination, attempt }: NewLinkProps) {
  const refusal = refuseNewLink(program, total);
  return (
    <section class="card" aria-labelledby="new-link">
      <h2 id="new-link">New tracking link</h2>
      {refusal === null ? (
        <>
          <p class="muted">A link of its own for each channel shows you which of them brings sales.</p>
          <form method="post" action={`/app/links?${new URLSearchParams({ program: program.slug })}`} class="fields">
            {attempt !== null && attempt.field === null && (
              <p class="fault" role="alert">
                {attempt.fault}
              </p>
            )}
            <Field
              name="channel"
              label="Channel"
              value={attempt?.form.channel ?? ""}
              attempt={attempt}
              hint="Where you will put it: a newsletter, a video, a post."
            />
            <Field
              name="destination"
              label="Leads to"
              value={attempt?.form.destination ?? destination}
              attempt={attempt}
              hint={`A page of ${hosts.join(", ")}.`}
            />
            <div>
              <button type="submit" class="primary">
                Make the link
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

function Field(props: { name: string; label: string; value: string; hint: string; attempt: LinkAttempt | null }) {
  const { name, label, value, hint, attempt } = props;
  const fault = attempt?.field === name ? attempt.fault : null;
  return (
    <div class="field">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        value={value}
        required
        autocomplete="off"
        inputmode={name === "destination" ? "url" : undefined}
        aria-describedby={`${name}-note`}
        aria-invalid={fault === null ? undefined : "true"}
        autofocus={fault !== null}
      />
      {fault === null ? (
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

/** The form that adds sub-ids to a link's address. Nothing is stored: sub-ids are part of the address alone. */
export function SubIdForm(props: { path: string; period: Period; subs: readonly (string | null)[] }) {
  const { path, period, subs } = props;
  return (
    <details open={subs.length > 0}>
      <summary>Add sub-ids</summary>
      <p class="note">
        Up to five words of your own, such as the date of a newsletter or the place of a banner. Your reports tell the
        clicks apart by them.
      </p>
      <form method="get" action={path} class="fields subs">
        {Object.entries(queryOfPeriod(period)).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        {SUB_IDS.map((name, place) => (
          <div class="field">
            <label for={name}>Sub-id {place + 1}</label>
            <input id={name} name={name} value={subs[place] ?? ""} maxlength={100} autocomplete="off" />
          </div>
        ))}
        <div>
          <button type="submit">Show the address with them</button>
        </div>
      </form>
    </details>
  );
}
