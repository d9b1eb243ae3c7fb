import { buildLinkUrl } from "../../links/link-url.ts";
import { DestinationUrl, LinkTags, withoutScheme } from "../../links/portal/link-name.tsx";
import { Count, Money } from "../../portal/layout/figures.tsx";
import { formatCount } from "../../portal/layout/formats-context.tsx";
import { buildHref, type QueryParams } from "../../portal/layout/href.ts";
import { DataTable } from "../../portal/layout/table.tsx";
import type { LinkWithFigures } from "../link-queries.ts";

interface TopLinksProps {
  /** Most clicks first. */
  links: readonly LinkWithFigures[];
  /** The page's query parameters, which the links' pages keep. */
  params: QueryParams;
  /** The portal's origin. */
  origin: string;
  now: number;
}

/** The overview's card with the links that had the most clicks in the period. */
export function TopLinks({ links, params, origin, now }: TopLinksProps) {
  const all = buildHref("/app/links", params);
  return (
    <section class="card" aria-labelledby="links">
      <div class="card-head">
        <h2 id="links">Top links</h2>
        {links.length > 0 && (
          <p>
            <a href={all}>All links</a>
          </p>
        )}
      </div>
      {links.length === 0 ? (
        <p class="empty">
          <strong>No links yet.</strong> <a href={all}>Create your first link</a>. Use a separate tracking link for each
          channel, such as a newsletter or a video, to see which ones work.
        </p>
      ) : (
        <DataTable
          caption="Your top links, with clicks, sales and earnings in the period"
          columns={[
            { label: "Link", is_heading: true },
            { label: "Clicks", is_number: true },
            { label: "Sales", is_number: true },
            { label: "Earned", is_number: true },
          ]}
          rows={links.map((link) => [
            <div class="link-cell">
              <a class="url-link" href={buildHref(`/app/links/${link.id}`, { ...params, program: null })}>
                {withoutScheme(buildLinkUrl(link, origin))}
              </a>
              <LinkTags link={link} now={now} />
              <DestinationUrl destination={link.destination} />
            </div>,
            <strong>{formatCount(link.clicks)}</strong>,
            <Count count={link.sale} />,
            <Money amounts={link.earned} />,
          ])}
        />
      )}
    </section>
  );
}
