/** The parameter that carries the click token on the landing page's URL. */
export const CLICK_PARAMETER = "lc_click";

/** Spellings of the five sub-ids in the trade: ours, Everflow's and TUNE's. */
const SUB_ID_NAMES = new Map<string, number>(
  [1, 2, 3, 4, 5].flatMap((n) => [
    [`sub${n}`, n - 1],
    [`s${n}`, n - 1],
    [n === 1 ? "aff_sub" : `aff_sub${n}`, n - 1],
  ]),
);
SUB_ID_NAMES.set("subid", 0);

const SUB_ID_MAX_CHARACTERS = 100;

/** sub1..sub5 of a query string without trailing nulls, null where it has none. The first spelling of one wins. */
export function readSubIds(query: string): (string | null)[] | null {
  if (query === "") return null;
  const subs: (string | null)[] = [];
  for (const [name, value] of new URLSearchParams(query)) {
    const place = SUB_ID_NAMES.get(name.toLowerCase());
    if (place === undefined || value === "" || typeof subs[place] === "string") continue;
    while (subs.length < place) subs.push(null);
    subs[place] = value.slice(0, SUB_ID_MAX_CHARACTERS);
  }
  return subs.length > 0 ? subs : null;
}

/**
 * The URL to send the visitor to. The stored destination's own bytes stay as they are; what is added goes to the end of
 * its query: the visitor's own parameters where `forward_query` asks for them (never sub-ids, never a click token), and
 * the click token, null for none.
 */
export function makeLocation(destination: string, query: string, forwardQuery: boolean, token: string | null): string {
  const added = forwardQuery ? query.split("&").filter(isForwarded) : [];
  if (token !== null) added.push(`${CLICK_PARAMETER}=${token}`);
  if (added.length === 0) return destination;
  const hash = destination.indexOf("#");
  const base = hash === -1 ? destination : destination.slice(0, hash);
  const fragment = hash === -1 ? "" : destination.slice(hash);
  const separator = !base.includes("?") ? "?" : base.endsWith("?") || base.endsWith("&") ? "" : "&";
  return `${base}${separator}${added.join("&")}${fragment}`;
}

function isForwarded(pair: string): boolean {
  if (pair === "") return false;
  const [name] = new URLSearchParams(pair).keys();
  return name !== undefined && !SUB_ID_NAMES.has(name.toLowerCase()) && name !== CLICK_PARAMETER;
}

/** Why a URL cannot be a destination. */
export type DestinationError = "not_a_url" | "scheme_not_allowed" | "credentials_not_allowed" | "host_not_allowed";

/** A destination, parsed once by the URL standard and normalised: http or https, no credentials, a host on the programme's list. */
export function parseDestination(
  text: string,
  allowedHosts: readonly string[],
): { ok: true; url: string } | { ok: false; error: DestinationError } {
  if (!URL.canParse(text)) return { ok: false, error: "not_a_url" };
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return { ok: false, error: "scheme_not_allowed" };
  if (url.username !== "" || url.password !== "") return { ok: false, error: "credentials_not_allowed" };
  if (!allowedHosts.includes(url.host)) return { ok: false, error: "host_not_allowed" };
  return { ok: true, url: url.href };
}
