import type { Child } from "hono/jsx";
import type { AffiliateProgram } from "../../affiliates/enrollment-queries.ts";
import { Creatives, type CreativesProps } from "../../creatives/portal/creatives.tsx";
import { ProgramTabs } from "../../portal/layout/switches.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { sayTier } from "../../portal/layout/words.ts";
import { explainTerms, type NamedVersion, type TermsSection } from "../explain-terms.ts";
import type { OwnTerms } from "./queries.ts";

/** What the page is made of. */
export interface ProgramProps {
  program: AffiliateProgram;
  programs: AffiliateProgram[];
  own: OwnTerms;
  creatives: CreativesProps;
}

/**
 * `/app/program`: a version of the terms in plain words, the affiliate's place in it, and the other versions; then what the
 * merchant gives its affiliates.
 */
export function ProgramPage({ program, programs, own, creatives }: ProgramProps) {
  const { shown, in_force } = own;
  const isInForce = shown.version === in_force.version;
  const sections = explainTerms({ terms: shown.terms, currency: program.currency, version: shown });
  return (
    <>
      <div class="page-head">
        <h1>Terms of {program.name}</h1>
        <p class="jump">
          <a href="#creatives">Creatives</a> {program.status === "approved" && <a href="#resources">Resources</a>}
        </p>
      </div>
      <ProgramTabs path="/app/program" asked={{}} program={program} programs={programs} />
      {isInForce ? <InForce version={in_force} /> : <NotInForce program={program} own={own} />}
      {isInForce && own.tier !== null && <p class="notice tier-now">{sayTier(own.tier)}</p>}
      <div class="card terms">
        {sections.map((section) => (
          <Section section={section} own={own} />
        ))}
      </div>
      <OtherVersions program={program} own={own} />
      <Creatives {...creatives} />
    </>
  );
}

function addressOf(program: AffiliateProgram, version: number | null = null): string {
  const asked = { program: program.slug, ...(version !== null && { version: String(version) }) };
  return `/app/program?${new URLSearchParams(asked)}`;
}

/** The first version has been in force for ever. */
function Since({ version: { effective_from } }: { version: NamedVersion }) {
  return effective_from === 0 ? <>the beginning</> : <Time ms={effective_from} />;
}

function InForce({ version }: { version: NamedVersion }) {
  return (
    <p class="muted">
      Version {version.version}, in force since <Since version={version} />.
    </p>
  );
}

function NotInForce({ program, own: { shown, in_force, kept } }: Pick<ProgramProps, "program" | "own">) {
  const isKept = kept.some(({ version }) => version === shown.version);
  return (
    <p class="notice">
      {shown.version > in_force.version ? (
        <>
          This is version {shown.version}, which will hold from <Since version={shown} /> on.
        </>
      ) : (
        <>
          This is version {shown.version}, for sales since <Since version={shown} />. It is no longer in force for new
          subscriptions
          {isKept && <>, but for those that your customers began under it</>}.
        </>
      )}{" "}
      <a href={addressOf(program)}>The terms in force</a> are version {in_force.version}.
    </p>
  );
}

/** Rules and levels are lists of their own, so that one's own place in them is seen. */
function Section({ section, own: { shown, in_force, tier } }: { section: TermsSection; own: OwnTerms }) {
  const { id, heading, lines } = section;
  const { rates, tiers } = shown.terms;
  const name = shown.version === in_force.version ? tier?.name : undefined;
  const isOwn: Record<string, (boolean | undefined)[]> = {
    rates: rates.map((rule) => name !== undefined && rule.tier?.includes(name)),
    tiers: tiers?.levels.map((level) => level.name === name) ?? [],
  };
  const marks = isOwn[id] ?? [];
  return (
    <section class="term" aria-labelledby={`term-${id}`}>
      <h2 id={`term-${id}`}>{heading}</h2>
      <div>
        {marks.length > 0 && (
          <ol class="steps">
            {marks.map((isMine, place) => (
              <li class={isMine ? "mine" : ""} aria-current={isMine ? "true" : undefined}>
                {lines[place]}
                {isMine && <Mine />}
              </li>
            ))}
          </ol>
        )}
        {lines.slice(marks.length).map((line) => (
          <p>{line}</p>
        ))}
      </div>
    </section>
  );
}

function Mine() {
  return (
    <>
      {" "}
      <span class="tag channel">your tier</span>
    </>
  );
}

function OtherVersions({ program, own: { announced, kept, in_force, shown } }: Pick<ProgramProps, "program" | "own">) {
  const others = [...announced, ...kept].filter(({ version }) => version !== shown.version);
  if (others.length === 0) return null;
  return (
    <section class="card" aria-labelledby="versions">
      <h2 id="versions">Other versions that matter to you</h2>
      <ul class="versions">
        {others.map((version) => (
          <li>
            <a href={addressOf(program, version.version)}>Version {version.version}</a>{" "}
            {version.version > in_force.version ? (
              <Announced version={version} />
            ) : (
              <>for subscriptions that your customers began under it</>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Announced({ version }: { version: NamedVersion }): Child {
  return (
    <>
      will hold from <Since version={version} /> on
    </>
  );
}
