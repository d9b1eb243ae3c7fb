import type { Child } from "hono/jsx";
import { Field, Form, type FormState, SelectField, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Confirm, Done, PageHead, StatusTag } from "../../console/layout/parts.tsx";
import { formatMoney, useFormats } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { Effect } from "./terms-effect.ts";
import { TERMS_INPUTS } from "./terms-form.ts";
import { TermsWords, type VersionView } from "./terms-words.tsx";

interface TermsProps {
  program: string;
  /** The version that is shown in words. */
  shown: VersionView;
  /** The newest first. */
  versions: readonly VersionView[];
  form: FormState;
  can_write: boolean;
  done: string | undefined;
}

/** A program's terms: one version in words, all versions, and the form for a new one. */
export function TermsPage({ program, shown, versions, form, can_write, done }: TermsProps) {
  const path = programHref(program, "/terms");
  return (
    <div class="stack">
      <PageHead
        title="Terms"
        note={
          <>
            Version {shown.version} <StateOf version={shown} />
          </>
        }
      >
        {can_write && (
          <a class="button primary" href="#new">
            Create version
          </a>
        )}
      </PageHead>
      <Done done={done} texts={{ published: "Version published." }} />
      <section class="card" aria-labelledby="words">
        <h2 id="words">As affiliates read them</h2>
        <TermsWords words={shown.words} />
      </section>
      <section class="card" aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        <DataTable
          caption="Versions"
          columns={[{ label: "Version", is_heading: true }, { label: "In force from" }, { label: "State" }]}
          rows={versions.map((version) => [
            <a href={`${path}?version=${version.version}`}>Version {version.version}</a>,
            Date.parse(version.effective_from) === 0 ? (
              "The beginning"
            ) : (
              <Time ms={Date.parse(version.effective_from)} />
            ),
            <StateOf version={version} />,
          ])}
        />
      </section>
      {can_write && (
        <section class="card" aria-labelledby="new">
          <h2 id="new">New version</h2>
          <p class="muted">
            It begins with the newest version. Before you publish it, you see its effect on the sales of the last 90
            days.
          </p>
          <TermsForm path={path} form={form} />
        </section>
      )}
    </div>
  );
}

function StateOf({ version: { in_force, effective_from } }: { version: VersionView }) {
  if (in_force) return <StatusTag tone="good">In force</StatusTag>;
  return Date.parse(effective_from) === 0 ? (
    <StatusTag tone="neutral">Earlier</StatusTag>
  ) : (
    <StatusTag tone="neutral">Not in force</StatusTag>
  );
}

function TermsForm({ path, form }: { path: string; form: FormState }) {
  return (
    <Form action={path} state={form} submit="Show the effect" fields={TERMS_INPUTS}>
      <Field state={form} name="percent" label="Commission in percent" note="Leave it empty if the JSON has rates." />
      <Field
        state={form}
        name="terms.cookie_days"
        label="Days a click counts"
        type="number"
        note="Empty for no limit."
      />
      <Field state={form} name="terms.hold_days" label="Hold period in days" type="number" required />
      <Field
        state={form}
        name="terms.dispute_days"
        label="Days to dispute a credit"
        type="number"
        note="Empty if credits can’t be disputed."
      />
      <Field
        state={form}
        name="terms.payout.lag_months"
        label="Months until a commission is paid"
        type="number"
        note="After the month in which its hold period ends: 0 for the same month, 1 for the next one."
      />
      <Field
        state={form}
        name="terms.payout.first_day"
        label="First day of payouts"
        type="number"
        note="Of that month."
      />
      <Field
        state={form}
        name="terms.payout.last_day"
        label="Last day of payouts"
        type="number"
        note="31 for the end of the month."
      />
      <SelectField state={form} name="terms.model" label="Credited click" options={MODELS} />
      <SelectField state={form} name="terms.binds_to" label="Renewals" options={BINDINGS} />
      <SelectField state={form} name="terms.applies_to" label="Applies to" options={APPLIES} />
      <Field
        state={form}
        name="effective_from"
        label="In force from"
        type="date"
        note="UTC. Leave it empty to begin at once."
      />
      <TextField
        state={form}
        name="json"
        label="Everything else, as JSON"
        rows={14}
        note={
          <>
            Rates with conditions, tiers, milestones, a second payout a month. See <a href="/docs/terms">Terms</a> in
            the docs.
          </>
        }
        input={{ class: "code", spellcheck: "false" }}
      />
    </Form>
  );
}

const MODELS = [
  ["last_click", "The last one"],
  ["first_click", "The first one"],
] as const;
const BINDINGS = [
  ["customer", "The customer stays with the affiliate"],
  ["subscription", "The subscription stays with the affiliate"],
  ["nothing", "Each payment needs its own click"],
] as const;
const APPLIES = [
  ["new", "Sales and subscriptions that begin under it"],
  ["all", "Subscriptions that began earlier, too"],
] as const;

interface EffectProps {
  program: string;
  words: VersionView["words"];
  effects: readonly Effect[];
  /** How many sales were calculated, and whether there were more. */
  sales: number;
  has_more: boolean;
  values: Readonly<Record<string, string>>;
}

/** The effect of a new version, before it is published. */
export function EffectPage({ program, words, effects, sales, has_more, values }: EffectProps) {
  const path = programHref(program, "/terms");
  return (
    <div class="stack">
      <PageHead title="Publish these terms?" back={{ href: path, label: "Terms" }} />
      <Confirm
        action={path}
        effect={<EffectText {...{ effects, sales, has_more }} />}
        undo="A version can’t be removed. To undo it, publish a version with the earlier terms; sales made meanwhile keep this one."
        submit="Publish version"
        cancel={path}
        values={values}
      />
      <section class="card" aria-labelledby="words">
        <h2 id="words">As affiliates read them</h2>
        <TermsWords words={words} />
      </section>
    </div>
  );
}

function EffectText({ effects, sales, has_more }: Pick<EffectProps, "effects" | "sales" | "has_more">): Child {
  if (sales === 0)
    return <p>No sale of the last 90 days was credited to an affiliate, so there is no effect to show.</p>;
  const count = useFormats().count(sales);
  return (
    <>
      <p>
        {has_more ? `The latest ${count}` : `The ${count}`} credited sales of the last 90 days, refunds included, would
        have earned:
      </p>
      <ul>
        {effects.map(({ currency, before, after }) => (
          <li>
            <strong>{formatMoney(after, currency)}</strong> instead of {formatMoney(before, currency)} (
            {after === before
              ? "no change"
              : `${after > before ? "+" : "−"}${formatMoney(Math.abs(after - before), currency)}`}
            )
          </li>
        ))}
        {effects.length === 0 && <li>Nothing, as under the newest version.</li>}
      </ul>
      <p class="muted">
        Both are calculated as if each affiliate began with these sales. Affiliates’ own rates aren’t included.
      </p>
    </>
  );
}
