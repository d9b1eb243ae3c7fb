import type * as v from "valibot";
import type { entry as auditEntry } from "../../audit/reference/audit.ts";
import { nameKind } from "../../commissions/ledger.ts";
import { programHref } from "../../console/layout/navigation.ts";
import { Done, Empty, PageHead, StatusTag } from "../../console/layout/parts.tsx";
import { MORE_TOUCHES_MAX } from "../../customers/explain.ts";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import { describePayment, nameType } from "../../portal/layout/words.ts";
import { Timeline } from "../portal/timeline-list.tsx";
import { Commission, SalesTable, SaleTags } from "./sales-page.tsx";
import { listSteps } from "./timeline.ts";
import type { ConversionDetails, ConversionRow } from "./views.ts";

export type AuditView = v.InferOutput<typeof auditEntry>;

const CONFIRMATIONS = {
  credited: "The credit is decided. Ledger entries follow within seconds.",
  withdrawn: "The credit is withdrawn. Ledger entries follow within seconds.",
  disputed: "The dispute is decided. Ledger entries follow within seconds.",
  entered: "The sale is entered.",
  settled: "The money is noted as received.",
};

interface SalePageProps {
  conversion: ConversionDetails;
  /** The customer's other conversions, newest first. */
  others: readonly ConversionRow[];
  /** Null for users who may not read the audit log. */
  audit: readonly AuditView[] | null;
  may_write: boolean;
  done: string | undefined;
  now: number;
}

/** `/admin/programs/:program/sales/:id`: one conversion, and why it is credited. */
export function SalePage({ conversion, others, audit, may_write, done, now }: SalePageProps) {
  const { program } = conversion;
  const list = programHref(program, "/sales");
  return (
    <div class="stack">
      <PageHead title={titleOf(conversion)} back={{ href: list, label: "Sales" }}>
        <SaleTags row={conversion} />
        {may_write && conversion.status !== "waiting" && (
          <Actions conversion={conversion} path={`${list}/${conversion.id}`} />
        )}
      </PageHead>
      <Done done={done} texts={CONFIRMATIONS} />
      <Facts conversion={conversion} list={list} />
      <Why conversion={conversion} />
      <Decisions conversion={conversion} />
      <section class="card" aria-labelledby="ledger">
        <h2 id="ledger">Ledger entries</h2>
        <Entries conversion={conversion} />
      </section>
      <section class="card" aria-labelledby="timeline">
        <h2 id="timeline">Timeline</h2>
        <Timeline steps={listSteps(conversion, now)} program={program} />
      </section>
      {others.length > 0 && (
        <section class="card" aria-labelledby="others">
          <div class="card-head">
            <h2 id="others">Other conversions of this customer</h2>
            <p>
              <a href={buildHref(list, { customer: conversion.customer, test: conversion.test ? "true" : null })}>
                All conversions of this customer
              </a>
            </p>
          </div>
          <SalesTable path={list} rows={others} />
        </section>
      )}
      {audit !== null && audit.length > 0 && (
        <section class="card" aria-labelledby="audit">
          <h2 id="audit">Changes by your team</h2>
          <AuditTable entries={audit} />
        </section>
      )}
    </div>
  );
}

/** The page's title: `Sale of $99.00`, `Lead`. */
export function titleOf({ type, amount, currency }: Pick<ConversionRow, "type" | "amount" | "currency">): string {
  return nameType(type) + (amount === null || currency === null ? "" : ` of ${formatMoney(amount, currency)}`);
}

function Actions({ conversion, path }: { conversion: ConversionDetails; path: string }) {
  const { attributed_to, settled_at, type } = conversion;
  return (
    <>
      {type === "sale" && settled_at === null && (
        <a class="button" href={`${path}/settle`}>
          Confirm payment
        </a>
      )}
      <a class="button" href={`${path}/dispute`}>
        Settle a dispute
      </a>
      {attributed_to !== null && (
        <a class="button" href={`${path}/withdraw`}>
          Withdraw credit
        </a>
      )}
      <a class="button primary" href={`${path}/credit`}>
        {attributed_to === null ? "Credit an affiliate" : "Move credit"}
      </a>
    </>
  );
}

function Facts({ conversion, list }: { conversion: ConversionDetails; list: string }) {
  const { attributed_to, commission, currency, customer, gross, payment, product, refunded, subscription } = conversion;
  const number = describePayment(conversion);
  return (
    <section class="card" aria-label="Facts">
      <dl class="facts">
        <Fact label="Affiliate">{attributed_to ?? "Nobody"}</Fact>
        <Fact label="Commission">
          <Commission commission={commission} />
        </Fact>
        <Fact label="Time">
          <Time ms={Date.parse(conversion.occurred_at)} />
        </Fact>
        {refunded > 0 && currency !== null && <Fact label="Refunded">{formatMoney(refunded, currency)}</Fact>}
        {gross !== null && currency !== null && <Fact label="Paid with tax">{formatMoney(gross, currency)}</Fact>}
        {customer !== null && (
          <Fact label="Customer">
            <a class="code" href={buildHref(list, { customer, test: conversion.test ? "true" : null })}>
              {customer}
            </a>
          </Fact>
        )}
        <TextFact label="Payment" text={payment} />
        {number !== null && <Fact label="Number">{number}</Fact>}
        <TextFact label="Subscription" text={subscription} />
        {product !== null && <Fact label="Product">{product}</Fact>}
        {conversion.country !== null && <Fact label="Country">{conversion.country}</Fact>}
        {conversion.settled_at !== null && (
          <Fact label="Money received">
            <Time ms={Date.parse(conversion.settled_at)} />
          </Fact>
        )}
        <TextFact label="Id" text={conversion.id} />
      </dl>
    </section>
  );
}

function TextFact({ label, text }: { label: string; text: string | null }) {
  if (text === null) return null;
  return (
    <Fact label={label}>
      <span class="code">{text}</span>
    </Fact>
  );
}

function Why({ conversion: { explanation, type } }: { conversion: ConversionDetails }) {
  const { rule, touches, more_touches, notes, token_fault } = explanation;
  const window = rule.window_days === null ? "no limit of days" : `at most ${rule.window_days} days before the ${type}`;
  return (
    <section class="card" aria-labelledby="why">
      <h2 id="why">Why it is credited so</h2>
      <p class="verdict">{explanation.text}</p>
      <p class="muted">
        Rule: {rule.model.replaceAll("_", " ")}, {window}. Terms version {explanation.terms_version}.
        {token_fault !== null && ` The click token was refused: ${token_fault.replaceAll("_", " ")}.`}
      </p>
      {notes.map((note) => (
        <p class="notice">{note}</p>
      ))}
      <h3>Touches considered</h3>
      {touches.length === 0 ? (
        <Empty>None: no click, coupon or referral is known for this customer.</Empty>
      ) : (
        <ol class="touches">
          {touches.map(({ affiliate, clicked_at, outcome, text, channel }) => (
            <li class={outcome === "chosen" ? "chosen" : ""}>
              <span class="touch-link">
                {affiliate}
                {channel !== null && <span class="muted"> {channel}</span>}
              </span>
              <span class="touch-outcome">{text}</span>
              <span class="touch-time">
                <Time ms={Date.parse(clicked_at)} />
              </span>
            </li>
          ))}
        </ol>
      )}
      {more_touches > 0 && (
        <p class="note">
          {more_touches < MORE_TOUCHES_MAX ? more_touches : `At least ${more_touches}`} older ones are not listed.
        </p>
      )}
    </section>
  );
}

/** What the merchant decided, with the notes that affiliates don't see. */
function Decisions({ conversion: { decisions, explanation } }: { conversion: ConversionDetails }) {
  const { decision, dispute } = explanation;
  if (decisions.length === 0 && decision === null && dispute === null) return null;
  return (
    <section class="card" aria-labelledby="decisions">
      <h2 id="decisions">Decisions</h2>
      {dispute !== null && (
        <p>
          <StatusTag tone="waiting">Dispute</StatusTag> Decided for {dispute.affiliate} on{" "}
          <Time ms={Date.parse(dispute.ruled_at)} />.
        </p>
      )}
      {decisions.length === 0 ? (
        <p class="muted">The decision was made about another conversion of the customer.</p>
      ) : (
        <DataTable
          caption="Decisions about this conversion, oldest first"
          columns={[
            { label: "Decision", is_heading: true },
            { label: "Time" },
            { label: "Reason for affiliates" },
            { label: "Internal note" },
          ]}
          rows={decisions.map(({ affiliate, scope, decided_at, reason, internal_note }) => [
            `${SCOPES[scope ?? "dispute"]}: ${affiliate ?? "nobody"}`,
            <Time ms={Date.parse(decided_at)} />,
            reason,
            internal_note ?? "None",
          ])}
        />
      )}
    </section>
  );
}

const SCOPES = {
  dispute: "Dispute",
  conversion: "This conversion",
  future: "Later conversions",
  all: "All that is bound together",
};

function Entries({ conversion: { entries, test } }: { conversion: ConversionDetails }) {
  if (entries.length === 0) {
    return <Empty>{test ? "None: test mode is never paid." : "None: it has earned no commission."}</Empty>;
  }
  return (
    <DataTable
      caption="Ledger entries of this conversion"
      columns={[
        { label: "Entry", is_heading: true },
        { label: "Affiliate" },
        { label: "Date" },
        { label: "Due" },
        { label: "Amount", is_number: true },
      ]}
      rows={entries.map((entry) => [
        <span class="entry-name">
          {nameKind(entry.kind)}
          {entry.explanation !== null && <span class="explanation">{entry.explanation}</span>}
          {entry.reason !== null && entry.reason !== entry.explanation && (
            <span class="explanation">{entry.reason}</span>
          )}
          <span class="note">
            {entry.id}
            {entry.corrects !== null && `, corrects ${entry.corrects}`}
          </span>
        </span>,
        entry.affiliate,
        <DateOnly ms={Date.parse(entry.occurred_at)} />,
        <DateOnly ms={Date.parse(entry.clears_at)} />,
        formatMoney(entry.amount, entry.currency),
      ])}
    />
  );
}

function AuditTable({ entries }: { entries: readonly AuditView[] }) {
  return (
    <DataTable
      caption="Changes, newest first"
      columns={[{ label: "Change", is_heading: true }, { label: "By" }, { label: "Time" }]}
      rows={entries.map(({ action, actor, at }) => [
        AUDITED[action] ?? action,
        actor.name ?? (actor.kind === "key" ? "Admin key" : actor.id),
        <Time ms={Date.parse(at)} />,
      ])}
    />
  );
}

const AUDITED: Readonly<Record<string, string>> = {
  "conversion.created": "Entered by hand",
  "conversion.credited": "Credit decided",
  "conversion.disputed": "Dispute decided",
  "conversion.settled": "Payment confirmed",
};
