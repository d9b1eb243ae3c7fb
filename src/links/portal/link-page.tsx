import type { Child } from "hono/jsx";
import type { LoggedClick } from "../../clicks/click-queries.ts";
import type { Counts } from "../../clicks/counts/queries.ts";
import type { Credits } from "../../conversions/credit-queries.ts";
import type { OwnLink } from "../../insights/link-queries.ts";
import type { List } from "../../lib/paging.ts";
import { Fact } from "../../portal/layout/fact.tsx";
import { Money, PerClick } from "../../portal/layout/figures.tsx";
import { type Period, queryOfPeriod } from "../../portal/layout/period.ts";
import { formatCount } from "../../portal/layout/reader.tsx";
import { addressOf, PeriodSwitch, PeriodTitle } from "../../portal/layout/switches.tsx";
import { buildLinkUrl } from "../link-url.ts";
import { Hits, Verdicts } from "./click-quality.tsx";
import { LinkTags, LinkTarget, withoutScheme } from "./link-name.tsx";
import { SUB_IDS } from "./new-link-form.ts";
import { SubIdForm } from "./new-link-page.tsx";
import { drawQrCode, type QrCode } from "./qr-code.ts";

/** What the page is made of. */
export interface LinkPageProps {
  link: OwnLink;
  program: { slug: string; name: string };
  period: Period;
  counts: Counts;
  credits: Credits;
  hits: List<LoggedClick>;
  /** Where in the log the page is, null for its end. */
  cursor: string | null;
  subs: readonly (string | null)[];
  /** Whether it has just been made. */
  isNew: boolean;
  origin: string;
  now: number;
}

/** `/app/links/:id`: a link's address to take away, its figures, what became of its hits, and the latest of them. */
export function LinkPage(props: LinkPageProps) {
  const { link, program, period, counts, credits, hits, cursor, subs, isNew, origin, now } = props;
  const path = `/app/links/${link.id}`;
  const asked = {
    ...Object.fromEntries(SUB_IDS.map((name, place) => [name, subs[place] ?? null])),
    ...queryOfPeriod(period),
  };
  const more = hits.next === null ? null : `${addressOf(path, { ...asked, cursor: hits.next })}#hits`;
  return (
    <>
      <nav class="back" aria-label="Back">
        <a href={addressOf("/app/links", { program: program.slug, ...queryOfPeriod(period) })}>
          <span aria-hidden="true">← </span>Links in {program.name}
        </a>
      </nav>
      <div class="page-head">
        <h1 class="address">{withoutScheme(buildLinkUrl(link, origin))}</h1>
        <PeriodSwitch path={path} asked={asked} period={period} />
      </div>
      {isNew && (
        <p class="notice" role="status">
          Your tracking link is ready: it works from this moment on.
        </p>
      )}
      <div>
        <LinkTags link={link} now={now} />
        <LinkTarget destination={link.destination} />
      </div>
      <Share address={buildLinkUrl(link, origin, subs)} path={path} asked={asked}>
        <SubIdForm path={path} period={period} subs={subs} />
      </Share>
      <Figures counts={counts} credits={credits} period={period} />
      <Verdicts counts={counts} period={period} />
      <Hits hits={hits} more={more} is_first={cursor === null} />
    </>
  );
}

interface ShareProps {
  address: string;
  path: string;
  asked: Record<string, string | null>;
  children?: Child;
}

function Share({ address, path, asked, children }: ShareProps) {
  const code = drawQrCode(address);
  return (
    <section class="card share" aria-labelledby="share">
      <div class="share-text">
        <h2 id="share">Share it</h2>
        <div class="copy-row">
          <input id="address" class="copy-field" readonly value={address} aria-label="The link’s address" />
          <button type="button" class="primary copy" data-copies="address">
            Copy
          </button>
          <span class="vh" role="status" id="copied" />
        </div>
        {children}
      </div>
      {code === null ? (
        <p class="note">This address is too long for a QR code.</p>
      ) : (
        <figure class="qr">
          <QrDrawing code={code} />
          <figcaption>
            <a href={addressOf(`${path}/qr.svg`, asked)} download>
              Save the QR code
            </a>
          </figcaption>
        </figure>
      )}
    </section>
  );
}

function QrDrawing({ code: { size, path } }: { code: QrCode }) {
  return (
    <svg viewBox={`0 0 ${size} ${size}`} width="160" height="160" role="img" aria-label="QR code of this address">
      <path class="qr-ground" d={`M0 0h${size}v${size}H0z`} />
      <path class="qr-ink" d={path} />
    </svg>
  );
}

function Figures({ counts, credits, period }: Pick<LinkPageProps, "counts" | "credits" | "period">) {
  const conversions = (["lead", "trial"] as const).filter((type) => credits[type] > 0);
  return (
    <section class="card" aria-labelledby="figures">
      <h2 id="figures">
        <PeriodTitle period={period} />
      </h2>
      <dl class="facts spaced">
        <Fact label="Clicks">{formatCount(counts.clicks)}</Fact>
        <Fact label="Unique visitors">{formatCount(counts.unique_visitors)}</Fact>
        {conversions.map((type) => (
          <Fact label={type === "lead" ? "Leads" : "Trials"}>{formatCount(credits[type])}</Fact>
        ))}
        <Fact label="Sales">{formatCount(credits.sale)}</Fact>
        <Fact label="Earned">
          <Money amounts={credits.earned} />
        </Fact>
        <Fact label="Per click">
          <PerClick earned={credits.earned} clicks={counts.clicks} />
        </Fact>
      </dl>
    </section>
  );
}
