import type { LoggedClick } from "../../clicks/click-queries.ts";
import type { LinkReport } from "../../clicks/counts/queries.ts";
import { messages } from "../../lib/messages/messages.ts";
import type { List } from "../../lib/paging.ts";
import { None } from "../../portal/layout/figures.tsx";
import { PeriodTitle } from "../../portal/layout/filters.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import type { Period } from "../../portal/layout/period.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { listVerdicts, nameVerdict, summarizeGestures, summarizeVerdicts } from "./verdicts.ts";

/** The hits of a link in a period by verdict: counted, or filtered and why. */
export function ClickQuality({ counts, period }: { counts: LinkReport; period: Period }) {
  const verdicts = listVerdicts(counts.verdicts);
  const gestures = summarizeGestures(counts.by.gesture);
  return (
    <section class="card" aria-labelledby="click-quality">
      <h2 id="click-quality">
        Click quality: <PeriodTitle period={period} />
      </h2>
      <p class="verdict">{summarizeVerdicts(counts.verdicts)}</p>
      {gestures !== null && <p class="note">{gestures}</p>}
      {verdicts.length === 0 ? (
        <p class="empty">Nobody opened this link in this period. Share it: hits appear here within seconds.</p>
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

/** A page of the click log, newest first. `more` is the URL of the next page. */
export function Hits(props: { hits: List<LoggedClick>; more: string | null; is_first: boolean }) {
  const { hits, more, is_first: isFirst } = props;
  return (
    <section class="card" aria-labelledby="hits">
      <div class="card-head">
        <h2 id="hits">{isFirst ? "Latest hits" : "Earlier hits"}</h2>
        {hits.data.length > 0 && <p class="muted">Newest first</p>}
      </div>
      {hits.data.length === 0 ? (
        <p class="empty">{isFirst ? "No hits yet." : "No earlier hits."}</p>
      ) : (
        <DataTable
          caption="Hits on this link, newest first"
          columns={[
            { label: "Hit", is_heading: true },
            { label: "Country and device" },
            { label: "Referring site" },
            { label: "Sub-IDs" },
          ]}
          rows={hits.data.map((hit) => [
            <Hit hit={hit} />,
            [hit.country, hit.device].filter((part) => part !== null).join(", ") || <None />,
            <LongText text={hit.referrer} />,
            <LongText text={listSubIds(hit).join(" · ") || null} />,
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

/** Text from the visitor's browser, which may be long and have no spaces. */
function LongText({ text }: { text: string | null }) {
  return text === null ? <None /> : <span class="address">{text}</span>;
}

const NO_GESTURE = messages.portal.links.gestures.hit;

function Hit({ hit }: { hit: LoggedClick }) {
  return (
    <div class="hit-cell">
      <span class={hit.verdict === "counted" ? "tag channel" : "tag"}>{nameVerdict(hit.verdict)}</span>{" "}
      <span class="when">
        <Time ms={Date.parse(hit.at)} />
      </span>
      {hit.reason !== null && <span class="note">{hit.reason}</span>}
      {hit.verdict === "counted" && hit.user_gesture === false && <span class="note">{NO_GESTURE}</span>}
      {hit.verdict === "counted" && hit.unique && <span class="note">This visitor’s first click that day</span>}
    </div>
  );
}

function listSubIds({ sub1, sub2, sub3, sub4, sub5 }: LoggedClick): string[] {
  return [sub1, sub2, sub3, sub4, sub5].flatMap((sub, index) => (sub === null ? [] : [`sub${index + 1} ${sub}`]));
}
