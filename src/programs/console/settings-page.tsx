import type * as v from "valibot";
import { CheckField, Field, Form, type FormState, SelectField, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Done, PageHead } from "../../console/layout/parts.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { PendingApprovals } from "../payout-approvals-api.ts";
import type { group, program } from "../reference/programs.ts";

/** A program as the API shows it alone. */
export type ProgramView = v.InferOutput<typeof program> & { pending_payout_approvals: PendingApprovals | null };
/** A group as the API shows it. */
export type GroupView = v.InferOutput<typeof group>;

const CONFIRMATIONS = {
  saved: "Settings saved.",
  group: "Group saved.",
  approvals: "Saved.",
  requested: "A second owner must request the same number of approvals. Until then, nothing changes.",
};

const FIELDS = [
  ...["name", "kind", "home_url", "destination_hosts", "redirect_host", "cookie_mode", "cookie_domain"],
  ...["fallback_url", "referral_parameter", "deep_links", "own_slugs", "payout_auto_draft", "legal_name", "address"],
];

const COOKIE_MODES = [
  ["always", "Always"],
  ["consent", "Only with the visitor’s consent"],
  ["cookieless", "Never"],
] as const;

const KINDS = [
  ["standard", "Affiliates who promote"],
  ["reward", "Customers who refer friends"],
] as const;

export interface SettingsProps {
  program: ProgramView;
  groups: readonly GroupView[];
  /** The settings as they are entered. */
  form: FormState;
  group_form: FormState;
  approvals_form: FormState;
  can_write: boolean;
  can_pay: boolean;
  done: string | undefined;
}

/** A program's settings and groups. Users who may not change them see them without the forms. */
export function SettingsPage(props: SettingsProps) {
  const { program, groups, form, group_form, approvals_form, can_write, can_pay, done } = props;
  const path = programHref(program.slug, "/settings");
  return (
    <div class="stack">
      <PageHead
        title="Settings"
        note={
          <>
            <span class="code">{program.slug}</span> pays in {program.currency}. Both never change.
          </>
        }
      />
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-labelledby="program">
        <h2 id="program">Program</h2>
        {can_write ? <SettingsForm path={path} form={form} /> : <SettingsList program={program} />}
      </section>
      <section class="card" aria-labelledby="approvals">
        <h2 id="approvals">Payout approvals</h2>
        <Approvals {...{ program, path, form: approvals_form }} can_change={can_write && can_pay} />
      </section>
      <section class="card" aria-labelledby="groups">
        <h2 id="groups">Groups</h2>
        <p class="muted">A group is a set of affiliates. The terms can pay it other rates.</p>
        <DataTable
          caption="Groups"
          columns={[{ label: "Group", is_heading: true }, { label: "Name in terms" }]}
          rows={groups.map(({ slug, name }) => [
            <a href={programHref(program.slug, `/affiliates?group=${encodeURIComponent(slug)}`)}>{name}</a>,
            <span class="code">{slug}</span>,
          ])}
        />
        {can_write && (
          <Form action={`${path}/groups`} state={group_form} submit="Create group" fields={["slug", "name"]}>
            <Field state={group_form} name="name" label="Name" required />
            <Field
              state={group_form}
              name="slug"
              label="Name in terms"
              note="Lowercase letters, digits and -, such as “partners”. It never changes."
              required
            />
          </Form>
        )}
      </section>
    </div>
  );
}

function SettingsForm({ path, form }: { path: string; form: FormState }) {
  return (
    <Form action={path} state={form} submit="Save settings" fields={FIELDS}>
      <Field state={form} name="name" label="Name" note="Affiliates see it." required />
      <SelectField state={form} name="kind" label="Who takes part" options={KINDS} />
      <Field state={form} name="home_url" label="Home page" type="url" note="Where your product is sold." />
      <TextField
        state={form}
        name="destination_hosts"
        label="Destination hosts"
        note="The hosts that links may lead to, one a line."
        required
      />
      <Field
        state={form}
        name="redirect_host"
        label="Link domain"
        note="Your own host for links, such as go.example.com. Leave it empty to use this one."
      />
      <SelectField state={form} name="cookie_mode" label="Cookie" options={COOKIE_MODES} />
      <Field
        state={form}
        name="cookie_domain"
        label="Cookie domain"
        note="The link domain’s own domain or one above it, so that your shop can read the cookie."
      />
      <Field
        state={form}
        name="fallback_url"
        label="Fallback URL"
        type="url"
        note="Where links lead that are disabled, expired or used up."
      />
      <Field
        state={form}
        name="referral_parameter"
        label="Referral parameter"
        note="Adds the affiliate’s username to landing URLs, such as “ref”."
      />
      <Field state={form} name="headline" label="Headline" note="On the sign-up page." />
      <Field
        state={form}
        name="logo_url"
        label="Logo URL"
        type="url"
        note="An image by https, on pages for affiliates."
      />
      <Field state={form} name="color" label="Color" note="Of buttons on pages for affiliates, such as #0f766e." />
      <Field state={form} name="support_email" label="Support email" type="email" note="Affiliates see it." />
      <Field
        state={form}
        name="terms_url"
        label="Terms of service URL"
        type="url"
        note="Affiliates accept them when they join."
      />
      <Field
        state={form}
        name="terms_version"
        label="Version of the terms of service"
        note="Such as 2026-01. Change it when they change."
      />
      <Field state={form} name="legal_name" label="Legal name" note="On statements." />
      <TextField state={form} name="address" label="Address" note="On statements." />
      <div class="stack">
        <CheckField state={form} name="deep_links" label="Links may lead to any page of the hosts (?url=)" />
        <CheckField state={form} name="own_slugs" label="Affiliates choose the slugs of their links" />
        <CheckField state={form} name="payout_auto_draft" label="Draft payout runs by themselves" />
      </div>
    </Form>
  );
}

function SettingsList({ program }: { program: ProgramView }) {
  const facts: [string, string | null][] = [
    ["Name", program.name],
    ["Home page", program.home_url],
    ["Destination hosts", program.destination_hosts.join(", ")],
    ["Link domain", program.redirect_host],
    ["Cookie", COOKIE_MODES.find(([mode]) => mode === program.cookie_mode)?.[1] ?? program.cookie_mode],
    ["Cookie domain", program.cookie_domain],
    ["Fallback URL", program.fallback_url],
    ["Legal name", program.legal_name],
  ];
  return (
    <dl class="facts spaced">
      {facts.map(([label, value]) => (
        <div>
          <dt>{label}</dt>
          <dd>{value ?? "None"}</dd>
        </div>
      ))}
    </dl>
  );
}

function Approvals(props: { program: ProgramView; path: string; form: FormState; can_change: boolean }) {
  const { program, path, form, can_change } = props;
  const { payout_approvals, pending_payout_approvals: pending } = program;
  return (
    <>
      <p>
        {payout_approvals === 2
          ? "Two users must approve a payout run before it is paid."
          : "One user approves a payout run before it is paid."}
      </p>
      {pending !== null && (
        <p class="notice">
          A user has requested {pending.payout_approvals}. A second owner must request the same until{" "}
          <Time ms={Date.parse(pending.expires_at)} />.
        </p>
      )}
      {can_change && (
        <Form action={`${path}/approvals`} state={form} submit="Save" fields={["payout_approvals"]}>
          <SelectField
            state={form}
            name="payout_approvals"
            label="Approvals needed"
            note="A lower number takes effect when a second owner requests it too."
            options={[
              ["1", "1"],
              ["2", "2, by different users"],
            ]}
          />
        </Form>
      )}
    </>
  );
}
