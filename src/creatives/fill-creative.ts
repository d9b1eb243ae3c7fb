/** A creative made ready for one affiliate: with the address of its own link. */

import { type DestinationRules, readDeepLink } from "../links/destination.ts";
import { buildLinkUrl } from "../links/link-url.ts";
import { DEEP_LINK_PARAMETER } from "../redirect/location.ts";
import type { PromotedLink } from "./queries.ts";

/** Stands for the affiliate's own link in a merchant's text. */
export const LINK = "{link}";

/**
 * Why a link does not lead to the page that a creative is for: the programme's rules let no link lead there any more; or the
 * link allows no deep links and leads elsewhere, or elsewhere for some of its visitors.
 */
export type Miss = "against_rules" | "leads_elsewhere" | "leads_some_elsewhere";

/**
 * The address of a link for a creative that should lead to `destination_url`: the link as it is where that is where it
 * leads everybody, a deep link where it may have one and the redirect would follow it, which holds for all visitors. Else
 * the link as it is, and why it misses. `origin` is the portal's own.
 */
export function addressForCreative(
  link: PromotedLink,
  destination_url: string | null,
  { origin, rules }: { origin: string; rules: DestinationRules },
): { address: string; miss: Miss | null } {
  const address = buildLinkUrl(link, origin);
  if (destination_url === null) return { address, miss: null };
  const isItsOwn = destination_url === link.destination;
  if (isItsOwn && (link.targets ?? []).length === 0) return { address, miss: null };
  if (readDeepLink(destination_url, link.destination, rules) === null) return { address, miss: "against_rules" };
  if (!link.deep_links) return { address, miss: isItsOwn ? "leads_some_elsewhere" : "leads_elsewhere" };
  const url = new URL(address);
  url.searchParams.set(DEEP_LINK_PARAMETER, destination_url);
  return { address: url.href, miss: null };
}

/** A merchant's text with the affiliate's own link wherever it stands for it. */
export function fillText(text: string, address: string): string {
  // By a function: `$&` in an address is no pattern.
  return text.replaceAll(LINK, () => address);
}
