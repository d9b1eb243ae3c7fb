import type { List } from "../../lib/paging.ts";
import { None } from "../../portal/layout/figures.tsx";
import { type Period, queryOfPeriod } from "../../portal/layout/period.ts";
import { formatCount, formatMoney } from "../../portal/layout/reader.tsx";
import { addressOf, PeriodSwitch, PeriodTitle, ProgramTabs } from "../../portal/layout/switches.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import type { AffiliateProgram } from "../enrollment-queries.ts";
import type { ReferredAffiliate } from "./referred-queries.ts";

const PATH = "/app/referred";

/** What the page is made of. */
export interface ReferredPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  period: Period;
  referred: List<ReferredAffiliate>;
  /** What the terms give for it, in words. */
  terms: string;
  is_first: boolean;
}

/** `/app/referred`: whom an affiliate has brought in, and what came of it. */
export function ReferredPage({ program, programs, period, referred, terms, is_first: isFirst }: ReferredPageProps) {
  const asked = { program: program.slug, ...queryOfPeriod(period) };
  return (
    <>
      <div class="page-head">
        <h1>Referred affiliates</h1>
        <PeriodSwitch path={PATH} asked={asked} period={period} />
      </div>
      <ProgramTabs path={PATH} asked={asked} program={program} programs={programs} />
      <p class="muted">{terms}</p>
      <section class="card" aria-labelledby="referred">
        <div class="card-head">
          <h2 id="referred">{isFirst ? "Brought in by you" : "Brought in by you, earlier"}</h2>
          {referred.data.length > 0 && (
            <p class="muted">
              <PeriodTitle period={period} />, and in all
            </p>
          )}
        </div>
        {referred.data.length === 0 ? (
          <p class="empty">
            <strong>You have brought in nobody yet.</strong> Who wants to join tells the merchant your username when
            they apply; they then appear here, with what their sales bring you.
          </p>
        ) : (
          <Table referred={referred.data} />
        )}
        {referred.next !== null && (
          <p class="more">
            <a href={addressOf(PATH, { ...asked, cursor: referred.next })}>Earlier ones</a>
          </p>
        )}
      </section>
    </>
  );
}

function Table({ referred }: { referred: readonly ReferredAffiliate[] }) {
  return (
    <DataTable
      caption="Affiliates that you brought in, with clicks, sales and your commission in the period and in all"
      columns={[
        { label: "Affiliate", is_heading: true },
        { label: "Clicks", is_number: true },
        { label: "Sales", is_number: true },
        { label: "Your commission, net", is_number: true },
      ]}
      rows={referred.map((affiliate) => [
        <Name affiliate={affiliate} />,
        <Counts both={affiliate.clicks} />,
        <Counts both={affiliate.sales} />,
        <Earned earned={affiliate.earned} />,
      ])}
    />
  );
}

const STATUSES = {
  approved: null,
  pending: "Waiting for approval",
  rejected: "Not accepted",
  suspended: "Suspended",
  none: "Not in this program",
};

function Name({ affiliate: { name, username, status, joined_at } }: { affiliate: ReferredAffiliate }) {
  const said = STATUSES[status ?? "none"];
  return (
    <div>
      <span class="value-name">
        <strong>{name}</strong> <span class="muted">{username}</span>
      </span>
      {said !== null && (
        <span class="tags">
          <span class="tag">{said}</span>
        </span>
      )}
      <span class="when">
        Since <DateOnly ms={joined_at} />
      </span>
    </div>
  );
}

function Counts({ both: { in_period, in_all } }: { both: ReferredAffiliate["clicks"] }) {
  return (
    <>
      <strong>{formatCount(in_period)}</strong>
      <span class="note">{formatCount(in_all)} in all</span>
    </>
  );
}

function Earned({ earned }: Pick<ReferredAffiliate, "earned">) {
  if (earned.length === 0) return <None />;
  return (
    <>
      {earned.map(({ in_period, in_all, currency }) => (
        <span class="amount">
          <strong>{formatMoney(in_period, currency)}</strong>
          <span class="note">{formatMoney(in_all, currency)} in all</span>
        </span>
      ))}
    </>
  );
}
