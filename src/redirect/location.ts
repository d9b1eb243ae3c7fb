import { CLICK_PARAMETER } from "../links/destination.ts";
import { isSubId } from "../links/sub-ids.ts";

/** The parameter of a deep link. */
export const DEEP_LINK_PARAMETER = "to";
/** The query parameter, and the name of the cookie, that says that the visitor has agreed to cookies. */
export const CONSENT_NAME = "lc_consent";

const OWN_PARAMETERS: ReadonlySet<string> = new Set([CLICK_PARAMETER, DEEP_LINK_PARAMETER, CONSENT_NAME]);

/** Whether a query parameter of a link has a meaning of its own, so that no merchant's parameter can have its name. */
export function isOwnParameter(name: string): boolean {
  return OWN_PARAMETERS.has(name) || isSubId(name);
}

/** Parts that are added to a destination's query. */
export interface LocationParts {
  /** The request's query as sent, null if the link doesn't forward it. */
  query: string | null;
  /** The merchant's own referral parameter and the affiliate's username, null for none. */
  referral: { parameter: string; affiliate: string } | null;
  /** The click token, null for none. */
  token: string | null;
}

/**
 * Builds the URL to redirect the visitor to. The destination stays byte for byte; these go to the end of its query: the
 * visitor's own parameters (without sub-ids, our own parameters and those that the destination has), the referral, the click
 * token.
 */
export function makeLocation(destination: string, parts: LocationParts): string {
  const added = parts.query === null ? [] : listForwarded(parts.query, destination, parts.referral?.parameter ?? null);
  if (parts.referral !== null) {
    added.push(`${encodeURIComponent(parts.referral.parameter)}=${encodeURIComponent(parts.referral.affiliate)}`);
  }
  if (parts.token !== null) added.push(`${CLICK_PARAMETER}=${parts.token}`);
  if (added.length === 0) return destination;
  const hash = destination.indexOf("#");
  const base = hash === -1 ? destination : destination.slice(0, hash);
  const fragment = hash === -1 ? "" : destination.slice(hash);
  const separator = !base.includes("?") ? "?" : base.endsWith("?") || base.endsWith("&") ? "" : "&";
  return `${base}${separator}${added.join("&")}${fragment}`;
}

/** The pairs of a query that are passed on, as they are written. */
function listForwarded(query: string, destination: string, referral: string | null): string[] {
  const present = new URL(destination).searchParams;
  return query.split("&").filter((pair) => {
    const [name] = new URLSearchParams(pair).keys();
    return name !== undefined && name !== referral && !isOwnParameter(name) && !present.has(name);
  });
}
