import { nameKind } from "../../commissions/ledger.ts";
import { explainConversion, MORE_TOUCHES_MAX } from "../../customers/explain.ts";
import { Fact } from "../../portal/layout/fact.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import { describePayment, describeRule, nameStatus, nameType } from "../../portal/layout/words.ts";
import type { CreditedConversion } from "./conversion-queries.ts";
import { Status } from "./conversion-table.tsx";
import { buildTimeline } from "./timeline.ts";
import { Timeline } from "./timeline-list.tsx";
import { listTouches, nameTouch, type TouchView } from "./touches.ts";

/** `/app/conversions/:id`: why a conversion was credited to the affiliate, and what it earned. */
export function ConversionPage(props: { conversion: CreditedConversion; affiliate_id: number; now: number }) {
  const { conversion, affiliate_id: affiliateId, now } = props;
  const { record, program, entries, statements } = conversion;
  const explanation = explainConversion(record);
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={buildHref("/app/conversions", { program: program.slug })}>
          <span aria-hidden="true">← </span>
          {program.name} conversions
        </a>
      </nav>
      <div class="page-head">
        <h1>{titleOf(record)}</h1>
        <Status status={nameStatus(record)} code={record.status} />
      </div>
      <Facts conversion={conversion} />
      <section class="card" aria-labelledby="why">
        <h2 id="why">Why you were credited</h2>
        <p class="verdict">{explanation.text}</p>
        <p class="muted">
          {describeRule(record.rules, record.type)} Terms version {record.terms_version}.
        </p>
        {record.notes.map((note) => (
          <p class="notice">{note}</p>
        ))}
        <h3>Clicks and referrals considered</h3>
        <Touches touches={listTouches(record, affiliateId)} />
        {explanation.more_touches > 0 && <p class="note">{describeMore(explanation.more_touches)} not listed</p>}
      </section>
      <section class="card" aria-labelledby="timeline">
        <h2 id="timeline">Timeline</h2>
        <Timeline steps={buildTimeline(record, entries, statements, now)} program={program.slug} />
      </section>
      <section class="card" aria-labelledby="ledger">
        <h2 id="ledger">Commission</h2>
        <Entries entries={entries} type={record.type} program={program.slug} />
      </section>
    </>
  );
}

/** The page's title: `Sale of $99.00`, `Lead`. */
export function titleOf({ type, amount, currency }: CreditedConversion["record"]): string {
  return nameType(type) + (amount === null || currency === null ? "" : ` of ${formatMoney(amount, currency)}`);
}

function Facts({ conversion: { record } }: { conversion: CreditedConversion }) {
  const { touch } = record.credit;
  const payment = describePayment(record);
  return (
    <dl class="facts">
      <Fact label="Date">
        <Time ms={record.occurred_at} />
      </Fact>
      {record.refunded > 0 && record.currency !== null && (
        <Fact label="Refunded">{formatMoney(record.refunded, record.currency)}</Fact>
      )}
      {touch !== null && (
        <Fact label="Source">
          {nameTouch(touch)}
          {touch.channel !== null && <span class="muted"> {touch.channel}</span>}
        </Fact>
      )}
      {payment !== null && <Fact label="Payment">{payment}</Fact>}
      {record.product !== null && <Fact label="Product">{record.product}</Fact>}
    </dl>
  );
}

function Touches({ touches }: { touches: TouchView[] }) {
  if (touches.length === 0) return <p class="empty">None. The credit was decided without a click.</p>;
  return (
    <ol class="touches">
      {touches.map((touch) => (
        <li class={touch.is_chosen ? "chosen" : ""}>
          <span class="touch-link">
            {touch.name}
            {touch.channel !== null && <span class="muted"> {touch.channel}</span>}
          </span>
          <span class="touch-outcome">{touch.outcome}</span>
          <span class="touch-time">
            <Time ms={touch.clicked_at} />, {touch.distance}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** The ledger entries of a conversion and their sum. */
export function Entries({
  entries,
  type,
  program,
}: {
  entries: CreditedConversion["entries"];
  type: string;
  program: string;
}) {
  const currency = entries[0]?.currency;
  if (currency === undefined) {
    return (
      <p class="empty">
        {type === "sale"
          ? "This sale earned no commission."
          : `A ${type} earns no commission by itself. A payment that follows may.`}
      </p>
    );
  }
  const total = entries.reduce((sum, entry) => sum + entry.amount, 0);
  return (
    <>
      <DataTable
        caption="Ledger entries of this conversion"
        columns={[
          { label: "Entry", is_heading: true },
          { label: "Date" },
          { label: "Due" },
          { label: "Terms" },
          { label: "Amount", is_number: true },
        ]}
        rows={entries.map((entry) => [
          <EntryName entry={entry} />,
          <DateOnly ms={entry.occurred_at} />,
          <DateOnly ms={entry.clears_at} />,
          <TermsLink program={program} version={entry.terms_version} />,
          formatMoney(entry.amount, entry.currency),
        ])}
      />
      <p class="total">
        <span>Net commission</span> <strong>{formatMoney(total, currency)}</strong>
      </p>
    </>
  );
}

function TermsLink({ program, version }: { program: string; version: number | null }) {
  if (version === null) return <>–</>;
  const query = new URLSearchParams({ program, version: String(version) });
  return (
    <a class="version" href={`/app/program?${query}`}>
      version {version}
    </a>
  );
}

function EntryName({ entry }: { entry: CreditedConversion["entries"][number] }) {
  return (
    <span class="entry-name">
      {nameKind(entry.kind)}
      {entry.explanation !== null && <span class="explanation">{entry.explanation}</span>}
      <span class="note">
        {entry.id}
        {entry.corrects !== null && `, corrects ${entry.corrects}`}
      </span>
    </span>
  );
}

/** The count stops at {@link MORE_TOUCHES_MAX}. */
function describeMore(count: number): string {
  return count < MORE_TOUCHES_MAX ? `${count} more` : `At least ${count} more`;
}
