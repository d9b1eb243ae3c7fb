import type { LinkRow } from "../../reports/link-rows.ts";
import { addressOfLink } from "../link-address.ts";
import { useFormats } from "./reader.tsx";
import { DataTable } from "./table.tsx";

interface LinksProps {
  links: LinkRow[];
  /** What the portal itself is asked at: links without a host of their own are reached there. */
  origin: string;
  now: number;
  currency: string;
}

/** On the overview: the links that were clicked most in the period. */
export function Links({ links, origin, now, currency }: LinksProps & { choice: Record<string, string> }) {
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
        <LinkTable links={links} origin={origin} now={now} currency={currency} />
      )}
    </section>
  );
}

/** Links with what each has brought in the period. */
export function LinkTable({ links, origin, now, currency }: LinksProps) {
  const { count, money } = useFormats();
  return (
    <DataTable
      caption="Your links, with clicks, unique visitors, sales and commissions in the period"
      columns={[
        { label: "Link", is_heading: true },
        { label: "Clicks", is_number: true },
        { label: "Visitors", is_number: true },
        { label: "Sales", is_number: true },
        { label: "Commissions", is_number: true },
      ]}
      rows={links.map((link) => [
        <LinkCell link={link} origin={origin} now={now} />,
        <strong>{count(link.clicks)}</strong>,
        count(link.unique_visitors),
        count(link.sales),
        money(link.earned, currency),
      ])}
    />
  );
}

function LinkCell({ link, origin, now }: { link: LinkRow; origin: string; now: number }) {
  return (
    <div class="link-cell">
      <span class="url">{addressOfLink(link, origin).replace(/^https?:\/\//, "")}</span>
      <LinkTags link={link} now={now} />
      <span class="target">
        <span class="vh">leads to </span>
        <span aria-hidden="true">→ </span>
        {link.destination.replace(/^https?:\/\//, "")}
      </span>
    </div>
  );
}

/** What a link is, for which channel, and whether it leads anywhere now. */
export function LinkTags({ link, now }: { link: LinkRow; now: number }) {
  return (
    <span class="tags">
      <span class="tag">{link.kind === "tracking" ? "Tracking link" : "Affiliate link"}</span>
      {link.channel !== null && <span class="tag channel">{link.channel}</span>}
      <LinkState link={link} now={now} />
    </span>
  );
}

function LinkState({ link, now }: { link: LinkRow; now: number }) {
  const { date } = useFormats();
  if (link.disabled) return <span class="tag off">Switched off</span>;
  if (link.starts_at !== null && link.starts_at > now) return <span class="tag">From {date(link.starts_at)}</span>;
  if (link.expires_at === null) return null;
  return link.expires_at <= now ? (
    <span class="tag off">Expired {date(link.expires_at)}</span>
  ) : (
    <span class="tag">Until {date(link.expires_at)}</span>
  );
}
