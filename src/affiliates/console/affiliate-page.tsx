import { CheckField, Field, Form, FormFaults, FormKey, type FormState } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Done, PageHead } from "../../console/layout/parts.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { Count } from "../../portal/layout/figures.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import {
  CouponSection,
  HistorySection,
  LedgerSection,
  LinkSection,
  NoteSection,
  PayeeSection,
  RatesSection,
  SaleSection,
  StatementSection,
} from "./affiliate-sections.tsx";
import { ACTIONS, type Action, EFFECTS } from "./change.ts";
import { ReasonField, Status } from "./list-page.tsx";
import { type AffiliateData, affiliateHref, type EnrollmentView, type GroupView, listGroupOptions } from "./views.ts";

const CONFIRMATIONS = {
  added: "Affiliate added. Create a sign-in link and send it to them.",
  enrolled: "Affiliate enrolled.",
  saved: "Changes saved.",
  approve: "Approved. New sales earn from now on.",
  reject: "Rejected. New sales earn nothing.",
  suspend: "Suspended. New sales earn nothing.",
  move: "Moved. Rates of the group apply from now on.",
  coupon_added: "Coupon added.",
  coupon_removed: "Coupon removed. Sales until now keep their credit.",
  rates: "Own rates saved.",
  note_added: "Note saved.",
  note_removed: "Note removed.",
};

/** Forms of the page as they were submitted last. */
export interface AffiliateForms {
  details: FormState;
  status: FormState;
  sponsor: FormState;
  coupon: FormState;
  rates: FormState;
  note: FormState;
}

interface AffiliateProps {
  data: AffiliateData;
  forms: AffiliateForms;
  may_write: boolean;
  may_view: boolean;
  done: string | undefined;
}

/** One affiliate in a program. */
export function AffiliatePage({ data, forms, may_write, may_view, done }: AffiliateProps) {
  const { program, affiliate } = data;
  const { username, name, email } = affiliate;
  const path = affiliateHref(program, username);
  const isErased = email === null;
  return (
    <div class="stack">
      <PageHead
        title={name}
        back={{ href: programHref(program, "/affiliates"), label: "Affiliates" }}
        note={isErased ? `${username}: the personal data was erased.` : `${username}, ${email}`}
      >
        {may_view && !isErased && (
          <form method="post" action={`${path}/view`}>
            <FormKey />
            <button type="submit">View portal</button>
          </form>
        )}
        {may_write && !isErased && (
          <>
            <form method="post" action={`${path}/sign-in-link`}>
              <FormKey />
              <button type="submit">Create sign-in link</button>
            </form>
            <a class="button" href={`${path}/erase`}>
              Erase
            </a>
          </>
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <Figures data={data} />
      <div class="columns">
        <StatusSection
          data={data}
          form={forms.status}
          sponsor_form={forms.sponsor}
          may_write={may_write && !isErased}
        />
        {may_write && !isErased && <DetailsSection path={path} form={forms.details} />}
      </div>
      <LinkSection data={data} may_write={may_write} />
      <SaleSection data={data} />
      <LedgerSection data={data} />
      <StatementSection data={data} />
      <div class="columns">
        <CouponSection data={data} form={forms.coupon} may_write={may_write} />
        <RatesSection data={data} form={forms.rates} may_write={may_write} />
      </div>
      <NoteSection data={data} form={forms.note} may_write={may_write && !isErased} />
      <PayeeSection data={data} />
      <HistorySection data={data} />
    </div>
  );
}

function Figures({ data: { enrollment } }: { data: AffiliateData }) {
  const { clicks, sales, balances, last_activity_at } = enrollment;
  return (
    <section class="card stack" aria-labelledby="figures">
      <h2 id="figures">Figures</h2>
      <dl class="facts">
        <Fact label="Clicks">
          <Count count={clicks} />
        </Fact>
        <Fact label="Sales">
          <Count count={sales} />
        </Fact>
        <Fact label="Last activity">
          {last_activity_at === null ? "None" : <DateOnly ms={Date.parse(last_activity_at)} />}
        </Fact>
      </dl>
      <DataTable
        caption="Balances by currency"
        columns={[
          { label: "Currency", is_heading: true },
          { label: "Earned", is_number: true },
          { label: "In reserve", is_number: true },
          { label: "Due", is_number: true },
          { label: "Paid", is_number: true },
        ]}
        rows={balances.map(({ currency, earned, reserve, due, paid }) => [
          currency,
          ...[earned, reserve, due, paid].map((amount) => <span>{formatMoney(amount, currency)}</span>),
        ])}
      />
    </section>
  );
}

interface StatusProps {
  data: AffiliateData;
  form: FormState;
  sponsor_form: FormState;
  may_write: boolean;
}

/** Changes that make sense for a status. */
const POSSIBLE: Record<EnrollmentView["status"], readonly Action[]> = {
  pending: ["approve", "reject"],
  approved: ["suspend", "ban"],
  rejected: ["approve", "ban"],
  suspended: ["approve", "ban"],
  left: ["approve", "ban"],
  banned: ["approve"],
};

function StatusSection({ data, form, sponsor_form, may_write }: StatusProps) {
  const { program, affiliate, enrollment, groups } = data;
  const { status, reason, tier, group, sponsor, created_at } = enrollment;
  const path = affiliateHref(program, affiliate.username);
  return (
    <section class="card stack" aria-labelledby="status">
      <h2 id="status">Enrollment</h2>
      <dl class="facts">
        <Fact label="Status">
          <Status status={status} />
        </Fact>
        <Fact label="Group">{groups.find(({ slug }) => slug === group)?.name ?? group}</Fact>
        {tier !== null && <Fact label="Tier">{tier}</Fact>}
        {sponsor !== null && (
          <Fact label="Sponsor">
            <a href={affiliateHref(program, sponsor)}>{sponsor}</a>
          </Fact>
        )}
        <Fact label="Enrolled">
          <DateOnly ms={Date.parse(created_at)} />
        </Fact>
      </dl>
      {reason !== null && <p class="address">Reason, as the affiliate reads it: {reason}</p>}
      {may_write && (
        <>
          <form method="post" action={`${path}/status`} class="fields">
            <FormFaults state={form} fields={[]} />
            <ReasonField value={form.values.reason ?? ""} />
            {form.problem?.code === "affiliate_not_customer" && (
              <CheckField state={form} name="is_customer" label="This affiliate is a customer under another address" />
            )}
            <div class="actions">
              {ACTIONS.filter((action) => POSSIBLE[status].includes(action)).map((action) => (
                <button type="submit" name="action" value={action} class={action === "approve" ? "primary" : "danger"}>
                  {EFFECTS[action].verb}
                </button>
              ))}
            </div>
          </form>
          {groups.length > 1 && <GroupForm path={path} groups={groups} group={group} />}
          <SponsorForm path={path} form={sponsor_form} may_reapply={enrollment.may_reapply} sponsor={sponsor ?? ""} />
        </>
      )}
    </section>
  );
}

interface SponsorProps {
  path: string;
  form: FormState;
  sponsor: string;
  may_reapply: boolean;
}

function SponsorForm({ path, form, sponsor, may_reapply }: SponsorProps) {
  const known = { sponsor, may_reapply: may_reapply ? "on" : "" };
  const state = form.problem === null ? { ...form, values: known } : form;
  return (
    <details open={form.problem !== null}>
      <summary>Sponsor and reapplication</summary>
      <Form action={`${path}/sponsor`} state={state} submit="Save" fields={["sponsor"]}>
        <Field
          state={state}
          name="sponsor"
          label="Sponsor"
          note="A username. Earns the second-tier commission on sales from now on. Empty for none."
        />
        <CheckField state={state} name="may_reapply" label="May apply again after leaving or a rejection" />
      </Form>
    </details>
  );
}

function GroupForm({ path, groups, group }: { path: string; groups: readonly GroupView[]; group: string }) {
  return (
    <form method="post" action={`${path}/status`} class="bulk">
      <input type="hidden" name="action" value="move" />
      <label for="group">Group</label>
      <select id="group" name="group">
        {listGroupOptions(groups).map(([slug, name]) => (
          <option value={slug} selected={slug === group}>
            {name}
          </option>
        ))}
      </select>
      <button type="submit">Move</button>
    </form>
  );
}

function DetailsSection({ path, form }: { path: string; form: FormState }) {
  return (
    <section class="card" aria-labelledby="details">
      <h2 id="details">Details</h2>
      <Form action={path} state={form} submit="Save changes" fields={["name", "email"]}>
        <Field state={form} name="name" label="Name" required />
        <Field
          state={form}
          name="email"
          label="Email"
          type="email"
          note="Another address ends open sessions and unused sign-in links."
          required
        />
      </Form>
    </section>
  );
}
