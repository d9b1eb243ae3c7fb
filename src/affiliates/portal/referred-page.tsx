import type { List } from "../../lib/paging.ts";
import { None } from "../../portal/layout/figures.tsx";
import { PeriodFilter, PeriodTitle, ProgramTabs } from "../../portal/layout/filters.tsx";
import { formatCount, formatMoney } from "../../portal/layout/formats-context.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { type Period, periodParams } from "../../portal/layout/period.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly } from "../../portal/layout/time.tsx";
import type { AffiliateProgram } from "../enrollment-queries.ts";
import type { ReferredAffiliate } from "./referred-queries.ts";

const PATH = "/app/referred";

export interface ReferredPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  period: Period;
  referred: List<ReferredAffiliate>;
  /** The program's second-tier terms in words, or null if it has no second tier. */
  terms: string | null;
  is_first: boolean;
  /** The sign-up page with this affiliate as the sponsor; null if it can't refer anyone now. */
  recruiting_url: string | null;
}

/** `/app/referred`: the affiliates that this affiliate referred, with their figures and its second-tier commissions. */
export function ReferredPage(props: ReferredPageProps) {
  const { program, programs, period, referred, terms, is_first: isFirst, recruiting_url } = props;
  const params = { program: program.slug, ...periodParams(period) };
  // An earlier version of the terms may have had a second tier, so the list stays if there is one.
  const hasList = terms !== null || referred.data.length > 0;
  return (
    <>
      <div class="page-head">
        <h1>Referred affiliates</h1>
        {hasList && <PeriodFilter path={PATH} params={params} period={period} />}
      </div>
      <ProgramTabs path={PATH} params={params} program={program} programs={programs} />
      <p class="muted">{terms ?? "This program doesn’t pay for referred affiliates."}</p>
      {recruiting_url !== null && <RecruitingLink url={recruiting_url} />}
      {hasList && (
        <section class="card" aria-labelledby="referred">
          <div class="card-head">
            <h2 id="referred">{isFirst ? "Referred by you" : "Referred by you earlier"}</h2>
            {referred.data.length > 0 && (
              <p class="muted">
                <PeriodTitle period={period} /> and all time
              </p>
            )}
          </div>
          {referred.data.length === 0 ? (
            <p class="empty">
              <strong>No referred affiliates yet.</strong> Share your recruiting link. The clicks and sales of
              affiliates who join by it appear here.
            </p>
          ) : (
            <ReferredTable referred={referred.data} />
          )}
          {referred.next !== null && (
            <p class="more">
              <a href={buildHref(PATH, { ...params, cursor: referred.next })}>Earlier referrals</a>
            </p>
          )}
        </section>
      )}
    </>
  );
}

/** The link that makes this affiliate the sponsor of those who join by it. */
function RecruitingLink({ url }: { url: string }) {
  return (
    <section class="card" aria-labelledby="recruiting">
      <h2 id="recruiting">Your recruiting link</h2>
      <div class="copy-row">
        <input id="recruiting-url" class="copy-field" readonly value={url} aria-label="Recruiting link" />
        <button type="button" class="copy" data-copies="recruiting-url" data-says="Recruiting link copied">
          Copy
        </button>
      </div>
      <p class="muted">You are the sponsor of affiliates who join by it. You see their email address if they agree.</p>
      <p class="vh" id="copied" role="status" />
    </section>
  );
}

function ReferredTable({ referred }: { referred: readonly ReferredAffiliate[] }) {
  return (
    <DataTable
      caption="Your referred affiliates, with clicks, sales and your commission in the period and of all time"
      columns={[
        { label: "Affiliate", is_heading: true },
        { label: "Clicks", is_number: true },
        { label: "Sales", is_number: true },
        { label: "Your net commission", is_number: true },
      ]}
      rows={referred.map((affiliate) => [
        <Name affiliate={affiliate} />,
        <CountTotals totals={affiliate.clicks} />,
        <CountTotals totals={affiliate.sales} />,
        <Earned earned={affiliate.earned} />,
      ])}
    />
  );
}

const STATUSES = {
  approved: null,
  pending: "Pending approval",
  rejected: "Rejected",
  suspended: "Suspended",
  left: "Left the program",
  banned: "Banned",
  none: "Not in this program",
};

function Name({ affiliate: { name, username, email, status, joined_at } }: { affiliate: ReferredAffiliate }) {
  const label = STATUSES[status ?? "none"];
  return (
    <div>
      <span class="value-name">
        <strong>{name}</strong> <span class="muted">{username}</span>
      </span>
      {email !== null && <span class="when">{email}</span>}
      {label !== null && (
        <span class="tags">
          <span class="tag">{label}</span>
        </span>
      )}
      <span class="when">
        Joined <DateOnly ms={joined_at} />
      </span>
    </div>
  );
}

function CountTotals({ totals: { in_period, all_time } }: { totals: ReferredAffiliate["clicks"] }) {
  return (
    <>
      <strong>{formatCount(in_period)}</strong>
      <span class="note">{formatCount(all_time)} all time</span>
    </>
  );
}

function Earned({ earned }: Pick<ReferredAffiliate, "earned">) {
  if (earned.length === 0) return <None />;
  return (
    <>
      {earned.map(({ in_period, all_time, currency }) => (
        <span class="amount">
          <strong>{formatMoney(in_period, currency)}</strong>
          <span class="note">{formatMoney(all_time, currency)} all time</span>
        </span>
      ))}
    </>
  );
}
