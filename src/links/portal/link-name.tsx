import type { LinkView } from "../../insights/link-queries.ts";
import { formatCount, formatDate } from "../../portal/layout/formats-context.tsx";

/** Tags with a link's kind, channel and state. */
export function LinkTags({ link, now }: { link: LinkView; now: number }) {
  return (
    <span class="tags">
      <span class="tag">{link.kind === "tracking" ? "Tracking link" : "Affiliate link"}</span>
      {link.channel !== null && <span class="tag channel">{link.channel}</span>}
      <StateTags link={link} now={now} />
    </span>
  );
}

/** A link's destination URL. */
export function DestinationUrl({ destination }: Pick<LinkView, "destination">) {
  return (
    <span class="target">
      <span class="vh">Destination URL: </span>
      <span aria-hidden="true">→ </span>
      {withoutScheme(destination)}
    </span>
  );
}

/** A URL without `https://`, for display. */
export function withoutScheme(url: string): string {
  return url.replace(/^https?:\/\//, "");
}

function StateTags({ link: { disabled, starts_at, expires_at, click_cap }, now }: { link: LinkView; now: number }) {
  if (disabled) return <span class="tag off">Disabled</span>;
  if (expires_at !== null && expires_at <= now) return <span class="tag off">Expired {formatDate(expires_at)}</span>;
  if (starts_at !== null && starts_at > now) return <span class="tag off">Starts {formatDate(starts_at)}</span>;
  return (
    <>
      {expires_at !== null && <span class="tag">Expires {formatDate(expires_at)}</span>}
      {click_cap !== null && <span class="tag">Limit: {formatCount(click_cap)} clicks</span>}
    </>
  );
}
