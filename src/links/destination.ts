/** Why a URL cannot be a destination. */
export type DestinationError =
  | "not_a_url"
  | "control_characters_not_allowed"
  | "scheme_not_allowed"
  | "credentials_not_allowed"
  | "host_not_allowed"
  | "click_parameter_not_allowed";

/** By what a programme judges where its links lead. */
export interface DestinationRules {
  /** As {@link HOST_PATTERN} has them. */
  hosts: readonly string[];
  /** The merchant's own parameter that says who brought a visitor, ours to set; null for none. */
  reserved_parameter: string | null;
}

/** A host as a programme allows it: letters, digits, dots and hyphens, with its port where that is not the default one. */
export const HOST_PATTERN = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

/** What a stored destination may name; filled in at the redirect, never in the host. */
export const PLACEHOLDERS = [
  "click_id",
  "sub1",
  "sub2",
  "sub3",
  "sub4",
  "sub5",
  "affiliate",
  "channel",
  "country",
] as const;

export type PlaceholderValues = Record<(typeof PLACEHOLDERS)[number], string | null>;

const PLACEHOLDER = new RegExp(`\\{(${PLACEHOLDERS.join("|")})\\}`, "g");
// The URL standard encodes braces in paths.
const ENCODED_PLACEHOLDER = new RegExp(`%7B(${PLACEHOLDERS.join("|")})%7D`, "g");

/**
 * A destination, parsed once by the URL standard and normalised: http or https, no credentials, no control characters, a
 * host on the programme's list. Placeholders stay readable.
 */
export function parseDestination(
  text: string,
  allowedHosts: readonly string[],
): { ok: true; url: string } | { ok: false; error: DestinationError } {
  // The URL standard drops tabs and line ends silently: what is shown would not be where it leads.
  if (/\p{Cc}/u.test(text)) return { ok: false, error: "control_characters_not_allowed" };
  if (!URL.canParse(text)) return { ok: false, error: "not_a_url" };
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return { ok: false, error: "scheme_not_allowed" };
  if (url.username !== "" || url.password !== "") return { ok: false, error: "credentials_not_allowed" };
  if (!HOST_PATTERN.test(url.host) || !allowedHosts.includes(url.host)) return { ok: false, error: "host_not_allowed" };
  // The merchant's page would read somebody else's click, or none.
  if (url.searchParams.has(CLICK_PARAMETER)) return { ok: false, error: "click_parameter_not_allowed" };
  return { ok: true, url: url.href.replaceAll(ENCODED_PLACEHOLDER, "{$1}") };
}

/**
 * Where a deep link (`?to=/pricing`, or a full URL) leads: resolved against where the link itself leads, and only to a host
 * that the programme allows. Null for anything else, and for one that brings a parameter that is ours to set.
 */
export function readDeepLink(to: string, destination: string, allowed: DestinationRules): string | null {
  if (/\p{Cc}/u.test(to) || !URL.canParse(to, destination)) return null;
  const url = new URL(to, destination);
  if (!parseDestination(url.href, allowed.hosts).ok) return null;
  const { reserved_parameter } = allowed;
  return reserved_parameter !== null && url.searchParams.has(reserved_parameter) ? null : url.href;
}

/** A stored destination with its placeholders filled, percent-encoded; what is not known is left empty. */
export function fillDestination(destination: string, values: PlaceholderValues): string {
  if (!destination.includes("{")) return destination;
  const pathStart = destination.indexOf("/", "https://".length);
  const origin = destination.slice(0, pathStart);
  const rest = destination
    .slice(pathStart)
    .replaceAll(PLACEHOLDER, (_, name: keyof PlaceholderValues) => encodeURIComponent(values[name] ?? ""));
  return origin + rest;
}

/** The parameter that carries the click token on the landing page's URL. */
export const CLICK_PARAMETER = "lc_click";
