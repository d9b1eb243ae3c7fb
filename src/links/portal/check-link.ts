/** What happens to a link as it is written somewhere: where a visitor lands, and what is lost on the way. */
import { CLICK_PARAMETER } from "../destination.ts";
import { repairPath, slugOfPath } from "../slug.ts";
import { isSubId } from "../sub-ids.ts";

/** A URL as the affiliate entered it, reduced to the link that it names. */
export type PastedLink =
  | { ok: true; host: string; slug: string; search: string; is_repaired: boolean }
  | { ok: false; reason: "not_a_url" | "no_slug" };

/** Longer texts aren't links. */
const URL_MAX_CHARACTERS = 2_048;

/** Reads a pasted URL, as the redirect would. */
export function readPastedLink(text: string): PastedLink {
  const typed = text.trim();
  const url =
    typed.length > URL_MAX_CHARACTERS ? null : URL.parse(/^https?:/i.test(typed) ? typed : `https://${typed}`);
  if (url === null) return { ok: false, reason: "not_a_url" };
  const slug = slugOfPath(url.pathname);
  if (slug !== null) return { ok: true, host: url.host, slug, search: url.search, is_repaired: false };
  const repaired = repairPath(url.pathname);
  if (repaired === null) return { ok: false, reason: "no_slug" };
  const search = [repaired.query, url.search.slice(1)].filter(Boolean).join("&");
  return { ok: true, host: url.host, slug: repaired.slug, search: search && `?${search}`, is_repaired: true };
}

/** How the redirect answered. */
export interface Followed {
  status: number;
  /** Null if the visitor stays on an error page. */
  location: string | null;
  verdict: string | null;
}

/** What becomes of the parameters of a pasted link. */
export interface Parameters {
  /** Sub-IDs, which reports show. */
  recorded: string[];
  /** Parameters that the landing page gets. */
  forwarded: string[];
  /** Parameters that nobody gets. */
  lost: string[];
}

/** Sorts the parameters of a pasted link by what becomes of them. `landing` is the URL of the landing page. */
export function sortParameters(search: string, landing: string | null): Parameters {
  const landed = URL.parse(landing ?? "")?.searchParams ?? new URLSearchParams();
  const names = [...new Set(new URLSearchParams(search).keys())].filter((name) => name !== CLICK_PARAMETER);
  const recorded = names.filter(isSubId);
  const others = names.filter((name) => !isSubId(name));
  return {
    recorded,
    forwarded: others.filter((name) => landed.has(name)),
    lost: others.filter((name) => !landed.has(name)),
  };
}

/** A landing page's URL without the click token, which is of use only to a real click. */
export function withoutToken(landing: string): string {
  return landing.replace(new RegExp(`([?&])${CLICK_PARAMETER}=[^&#]*(&?)`), (_, before: string, after: string) =>
    after === "" ? "" : before,
  );
}
