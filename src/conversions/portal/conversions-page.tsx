import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import type { OwnLink } from "../../insights/link-queries.ts";
import type { List } from "../../lib/paging.ts";
import { PERIOD_NAMES, PERIODS, queryOfPeriod } from "../../portal/layout/period.ts";
import { formatCount } from "../../portal/layout/reader.tsx";
import { addressOf, ProgramTabs } from "../../portal/layout/switches.tsx";
import { nameType } from "../../portal/layout/words.ts";
import type { EarnedConversion } from "../own-conversion-queries.ts";
import type { TouchedView } from "../touched-queries.ts";
import { ConversionTable } from "./conversion-table.tsx";
import { CONVERSION_TYPES, type ConversionsAsked } from "./filter.ts";
import { TouchedList } from "./not-credited-page.tsx";

const PATH = "/app/conversions";
/** Days of one's own choice come by the address alone. */
const OFFERED = PERIODS.filter((name) => name !== "custom");

/** Those credited, or those lost. */
export type FoundConversions = { lost: null; own: List<EarnedConversion> } | { lost: List<TouchedView>; own: null };

/** What the page is made of. */
export interface ConversionsPageProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  asked: ConversionsAsked;
  links: readonly Pick<OwnLink, "id" | "slug" | "channel">[];
  found: FoundConversions;
  now: number;
}

/** `/app/conversions`: what an affiliate was credited with, or lost, page by page. */
export function ConversionsPage({ program, programs, asked, links, found, now }: ConversionsPageProps) {
  const filter = {
    program: program.slug,
    ...(asked.period && queryOfPeriod(asked.period, true)),
    type: asked.type,
    link: asked.link === null ? null : String(asked.link),
  };
  const list = found.own ?? found.lost;
  const show = asked.is_lost ? "lost" : null;
  return (
    <>
      <div class="page-head">
        <h1>Conversions</h1>
      </div>
      <ProgramTabs path={PATH} asked={{ show }} program={program} programs={programs} />
      <nav class="tabs" aria-label="Whose">
        <a href={addressOf(PATH, { program: program.slug })} aria-current={asked.is_lost ? undefined : "page"}>
          Yours
        </a>
        <a
          href={addressOf(PATH, { program: program.slug, show: "lost" })}
          aria-current={asked.is_lost ? "page" : undefined}
        >
          Touched by you, not credited
        </a>
      </nav>
      {!asked.is_lost && <Filter program={program} asked={asked} links={links} />}
      <section class="card" aria-labelledby="found">
        <h2 id="found">
          {asked.is_lost ? "Not credited to you" : "Credited to you"}
          {asked.cursor !== null && ", earlier ones"}
        </h2>
        {list.data.length === 0 ? (
          <Empty asked={asked} program={program} />
        ) : found.own === null ? (
          <TouchedList touched={found.lost.data} />
        ) : (
          <ConversionTable
            found={found.own.data}
            caption={`${formatCount(found.own.data.length)} of your conversions, newest first`}
            now={now}
          />
        )}
        {list.next !== null && (
          <p class="more">
            <a href={addressOf(PATH, { ...filter, show, cursor: list.next })}>Earlier conversions</a>
          </p>
        )}
      </section>
    </>
  );
}

function Filter({ program, asked, links }: Pick<ConversionsPageProps, "program" | "asked" | "links">) {
  return (
    <form method="get" action={PATH} class="filter">
      <input type="hidden" name="program" value={program.slug} />
      <Choice
        name="period"
        label="Period"
        options={[["", "All time"], ...OFFERED.map((name): Option => [name, PERIOD_NAMES[name]])]}
        chosen={asked.period?.name ?? ""}
      />
      <Choice
        name="type"
        label="Type"
        options={[["", "All types"], ...CONVERSION_TYPES.map((type): Option => [type, nameType(type, 0)])]}
        chosen={asked.type ?? ""}
      />
      <Choice
        name="link"
        label="Link"
        options={[
          ["", "All links"],
          ...links.map(
            ({ id, slug, channel }): Option => [String(id), channel === null ? slug : `${slug}, ${channel}`],
          ),
        ]}
        chosen={asked.link === null ? "" : String(asked.link)}
      />
      <button type="submit">Show</button>
    </form>
  );
}

type Option = readonly [value: string, text: string];

function Choice(props: { name: string; label: string; options: readonly Option[]; chosen: string }) {
  const { name, label, options, chosen } = props;
  return (
    <div class="field">
      <label for={`filter-${name}`}>{label}</label>
      <select id={`filter-${name}`} name={name}>
        {options.map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

function Empty({ asked, program }: Pick<ConversionsPageProps, "asked" | "program">) {
  if (asked.is_lost) {
    return <p class="empty">There is none: nobody else got a sale that you had a part in.</p>;
  }
  if (asked.period === null && asked.type === null && asked.link === null) {
    return (
      <p class="empty">
        <strong>No conversion yet.</strong> When someone who clicked your link signs up or buys, it appears here within
        seconds, with the reason why the credit is yours. Share one of{" "}
        <a href={addressOf("/app/links", { program: program.slug })}>your links</a>.
      </p>
    );
  }
  return (
    <p class="empty">
      <strong>None of your conversions is like this.</strong>{" "}
      <a href={addressOf(PATH, { program: program.slug })}>Show all of them</a>.
    </p>
  );
}
