/** Why a URL cannot be a destination. */
export type DestinationError =
  | "not_a_url"
  | "too_long"
  | "control_characters_not_allowed"
  | "scheme_not_allowed"
  | "credentials_not_allowed"
  | "host_not_allowed"
  | "click_parameter_not_allowed"
  | "referral_parameter_not_allowed";

/** The longest URL that is stored: what browsers, mail programs and ad networks pass on whole. */
export const URL_MAX_CHARACTERS = 2_048;

/** A program's rules for the destinations of its links. */
export interface DestinationRules {
  /** In the form of {@link HOST_PATTERN}. */
  hosts: readonly string[];
  /** The merchant's own referral parameter, which only we may set; null for none. */
  reserved_parameter: string | null;
}

/** A host that a program can allow: letters, digits, dots and hyphens, with a port unless it is the default one. */
export const HOST_PATTERN = /^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/;

/** Placeholders of stored destinations, replaced at the redirect; never in the host. */
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
 * Parses and normalizes a destination by the URL standard: http or https, no credentials, no control characters, at most
 * {@link URL_MAX_CHARACTERS}, a host that the program allows, no parameter that only we may set. Placeholders stay readable.
 */
export function parseDestination(
  text: string,
  { hosts, reserved_parameter }: DestinationRules,
): { ok: true; url: string } | { ok: false; error: DestinationError } {
  // The URL standard drops tabs and line breaks silently, so the text shown would differ from the URL.
  if (/\p{Cc}/u.test(text)) return { ok: false, error: "control_characters_not_allowed" };
  if (text.length > URL_MAX_CHARACTERS) return { ok: false, error: "too_long" };
  if (!URL.canParse(text)) return { ok: false, error: "not_a_url" };
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return { ok: false, error: "scheme_not_allowed" };
  if (url.username !== "" || url.password !== "") return { ok: false, error: "credentials_not_allowed" };
  if (!HOST_PATTERN.test(url.host) || !hosts.includes(url.host)) return { ok: false, error: "host_not_allowed" };
  // The merchant's page would read another click's token, or an invalid one.
  if (url.searchParams.has(CLICK_PARAMETER)) return { ok: false, error: "click_parameter_not_allowed" };
  if (reserved_parameter !== null && url.searchParams.has(reserved_parameter)) {
    return { ok: false, error: "referral_parameter_not_allowed" };
  }
  const normalized = url.href.replaceAll(ENCODED_PLACEHOLDER, "{$1}");
  // Percent-encoding makes a URL longer.
  return normalized.length > URL_MAX_CHARACTERS ? { ok: false, error: "too_long" } : { ok: true, url: normalized };
}

/**
 * Resolves a deep link (`?to=/pricing`, or a full URL) against the link's own destination. Null if the program doesn't allow
 * the host, or if the URL has a parameter that only we may set.
 */
export function readDeepLink(to: string, destination: string, allowed: DestinationRules): string | null {
  if (/\p{Cc}/u.test(to) || !URL.canParse(to, destination)) return null;
  const { href } = new URL(to, destination);
  return parseDestination(href, allowed).ok ? href : null;
}

/** Replaces the placeholders of a stored destination, percent-encoded; unknown values are empty. */
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
