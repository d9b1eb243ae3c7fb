/** Puts an affiliate's link into a creative. */

import { type DestinationRules, readDeepLink } from "../links/destination.ts";
import { buildLinkUrl } from "../links/link-url.ts";
import { DEEP_LINK_PARAMETER } from "../redirect/location.ts";
import type { CreativeLink } from "./queries.ts";

/** The placeholder for the affiliate's link in a merchant's text. */
export const LINK = "{link}";

/**
 * Why a link doesn't lead to a creative's destination: the program's rules no longer allow that destination, or the link
 * doesn't allow deep links and leads elsewhere, for all visitors or for some.
 */
export type LinkMismatch = "against_rules" | "leads_elsewhere" | "leads_some_elsewhere";

/**
 * The URL of a link for a creative with the destination `destination_url`: the plain link if it leads there for everyone, or
 * a deep link if the link allows one and the redirect would follow it. Otherwise the plain link and the mismatch. `origin` is
 * the portal's.
 */
export function buildCreativeUrl(
  link: CreativeLink,
  destination_url: string | null,
  { origin, rules }: { origin: string; rules: DestinationRules },
): { url: string; mismatch: LinkMismatch | null } {
  const url = buildLinkUrl(link, origin);
  if (destination_url === null) return { url, mismatch: null };
  const isSame = destination_url === link.destination;
  if (isSame && (link.targets ?? []).length === 0) return { url, mismatch: null };
  if (readDeepLink(destination_url, link.destination, rules) === null) return { url, mismatch: "against_rules" };
  if (!link.deep_links) return { url, mismatch: isSame ? "leads_some_elsewhere" : "leads_elsewhere" };
  const deepLink = new URL(url);
  deepLink.searchParams.set(DEEP_LINK_PARAMETER, destination_url);
  return { url: deepLink.href, mismatch: null };
}

/** A merchant's text with the link in place of each placeholder. */
export function fillText(text: string, url: string): string {
  // A replacement function, since `$&` in a replacement string has a special meaning.
  return text.replaceAll(LINK, () => url);
}
