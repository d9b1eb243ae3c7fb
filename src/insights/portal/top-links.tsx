import { buildLinkUrl } from "../../links/link-url.ts";
import { LinkTags, LinkTarget, withoutScheme } from "../../links/portal/link-name.tsx";
import { Count, Money } from "../../portal/layout/figures.tsx";
import { formatCount } from "../../portal/layout/reader.tsx";
import { type Asked, addressOf } from "../../portal/layout/switches.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import type { OwnLinkRow } from "../link-queries.ts";

interface LinksProps {
  /** The busiest of the period. */
  links: readonly OwnLinkRow[];
  /** What the page is asked for, which the links' own pages are asked for too. */
  asked: Asked;
  /** The address at which the portal is reached. */
  origin: string;
  now: number;
}

/** On the overview: the links that were clicked most in the period. */
export function Links({ links, asked, origin, now }: LinksProps) {
  const all = addressOf("/app/links", asked);
  return (
    <section class="card" aria-labelledby="links">
      <div class="card-head">
        <h2 id="links">Your links</h2>
        {links.length > 0 && (
          <p>
            <a href={all}>All links, and new ones</a>
          </p>
        )}
      </div>
      {links.length === 0 ? (
        <p class="empty">
          <strong>You have no link yet.</strong> <a href={all}>Make your first one</a>: for each channel that you use, a
          newsletter or a video, a tracking link of its own.
        </p>
      ) : (
        <DataTable
          caption="Your busiest links, with clicks, sales and earnings of the period"
          columns={[
            { label: "Link", is_heading: true },
            { label: "Clicks", is_number: true },
            { label: "Sales", is_number: true },
            { label: "Earned", is_number: true },
          ]}
          rows={links.map((link) => [
            <div class="link-cell">
              <a class="url-link" href={addressOf(`/app/links/${link.id}`, { ...asked, program: null })}>
                {withoutScheme(buildLinkUrl(link, origin))}
              </a>
              <LinkTags link={link} now={now} />
              <LinkTarget destination={link.destination} />
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
