import { explainConversion } from "../../customers/explain.ts";
import { None } from "../../portal/layout/figures.tsx";
import { formatDate, formatMoney, formatTime } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { nameStatus, nameType } from "../../portal/layout/words.ts";
import type { EarnedConversion } from "../affiliate-conversion-queries.ts";
import { nameTouch } from "./touches.ts";

/** The overview's card with the latest conversions. `all` is the URL of the full list. */
export function LatestConversions(props: { latest: readonly EarnedConversion[]; all: string; now: number }) {
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
          <strong>No conversions yet.</strong> When someone clicks your link and signs up or buys, the conversion
          appears here within seconds.
        </p>
      ) : (
        <ConversionTable conversions={latest} caption="Your latest conversions, newest first" now={now} />
      )}
    </section>
  );
}

/** Conversions, each with its commission and the reason for the credit. */
export function ConversionTable(props: { conversions: readonly EarnedConversion[]; caption: string; now: number }) {
  const { conversions, caption, now } = props;
  return (
    <DataTable
      caption={caption}
      columns={[
        { label: "Conversion", is_heading: true },
        { label: "Amount", is_number: true },
        { label: "Commission", is_number: true },
        { label: "Why you were credited", is_wide: true },
      ]}
      rows={conversions.map(({ record, commission }) => [
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
      <span class="vh">through </span>
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
          {clears_at > now ? `in reserve until ${formatDate(clears_at)}` : `hold ended ${formatDate(clears_at)}`}
        </span>
      )}
    </span>
  );
}

function Reason({ record }: WithRecord) {
  const label = `Details of the ${record.type} on ${formatTime(record.occurred_at)}`;
  return (
    <span class="reason">
      {explainConversion(record).text}{" "}
      <a href={`/app/conversions/${record.id}`} aria-label={label}>
        Details
      </a>
    </span>
  );
}

/** A status as a tag. `code` selects its color. */
export function Status({ status, code }: { status: string; code: string }) {
  return <span class={`tag status ${code}`}>{status}</span>;
}
