/** A creative made ready for one affiliate: with the address of its own link. */
import { readDeepLink } from "../redirect/destination.ts";
import { DEEP_LINK_PARAMETER } from "../redirect/location.ts";
import type { DeepLinkRules, PromotedLink } from "../reports/creatives.ts";
import { addressOfLink } from "./new-link.ts";

/** Stands for the affiliate's own link in a merchant's text. */
const LINK = "{link}";

/**
 * The address of a link for a creative that should lead to `destination_url`: a deep link where the link may have one and
 * the redirect would follow it, else the link as it is. `origin` is the portal's own.
 */
export function addressForCreative(
  link: PromotedLink,
  destination_url: string | null,
  { origin, rules }: { origin: string; rules: DeepLinkRules },
): { address: string; leads_there: boolean } {
  const address = addressOfLink(link, origin);
  if (destination_url === null || destination_url === link.destination) return { address, leads_there: true };
  const canLead = link.deep_links && readDeepLink(destination_url, link.destination, rules) !== null;
  if (!canLead) return { address, leads_there: false };
  const url = new URL(address);
  url.searchParams.set(DEEP_LINK_PARAMETER, destination_url);
  return { address: url.href, leads_there: true };
}

/** A merchant's text with the affiliate's own link wherever it stands for it. */
export function fillText(text: string, address: string): string {
  // By a function: `$&` in an address is no pattern.
  return text.replaceAll(LINK, () => address);
}
