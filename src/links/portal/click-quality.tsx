import type { LoggedClick } from "../../clicks/click-queries.ts";
import type { Counts } from "../../clicks/counts/queries.ts";
import type { List } from "../../lib/paging.ts";
import { None } from "../../portal/layout/figures.tsx";
import type { Period } from "../../portal/layout/period.ts";
import { formatCount } from "../../portal/layout/reader.tsx";
import { PeriodTitle } from "../../portal/layout/switches.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { listVerdicts, nameVerdict, sayVerdicts } from "./verdicts.ts";

/** What became of a link's hits in a period. */
export function Verdicts({ counts, period }: { counts: Counts; period: Period }) {
  const verdicts = listVerdicts(counts.verdicts);
  return (
    <section class="card" aria-labelledby="verdicts">
      <h2 id="verdicts">
        What became of the hits: <PeriodTitle period={period} />
      </h2>
      <p class="verdict">{sayVerdicts(counts.verdicts)}</p>
      {verdicts.length === 0 ? (
        <p class="empty">
          Nobody has opened this link in these days. Share its address: each hit shows here within seconds.
        </p>
      ) : (
        <dl class="meanings">
          {verdicts.map(({ name, count, meaning }) => (
            <div>
              <dt>
                {name} <span class="muted">{formatCount(count)}</span>
              </dt>
              <dd class="note">{meaning}</dd>
            </div>
          ))}
        </dl>
      )}
    </section>
  );
}

/** A page of the log, newest first, each hit with why it counted or did not. */
export function Hits({
  hits,
  more,
  is_first: isFirst,
}: {
  hits: List<LoggedClick>;
  more: string | null;
  is_first: boolean;
}) {
  return (
    <section class="card" aria-labelledby="hits">
      <div class="card-head">
        <h2 id="hits">{isFirst ? "Latest hits" : "Earlier hits"}</h2>
        {hits.data.length > 0 && <p class="muted">Newest first</p>}
      </div>
      {hits.data.length === 0 ? (
        <p class="empty">There is no hit in the log{isFirst ? " yet" : " before these"}.</p>
      ) : (
        <DataTable
          caption="Hits on this link, newest first"
          columns={[
            { label: "Hit", is_heading: true },
            { label: "From" },
            { label: "Referring site" },
            { label: "Sub-ids" },
          ]}
          rows={hits.data.map((hit) => [
            <Hit hit={hit} />,
            [hit.country, hit.device].filter((part) => part !== null).join(", ") || <None />,
            <Told text={hit.referrer} />,
            <Told text={listSubs(hit).join(" · ") || null} />,
          ])}
        />
      )}
      {more !== null && (
        <p class="more">
          <a href={more}>Earlier hits</a>
        </p>
      )}
    </section>
  );
}

/** What a visitor's browser has told, which may be long and without a gap. */
function Told({ text }: { text: string | null }) {
  return text === null ? <None /> : <span class="address">{text}</span>;
}

function Hit({ hit }: { hit: LoggedClick }) {
  return (
    <div class="hit-cell">
      <span class={hit.verdict === "counted" ? "tag channel" : "tag"}>{nameVerdict(hit.verdict)}</span>{" "}
      <span class="when">
        <Time ms={Date.parse(hit.at)} />
      </span>
      {hit.reason !== null && <span class="note">{hit.reason}</span>}
      {hit.verdict === "counted" && hit.unique && <span class="note">This person’s first of the day</span>}
    </div>
  );
}

function listSubs({ sub1, sub2, sub3, sub4, sub5 }: LoggedClick): string[] {
  return [sub1, sub2, sub3, sub4, sub5].flatMap((sub, place) => (sub === null ? [] : [`sub${place + 1} ${sub}`]));
}
