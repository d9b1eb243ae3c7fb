import type { Child } from "hono/jsx";
import { AuditTable } from "../../audit/console/audit-page.tsx";
import { nameKind } from "../../commissions/ledger.ts";
import { Field, Form, type FormState, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Empty, StatusTag } from "../../console/layout/parts.tsx";
import { LinkTable } from "../../links/console/links-page.tsx";
import { formatMonth, nameStatementStatus } from "../../payouts/portal/words.ts";
import { Fact } from "../../portal/layout/fact.tsx";
import { None } from "../../portal/layout/figures.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import { nameType } from "../../portal/layout/words.ts";
import { describeRules } from "../../programs/describe-rule.ts";
import { type AffiliateData, affiliateHref, type EntryView, type PayeeView } from "./views.ts";

interface SectionProps {
  data: AffiliateData;
}

function Section(props: { id: string; title: string; all?: string | null; actions?: Child; children?: Child }) {
  const { id, title, all = null, actions, children } = props;
  return (
    <section class="card" aria-labelledby={id}>
      <div class="card-head">
        <h2 id={id}>{title}</h2>
        {all !== null && (
          <p>
            <a href={all}>
              Show all<span class="vh"> of {title}</span>
            </a>
          </p>
        )}
        {actions}
      </div>
      {children}
    </section>
  );
}

/** The affiliate's newest links. */
export function LinkSection({ data, may_write }: SectionProps & { may_write: boolean }) {
  const { program, affiliate, links } = data;
  const { username } = affiliate;
  const create = buildHref(programHref(program, "/links/new"), { affiliate: username });
  const all = buildHref(programHref(program, "/links"), { affiliate: username });
  return (
    <Section id="links" title="Links" all={links.next === null ? null : all}>
      {links.data.length === 0 ? <Empty>No links yet.</Empty> : <LinkTable program={program} links={links.data} />}
      {may_write && (
        <p class="spaced">
          <a href={create}>Create link</a>
        </p>
      )}
    </Section>
  );
}

/** The affiliate's latest conversions. */
export function SaleSection({ data }: SectionProps) {
  const { program, affiliate, sales } = data;
  const all = buildHref(programHref(program, "/sales"), { affiliate: affiliate.username });
  return (
    <Section id="sales" title="Latest sales" all={sales.data.length === 0 ? null : all}>
      {sales.data.length === 0 ? (
        <Empty>No sale is credited to this affiliate yet.</Empty>
      ) : (
        <DataTable
          caption="Latest sales"
          columns={[
            { label: "Sale", is_heading: true },
            { label: "Customer" },
            { label: "Link" },
            { label: "Amount", is_number: true },
            { label: "Commission", is_number: true },
          ]}
          rows={sales.data.map(({ id, type, occurred_at, customer, link, amount, currency, commission }) => [
            <>
              <a href={programHref(program, `/sales/${id}`)}>{nameType(type)}</a>
              <span class="when">
                <Time ms={Date.parse(occurred_at)} />
              </span>
            </>,
            customer ?? <None />,
            link ?? <None />,
            amount === null || currency === null ? <None /> : formatMoney(amount, currency),
            commission === null ? <None /> : formatMoney(commission.amount, commission.currency),
          ])}
        />
      )}
    </Section>
  );
}

/** The affiliate's newest ledger entries. */
export function LedgerSection({ data }: SectionProps) {
  const { program, affiliate, entries } = data;
  const all = affiliateHref(program, affiliate.username, "/ledger");
  return (
    <Section id="ledger" title="Ledger" all={entries.next === null ? null : all}>
      {entries.data.length === 0 ? (
        <Empty>No entries yet. Commissions, reversals and payouts appear here.</Empty>
      ) : (
        <EntryTable program={program} entries={entries.data} />
      )}
    </Section>
  );
}

/** Ledger entries with their explanation. */
export function EntryTable({ program, entries }: { program: string; entries: readonly EntryView[] }) {
  return (
    <DataTable
      caption="Ledger entries, newest first"
      columns={[
        { label: "Entry", is_heading: true },
        { label: "Amount", is_number: true },
        { label: "Clears" },
        { label: "Explanation", is_wide: true },
      ]}
      rows={entries.map((entry) => [
        <>
          {entry.conversion === null ? (
            nameKind(entry.kind)
          ) : (
            <a href={programHref(program, `/sales/${entry.conversion}`)}>{nameKind(entry.kind)}</a>
          )}
          <span class="when">
            <DateOnly ms={Date.parse(entry.occurred_at)} />, entry {entry.number}
          </span>
        </>,
        formatMoney(entry.amount, entry.currency),
        <DateOnly ms={Date.parse(entry.clears_at)} />,
        <span class="explanation">{entry.explanation ?? entry.reason}</span>,
      ])}
    />
  );
}

/** The affiliate's newest statements. */
export function StatementSection({ data }: SectionProps) {
  const { statements } = data;
  return (
    <Section id="statements" title="Statements">
      {statements.data.length === 0 ? (
        <Empty>No statements yet. Each payout run writes one.</Empty>
      ) : (
        <DataTable
          caption="Statements, newest first"
          columns={[
            { label: "Statement", is_heading: true },
            { label: "Status" },
            { label: "Total", is_number: true },
            { label: "Payable", is_number: true },
            { label: "Notes", is_wide: true },
          ]}
          rows={statements.data.map(({ number, month, status, total, payable, currency, blocked, reason }) => [
            <>
              Statement {number}
              <span class="when">{formatMonth(month)}</span>
            </>,
            <StatusTag tone={status === "paid" ? "good" : "neutral"}>{nameStatementStatus(status)}</StatusTag>,
            formatMoney(total, currency),
            formatMoney(payable, currency),
            <span class="explanation">{[...blocked.map(({ text }) => text), reason].filter(Boolean).join(" ")}</span>,
          ])}
        />
      )}
    </Section>
  );
}

/** Coupons that credit the affiliate, and a form for another. */
export function CouponSection({ data, form, may_write }: SectionProps & { form: FormState; may_write: boolean }) {
  const { program, affiliate, coupons } = data;
  const path = affiliateHref(program, affiliate.username, "/coupons");
  return (
    <Section id="coupons" title="Coupons">
      {coupons.data.length === 0 ? (
        <Empty>No coupons. A sale with one is credited without a click.</Empty>
      ) : (
        <DataTable
          caption="Coupons"
          columns={[{ label: "Code", is_heading: true }, { label: "Since" }, { label: "Change" }]}
          rows={coupons.data.map(({ code, created_at }) => [
            code,
            <DateOnly ms={Date.parse(created_at)} />,
            may_write ? (
              <a href={buildHref(`${path}/remove`, { code })}>
                Remove<span class="vh"> {code}</span>
              </a>
            ) : (
              <None />
            ),
          ])}
        />
      )}
      {may_write && (
        <Form action={path} state={form} submit="Add coupon" fields={["code"]}>
          <Field
            state={form}
            name="code"
            label="Code"
            note="In any case. Create the coupon itself in your shop."
            required
          />
        </Form>
      )}
    </Section>
  );
}

/** The affiliate's own rates, and a form for a new percentage. */
export function RatesSection({ data, form, may_write }: SectionProps & { form: FormState; may_write: boolean }) {
  const { program, affiliate, rates } = data;
  const path = affiliateHref(program, affiliate.username, "/rates");
  const current = rates.find(({ in_force }) => in_force);
  const currency = data.enrollment.balances[0]?.currency ?? "USD";
  return (
    <Section id="rates" title="Own rates">
      {current?.rates == null ? (
        <Empty>None: the rates of the terms apply.</Empty>
      ) : (
        <ul class="versions">
          {describeRules(current.rates, currency).map((text) => (
            <li>{text}</li>
          ))}
        </ul>
      )}
      {rates
        .filter(({ from, in_force }) => !in_force && current !== undefined && from > current.from)
        .map(({ from, rates: next }) => (
          <p class="note">
            From <DateOnly ms={Date.parse(from)} />:{" "}
            {next === null ? "the rates of the terms." : describeRules(next, currency).join(" ")}
          </p>
        ))}
      {may_write && (
        <Form action={path} state={form} submit="Continue" fields={["percent"]}>
          <Field
            state={form}
            name="percent"
            label="Percentage of every payment"
            type="number"
            note={
              current?.rates == null
                ? "Comes before the terms’ rates. Set finer rules through the API."
                : "Replaces the own rates above. Leave it empty to go back to the terms’ rates."
            }
            input={{ min: 0, max: 100, step: 0.01 }}
          />
        </Form>
      )}
    </Section>
  );
}

/** Notes of the team, and a form for another. */
export function NoteSection({ data, form, may_write }: SectionProps & { form: FormState; may_write: boolean }) {
  const { program, affiliate, notes } = data;
  const path = affiliateHref(program, affiliate.username, "/notes");
  return (
    <Section id="notes" title="Notes">
      {notes.data.length === 0 && <Empty>No notes. Only your team reads them.</Empty>}
      {notes.data.map(({ id, text, author, created_at }) => (
        <div class="spaced">
          <p class="lines">{text}</p>
          <p class="note">
            {author ?? "Admin key"}, <Time ms={Date.parse(created_at)} />{" "}
            {may_write && (
              <a href={buildHref(`${path}/remove`, { note: id })}>
                Remove<span class="vh"> the note of {created_at}</span>
              </a>
            )}
          </p>
        </div>
      ))}
      {may_write && (
        <Form action={path} state={form} submit="Save note" fields={["text"]}>
          <TextField state={form} name="text" label="New note" note="The affiliate never sees it." required />
        </Form>
      )}
    </Section>
  );
}

/** How the affiliate is paid, masked. */
export function PayeeSection({ data: { payee } }: SectionProps) {
  if (payee === null) return null;
  const { method, changed_at, tax_form, shared_with } = payee;
  return (
    <Section id="payee" title="Payment details">
      {method === null ? (
        <Empty>None yet. The affiliate adds them in the portal.</Empty>
      ) : (
        <dl class="facts spaced">
          {listDetails(payee).map(([label, value]) => (
            <Fact label={label}>{value}</Fact>
          ))}
          {changed_at !== null && (
            <Fact label="Changed">
              <DateOnly ms={Date.parse(changed_at)} />
            </Fact>
          )}
        </dl>
      )}
      <p class="note spaced">
        {tax_form === null ? "No tax form received." : `Tax form received: ${tax_form.form}.`}{" "}
        {shared_with.length > 0 && `The same account is used by: ${shared_with.join(", ")}.`}
      </p>
    </Section>
  );
}

function listDetails({ details }: PayeeView): [string, string][] {
  if (details === null) return [];
  if (details.method === "paypal") return [["PayPal", details.email ?? ""]];
  const rows: [string, string | null][] = [
    ["Account holder", details.account_holder],
    ["Country", details.country],
    ["Currency", details.currency],
    ["IBAN", details.iban],
    ["Account number", details.account_number],
    ["BIC", details.bic],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== null);
}

/** Changes of the affiliate and of its enrollment, from the audit log. */
export function HistorySection({ data: { affiliate, history } }: SectionProps) {
  if (history === null) return null;
  const all = buildHref("/admin/audit", { subject: affiliate.username });
  return (
    <Section id="history" title="History" all={history.next === null ? null : all}>
      {history.data.length === 0 ? <Empty>Nothing was changed yet.</Empty> : <AuditTable entries={history.data} />}
    </Section>
  );
}
