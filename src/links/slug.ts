/** First path segments that are never slugs; everything else on a redirect host is one. */
export const RESERVED_SEGMENTS: ReadonlySet<string> = new Set([
  "v1",
  "api",
  "app",
  "admin",
  "docs",
  "healthz",
  "robots.txt",
  "favicon.ico",
  ".well-known",
  "lc.js",
]);

/** 1–64 of `a-z0-9-_`, in lower case: slugs are case-insensitive. */
const SLUG_PATTERN = /^[a-z0-9_-]{1,64}$/;

/** A new slug: it doesn't end in `-` or `_`, which apps leave out of a link that they find in a text. Imported ones may. */
export const NEW_SLUG_PATTERN = /^[a-z0-9_-]{0,63}[a-z0-9]$/;

/** The alphabet of generated slugs, without characters that look alike (0 o, 1 l i). */
export const SLUG_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

/** The first segment of a path, as written. */
export function firstSegment(path: string): string {
  const end = path.indexOf("/", 1);
  return end === -1 ? path.slice(1) : path.slice(1, end);
}

/** The slug of a path, null if it isn't a valid one. One trailing slash is ignored. */
export function slugOfPath(path: string): string | null {
  return toSlug(path.endsWith("/") ? path.slice(1, -1) : path.slice(1));
}

function toSlug(text: string): string | null {
  const slug = text.toLowerCase();
  return SLUG_PATTERN.test(slug) && !RESERVED_SEGMENTS.has(slug) ? slug : null;
}

/** Where a query begins that was joined with `&`, or with an encoded `?`, `&` or `#`. */
const QUERY_START = /&(?:amp;)?|%3f|%26|%23/i;
/** Characters that can't be seen: zero-width ones, soft hyphens, text directions, controls. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Variation_Selector}]/gu;
/** Punctuation, symbols and spaces at the end, except those that a slug can have. */
const APPENDED = /[^\p{L}\p{M}\p{N}_-]+$/u;
/** A slug and a few appended characters. Longer texts aren't slugs, and the patterns' cost grows with the length. */
const REPAIR_MAX_CHARACTERS = 128;

/**
 * Finds the slug in a path that isn't one as it is: percent-encoded, with characters that chat apps append, or with a query
 * that was joined with `&`. `query` is that query, encoded as in a URL; empty if there is none. Null if there is no slug.
 */
export function repairPath(path: string): { slug: string; query: string } | null {
  const start = QUERY_START.exec(path);
  const text = decode(start === null ? path.slice(1) : path.slice(1, start.index));
  if (text === null || text.length > REPAIR_MAX_CHARACTERS) return null;
  const slug = toSlug(text.replaceAll(INVISIBLE, "").trimStart().replace(APPENDED, ""));
  if (slug === null) return null;
  return { slug, query: start === null ? "" : readJoinedQuery(start[0], path.slice(start.index + start[0].length)) };
}

/** If the `?` was encoded, so was everything after it. */
function readJoinedQuery(separator: string, rest: string): string {
  if (separator === "%23") return "";
  const query = separator.startsWith("%") ? decode(rest) : rest.replaceAll("&amp;", "&");
  // Parsing it again encodes what decoding may have revealed, such as line breaks.
  return query === null ? "" : (URL.parse(`?${query}`, "https://query.invalid")?.search.slice(1) ?? "");
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
