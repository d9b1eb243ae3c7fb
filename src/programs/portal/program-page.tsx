import type { Child } from "hono/jsx";
import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { Creatives, type CreativesProps } from "../../creatives/portal/creatives.tsx";
import { messages } from "../../lib/messages/messages.ts";
import { EnrollmentNotice } from "../../portal/layout/enrollment-notice.tsx";
import { ProgramTabs } from "../../portal/layout/filters.tsx";
import { buildHref } from "../../portal/layout/href.ts";
import { Time } from "../../portal/layout/time.tsx";
import { describeTier } from "../../portal/layout/words.ts";
import { explainOwnRates, explainTerms, type NamedVersion, type TermsSection } from "../explain-terms.ts";
import type { AffiliateTerms } from "./queries.ts";

const PATH = "/app/program";

export interface ProgramProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  terms: AffiliateTerms;
  creatives: CreativesProps;
}

type TermsProps = Pick<ProgramProps, "program" | "terms">;

/** `/app/program`: the terms in plain words, the affiliate's tier, other versions, and the creatives and resources. */
export function ProgramPage({ program, programs, terms, creatives }: ProgramProps) {
  const { shown, in_force } = terms;
  const isInForce = shown.version === in_force.version;
  const sections = explainTerms({
    terms: shown.terms,
    currency: program.currency,
    version: shown,
    groups: terms.groups,
  });
  return (
    <>
      <div class="page-head">
        <h1>{program.name} terms</h1>
        <p class="jump">
          <a href="#creatives">Creatives</a> {program.status === "approved" && <a href="#resources">Resources</a>}
        </p>
      </div>
      <ProgramTabs path={PATH} params={{}} program={program} programs={programs} />
      <EnrollmentNotice program={program} />
      {isInForce ? (
        <p class="muted">
          Version {in_force.version}, in effect since{" "}
          {in_force.effective_from === 0 ? "the program started" : <Time ms={in_force.effective_from} />}
        </p>
      ) : (
        <OtherVersionNotice program={program} terms={terms} />
      )}
      {isInForce && terms.tier !== null && <p class="notice tier-now">{describeTier(terms.tier)}</p>}
      <GroupNotice terms={terms} />
      <OwnRates program={program} terms={terms} />
      <div class="card terms">
        {sections.map((section) => (
          <Section section={section} terms={terms} />
        ))}
      </div>
      <OtherVersions program={program} terms={terms} />
      <Creatives {...creatives} />
      {program.status === "approved" && (
        <p class="muted">
          <a href={buildHref("/app/program/leave", { program: program.slug })}>Leave this program</a>
        </p>
      )}
    </>
  );
}

function versionHref(program: AffiliateProgram, version: number | null = null): string {
  return buildHref(PATH, { program: program.slug, version: version === null ? null : String(version) });
}

/** The first version has applied from the beginning. */
function StartDate({ version: { effective_from } }: { version: NamedVersion }) {
  return effective_from === 0 ? <>the start of the program</> : <Time ms={effective_from} />;
}

function OtherVersionNotice({ program, terms: { shown, in_force, grandfathered } }: TermsProps) {
  const isGrandfathered = grandfathered.some(({ version }) => version === shown.version);
  return (
    <p class="notice">
      {shown.version > in_force.version ? (
        <>
          This is version {shown.version}, which takes effect on <StartDate version={shown} />.
        </>
      ) : (
        <>
          This is version {shown.version}, which took effect on <StartDate version={shown} /> and no longer applies to
          new subscriptions
          {isGrandfathered && <>. It still applies to subscriptions that your customers started under it</>}.
        </>
      )}{" "}
      <a href={versionHref(program)}>View the current version {in_force.version}</a>
    </p>
  );
}

/** The affiliate's group, if the terms distinguish groups. */
function GroupNotice({ terms: { shown, groups, group } }: { terms: AffiliateTerms }) {
  if (!shown.terms.rates.some((rule) => rule.groups !== undefined)) return null;
  return <p class="notice">{messages.portal.group(groups.get(group) ?? group)}</p>;
}

/** The rates that only this affiliate has, now and later. */
function OwnRates({ program, terms: { own_rates, next_own_rates } }: TermsProps) {
  const current = own_rates?.rates ?? null;
  if (current === null && next_own_rates.length === 0) return null;
  return (
    <section class="card" aria-labelledby="own-rates">
      <h2 id="own-rates">Your own rates</h2>
      {current?.length && explainOwnRates(current, program.currency).map((line) => <p>{line}</p>)}
      {next_own_rates.map(({ from, rates }) => (
        <>
          <h3>
            From <Time ms={from} />
          </h3>
          {rates === null ? (
            <p>{messages.portal.own_rates_end}</p>
          ) : (
            explainOwnRates(rates, program.currency).map((line) => <p>{line}</p>)
          )}
        </>
      ))}
    </section>
  );
}

/** A section of the terms. Rules for other groups are left out. Rates and tiers are lists, so that the affiliate's own entries can be highlighted. */
function Section({
  section,
  terms: { shown, in_force, tier, group },
}: {
  section: TermsSection;
  terms: AffiliateTerms;
}) {
  const { id, heading, lines } = section;
  const { rates, tiers } = shown.terms;
  const name = shown.version === in_force.version ? tier?.name : undefined;
  const listedEntries: Record<string, (boolean | undefined)[]> = {
    rates: rates.map((rule) => name !== undefined && rule.tier?.includes(name)),
    tiers: tiers?.levels.map((level) => level.name === name) ?? [],
  };
  const isOwn = listedEntries[id] ?? [];
  const isForOthers = (index: number) => id === "rates" && rates[index]?.groups?.includes(group) === false;
  return (
    <section class="term" aria-labelledby={`term-${id}`}>
      <h2 id={`term-${id}`}>{heading}</h2>
      <div>
        {isOwn.length > 0 && (
          <ol class="steps">
            {isOwn.map((isMine, index) =>
              isForOthers(index) ? null : (
                <li class={isMine ? "mine" : ""} aria-current={isMine ? "true" : undefined}>
                  {lines[index]}
                  {isMine && <YourTierTag />}
                </li>
              ),
            )}
          </ol>
        )}
        {lines.slice(isOwn.length).map((line) => (
          <p>{line}</p>
        ))}
      </div>
    </section>
  );
}

function YourTierTag() {
  return (
    <>
      {" "}
      <span class="tag channel">your tier</span>
    </>
  );
}

function OtherVersions({ program, terms: { announced, grandfathered, in_force, shown } }: TermsProps) {
  const others = [...announced, ...grandfathered].filter(({ version }) => version !== shown.version);
  if (others.length === 0) return null;
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">Other versions that apply to you</h2>
      <ul class="versions">
        {others.map((version) => (
          <li>
            <a href={versionHref(program, version.version)}>Version {version.version}</a>{" "}
            <Scope version={version} isFuture={version.version > in_force.version} />
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What a version applies to. */
function Scope({ version, isFuture }: { version: NamedVersion; isFuture: boolean }): Child {
  if (!isFuture) return <>applies to subscriptions that your customers started under it</>;
  return (
    <>
      takes effect on <StartDate version={version} />
    </>
  );
}
