import type { OwnLink } from "../../insights/link-queries.ts";
import { formatDate } from "../../portal/layout/reader.tsx";

/** What kind of link it is, for which channel, and whether it works. */
export function LinkTags({ link, now }: { link: OwnLink; now: number }) {
  return (
    <span class="tags">
      <span class="tag">{link.kind === "tracking" ? "Tracking link" : "Affiliate link"}</span>
      {link.channel !== null && <span class="tag channel">{link.channel}</span>}
      <LinkState link={link} now={now} />
    </span>
  );
}

/** Where a link leads. */
export function LinkTarget({ destination }: Pick<OwnLink, "destination">) {
  return (
    <span class="target">
      <span class="vh">leads to </span>
      <span aria-hidden="true">→ </span>
      {withoutScheme(destination)}
    </span>
  );
}

/** An address as people say it. */
export function withoutScheme(address: string): string {
  return address.replace(/^https?:\/\//, "");
}

function LinkState({ link: { disabled, starts_at, expires_at, click_cap }, now }: { link: OwnLink; now: number }) {
  if (disabled) return <span class="tag off">Switched off</span>;
  if (expires_at !== null && expires_at <= now) return <span class="tag off">Expired {formatDate(expires_at)}</span>;
  if (starts_at !== null && starts_at > now) return <span class="tag off">From {formatDate(starts_at)}</span>;
  return (
    <>
      {expires_at !== null && <span class="tag">Until {formatDate(expires_at)}</span>}
      {click_cap !== null && <span class="tag">At most {click_cap} clicks</span>}
    </>
  );
}
