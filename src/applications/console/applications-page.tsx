import type * as v from "valibot";
import { Field, Form, type FormState, SelectField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import {
  Confirm,
  Copied,
  CopyField,
  Done,
  Empty,
  Filter,
  FilterSelect,
  PageHead,
  Pager,
  StatusTag,
} from "../../console/layout/parts.tsx";
import { nameCountry } from "../../lib/messages/name-country.ts";
import { Fact } from "../../portal/layout/fact.tsx";
import type { QueryParams } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import type { application, invitation } from "../reference/applications.ts";

/** An application as the API shows it. */
export type ApplicationView = v.InferOutput<typeof application>;
/** An invitation. */
export type InvitationView = v.InferOutput<typeof invitation>;
/** Slugs and names of groups. */
export type Groups = readonly (readonly [slug: string, name: string])[];

const STATUSES = {
  unconfirmed: { label: "Email not confirmed", tone: "neutral" },
  in_review: { label: "In review", tone: "waiting" },
  approved: { label: "Approved", tone: "good" },
  rejected: { label: "Rejected", tone: "bad" },
} as const;

const INVITATION_STATUSES = {
  open: { label: "Open", tone: "waiting" },
  used: { label: "Used", tone: "good" },
  revoked: { label: "Revoked", tone: "bad" },
  expired: { label: "Expired", tone: "neutral" },
} as const;

interface ListProps {
  program: string;
  applications: readonly ApplicationView[];
  next: string | null;
  params: QueryParams;
  done: string | undefined;
}

const CONFIRMATIONS = {
  approved: "Approved. The account, the enrollment and the link exist, and the applicant gets an email.",
  rejected: "Rejected. The applicant gets an email.",
};

/** `/admin/programs/:program/applications`: the queue. */
export function ApplicationsPage({ program, applications, next, params, done }: ListProps) {
  const path = programHref(program, "/applications");
  return (
    <div class="stack">
      <PageHead title="Applications">
        <a href={`${path}/invitations`} class="button">
          Invitations
        </a>
        <a href={`${path}/form`} class="button">
          Form
        </a>
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <Filter action={path} is_active={params.status !== "in_review"}>
        <FilterSelect
          name="status"
          label="Status"
          value={params.status ?? undefined}
          options={[
            ["in_review", "In review"],
            ["all", "All"],
            ["approved", "Approved"],
            ["rejected", "Rejected"],
          ]}
        />
      </Filter>
      <section class="card" aria-label="Applications">
        {applications.length === 0 ? (
          <Empty>
            <strong>No applications here.</strong> Share your <a href={`${path}/form`}>sign-up page</a>, or{" "}
            <a href={`${path}/invitations`}>invite someone</a>.
          </Empty>
        ) : (
          <DataTable
            caption="Applications"
            columns={[
              { label: "Applicant", is_heading: true },
              { label: "Email" },
              { label: "Received" },
              { label: "Status" },
            ]}
            rows={applications.map((row) => [
              <>
                <a href={`${path}/${row.id}`}>{row.name === "" ? row.username : row.name}</a>{" "}
                <span class="muted">{row.username}</span>
              </>,
              row.email,
              <DateOnly ms={Date.parse(row.created_at)} />,
              <State status={row.status} />,
            ])}
          />
        )}
        <Pager path={path} params={params} next={next} />
      </section>
    </div>
  );
}

function State({ status }: Pick<ApplicationView, "status">) {
  const { label, tone } = STATUSES[status];
  return <StatusTag tone={tone}>{label}</StatusTag>;
}

interface ApplicationProps {
  program: string;
  application: ApplicationView;
  groups: Groups;
  approval: FormState;
  may_write: boolean;
}

/** `/admin/programs/:program/applications/:id`. */
export function ApplicationPage({ program, application, groups, approval, may_write }: ApplicationProps) {
  const path = programHref(program, "/applications");
  const { name, username, email, answers, status } = application;
  const own = `${path}/${application.id}`;
  return (
    <div class="stack">
      <PageHead title={name === "" ? username : name} back={{ href: path, label: "Applications" }} />
      <section class="card" aria-label="Application">
        <dl class="facts">
          <Fact label="Status">
            <State status={status} />
          </Fact>
          <Fact label="Email">{email}</Fact>
          <Fact label="Username">
            {application.affiliate === null ? (
              username
            ) : (
              <a href={programHref(program, `/affiliates/${encodeURIComponent(application.affiliate)}`)}>
                {application.affiliate}
              </a>
            )}
          </Fact>
          {application.country !== null && <Fact label="Country">{nameCountry(application.country)}</Fact>}
          {application.sponsor !== null && <Fact label="Referred by">{application.sponsor}</Fact>}
          {application.terms_version !== null && <Fact label="Terms accepted">{application.terms_version}</Fact>}
          <Fact label="Received">
            <Time ms={Date.parse(application.created_at)} />
          </Fact>
        </dl>
        {application.reason !== null && <p class="address">Reason, as the applicant reads it: {application.reason}</p>}
      </section>
      {answers.length > 0 && (
        <section class="card" aria-labelledby="answers">
          <h2 id="answers">Answers</h2>
          <dl class="facts">
            {answers.map(({ label, values }) => (
              <Fact label={label}>
                <span class="address">{values.join(", ")}</span>
              </Fact>
            ))}
          </dl>
        </section>
      )}
      {status === "in_review" && may_write && (
        <section class="card stack" aria-labelledby="decision">
          <h2 id="decision">Decision</h2>
          <Form action={`${own}/approve`} state={approval} submit="Approve" fields={["group"]}>
            <SelectField state={approval} name="group" label="Group" options={groups} />
            {approval.problem?.code === "affiliate_not_customer" && (
              <label class="check">
                <input type="checkbox" name="is_customer" value="on" />{" "}
                <span>This applicant is a customer under another address</span>
              </label>
            )}
          </Form>
          <form method="post" action={`${own}/reject`} class="fields">
            <div class="field">
              <label for="reason">Reason</label>
              <input id="reason" name="reason" maxlength={200} />
              <span class="note">The applicant reads it.</span>
            </div>
            <label class="check">
              <input type="checkbox" name="may_reapply" value="on" checked /> <span>May apply again</span>
            </label>
            <div>
              <button type="submit" class="danger">
                Reject
              </button>
            </div>
          </form>
        </section>
      )}
    </div>
  );
}

/** Shows what a rejection means before it is made. */
export function ConfirmRejectPage(props: {
  program: string;
  application: ApplicationView;
  values: Record<string, string>;
}) {
  const { program, application, values } = props;
  const own = programHref(program, `/applications/${application.id}`);
  const again = values.may_reapply === "on";
  return (
    <div class="stack">
      <PageHead title={`Reject ${application.name}?`} />
      <Confirm
        action={`${own}/reject`}
        effect={
          <>
            <p>
              {application.email} gets an email
              {values.reason ? ` with the reason: ${values.reason}` : " without a reason"}.
            </p>
            <p>{again ? "They may apply again." : "They can’t apply again."}</p>
          </>
        }
        undo="This can’t be undone, but you can invite them later."
        submit="Reject"
        cancel={own}
        is_danger
        values={values}
      />
    </div>
  );
}

interface InvitationsProps {
  program: string;
  invitations: readonly InvitationView[];
  next: string | null;
  params: QueryParams;
  groups: Groups;
  state: FormState;
  /** The link of the invitation that was just created. */
  url: string | null;
  may_write: boolean;
  done: string | undefined;
}

/** `/admin/programs/:program/applications/invitations`. */
export function InvitationsPage(props: InvitationsProps) {
  const { program, invitations, next, params, groups, state, url, may_write, done } = props;
  const path = programHref(program, "/applications/invitations");
  return (
    <div class="stack">
      <PageHead title="Invitations" back={{ href: programHref(program, "/applications"), label: "Applications" }} />
      <Done done={done} texts={{ revoked: "Revoked. The link no longer works." }} />
      {url !== null && (
        <section class="notice stack" role="status">
          <p>
            The invitation is emailed, if this deployment sends emails. You can also hand over its link. It is shown
            only now.
          </p>
          <CopyField id="invitation" label="Invitation" value={url} />
          <Copied />
        </section>
      )}
      {may_write && (
        <section class="card" aria-labelledby="invite">
          <h2 id="invite">Invite someone</h2>
          <Form action={path} state={state} submit="Create invitation" fields={["email", "name", "group"]}>
            <Field state={state} name="email" label="Email" type="email" required />
            <Field state={state} name="name" label="Name" />
            <SelectField state={state} name="group" label="Group" options={groups} />
          </Form>
        </section>
      )}
      <section class="card" aria-label="Invitations">
        {invitations.length === 0 ? (
          <Empty>No invitations yet. Affiliates who join by one are approved at once.</Empty>
        ) : (
          <DataTable
            caption="Invitations"
            columns={[
              { label: "Email", is_heading: true },
              { label: "Status" },
              { label: "Expires" },
              { label: "Change" },
            ]}
            rows={invitations.map((row) => [
              <>
                {row.email} {row.name !== null && <span class="muted">{row.name}</span>}
              </>,
              <StatusTag tone={INVITATION_STATUSES[row.status].tone}>
                {INVITATION_STATUSES[row.status].label}
              </StatusTag>,
              <DateOnly ms={Date.parse(row.expires_at)} />,
              row.status === "open" && may_write ? (
                <form method="post" action={`${path}/${row.id}/revoke`}>
                  <button type="submit" class="danger">
                    Revoke
                  </button>
                </form>
              ) : (
                ""
              ),
            ])}
          />
        )}
        <Pager path={path} params={params} next={next} />
      </section>
    </div>
  );
}
