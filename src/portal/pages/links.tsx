import { formatCount } from "../../format-money.ts";
import type { LinkRow } from "../../reports/overview.ts";
import { formatDate } from "../format-time.ts";
import { DataTable } from "./table.tsx";

/** What stands before the slug: the origin that the portal itself is asked at. */
interface LinksProps {
  links: LinkRow[];
  origin: string;
  days: number;
  now: number;
}

/** An affiliate's links with their clicks and sales. */
export function Links({ links, origin, days, now }: LinksProps) {
  return (
    <section class="card" aria-labelledby="links">
      <div class="card-head">
        <h2 id="links">Your links</h2>
        {links.length > 0 && <p class="muted">Select an address to copy it</p>}
      </div>
      {links.length === 0 ? (
        <p class="empty">
          <strong>You have no link yet.</strong> Ask the merchant for your affiliate link. For each channel that you
          use, a newsletter or a video, you can ask for a tracking link of its own.
        </p>
      ) : (
        <DataTable
          caption={`Your links, with clicks and sales in the last ${days} days and in all`}
          columns={[
            { label: "Link", is_heading: true },
            { label: "Clicks", is_number: true },
            { label: "Sales", is_number: true },
          ]}
          rows={links.map((link) => [
            <LinkCell link={link} origin={origin} now={now} />,
            <Counts inPeriod={link.clicks_in_period} inAll={link.clicks} />,
            <Counts inPeriod={link.sales_in_period} inAll={link.sales} />,
          ])}
        />
      )}
    </section>
  );
}

function Counts({ inPeriod, inAll }: { inPeriod: number; inAll: number }) {
  return (
    <>
      <strong>{formatCount(inPeriod)}</strong>
      <span class="note">{formatCount(inAll)} in all</span>
    </>
  );
}

function LinkCell({ link, origin, now }: { link: LinkRow; origin: string; now: number }) {
  const url = new URL(`/${link.slug}`, origin).href;
  return (
    <div class="link-cell">
      <span class="url">{url.replace(/^https?:\/\//, "")}</span>
      <span class="tags">
        <span class="tag">{link.kind === "tracking" ? "Tracking link" : "Affiliate link"}</span>
        {link.channel !== null && <span class="tag channel">{link.channel}</span>}
        <LinkState link={link} now={now} />
      </span>
      <span class="target">
        <span class="vh">leads to </span>
        <span aria-hidden="true">→ </span>
        {link.destination.replace(/^https?:\/\//, "")}
      </span>
    </div>
  );
}

function LinkState({ link, now }: { link: LinkRow; now: number }) {
  if (link.disabled) return <span class="tag off">Switched off</span>;
  if (link.expires_at === null) return null;
  return link.expires_at <= now ? (
    <span class="tag off">Expired {formatDate(link.expires_at)}</span>
  ) : (
    <span class="tag">Until {formatDate(link.expires_at)}</span>
  );
}
