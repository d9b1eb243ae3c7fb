import { explainConversion } from "../../customers/explain.ts";
import { None } from "../../portal/layout/figures.tsx";
import { formatDate, formatMoney, formatTime } from "../../portal/layout/reader.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { nameStatus, nameType } from "../../portal/layout/words.ts";
import type { EarnedConversion } from "../own-conversion-queries.ts";
import { nameTouch } from "./touches.ts";

/** The latest conversions, each with why it is the affiliate's. */
export function Conversions(props: { latest: readonly EarnedConversion[]; all: string; now: number }) {
  const { latest, all, now } = props;
  return (
    <section class="card" aria-labelledby="conversions">
      <div class="card-head">
        <h2 id="conversions">Latest conversions</h2>
        {latest.length > 0 && (
          <p>
            <a href={all}>All conversions</a>
          </p>
        )}
      </div>
      {latest.length === 0 ? (
        <p class="empty">
          <strong>No conversion yet.</strong> When someone who clicked your link signs up or buys, it appears here
          within seconds, with the reason why the credit is yours.
        </p>
      ) : (
        <ConversionTable found={latest} caption="Your latest conversions, newest first" now={now} />
      )}
    </section>
  );
}

/** Conversions, each with why it is the affiliate's. */
export function ConversionTable(props: { found: readonly EarnedConversion[]; caption: string; now: number }) {
  const { found, caption, now } = props;
  return (
    <DataTable
      caption={caption}
      columns={[
        { label: "Conversion", is_heading: true },
        { label: "Amount", is_number: true },
        { label: "Commission", is_number: true },
        { label: "Why it is yours", is_wide: true },
      ]}
      rows={found.map(({ record, commission }) => [
        <Heading record={record} />,
        record.amount === null || record.currency === null ? <None /> : formatMoney(record.amount, record.currency),
        <Commission commission={commission} now={now} />,
        <Reason record={record} />,
      ])}
    />
  );
}

type WithRecord = Pick<EarnedConversion, "record">;

function Heading({ record }: WithRecord) {
  const status = nameStatus(record);
  return (
    <div class="conversion-cell">
      <span class="conversion-type">
        {nameType(record.type)} <Status status={status} code={record.status} />
      </span>
      <span class="when">
        <Time ms={record.occurred_at} />
      </span>
      <LinkName record={record} />
    </div>
  );
}

function LinkName({ record }: WithRecord) {
  const { touch } = record.credit;
  if (touch === null) return null;
  return (
    <span class="via">
      <span class="vh">by </span>
      {nameTouch(touch)}
      {touch.channel !== null && ` · ${touch.channel}`}
    </span>
  );
}

function Commission({ commission, now }: { commission: EarnedConversion["commission"]; now: number }) {
  if (commission === null) return <None />;
  const { amount, currency, clears_at } = commission;
  return (
    <span class="commission">
      <strong>{formatMoney(amount, currency)}</strong>
      {amount !== 0 && (
        <span class="note">
          {clears_at > now ? `clears ${formatDate(clears_at)}` : `cleared ${formatDate(clears_at)}`}
        </span>
      )}
    </span>
  );
}

function Reason({ record }: WithRecord) {
  const label = `Details of the ${record.type} of ${formatTime(record.occurred_at)}`;
  return (
    <span class="reason">
      {explainConversion(record).text}{" "}
      <a href={`/app/conversions/${record.id}`} aria-label={label}>
        Details
      </a>
    </span>
  );
}

/** A conversion's status as a tag. */
export function Status({ status, code }: { status: string; code: string }) {
  return <span class={`tag status ${code}`}>{status}</span>;
}
