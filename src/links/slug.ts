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
export const SLUG_PATTERN = /^[a-z0-9_-]{1,64}$/;

/** The alphabet of generated slugs, without characters that look alike (0 o, 1 l i). */
export const SLUG_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz";

/** The first segment of a path, as written. */
export function firstSegment(path: string): string {
  const end = path.indexOf("/", 1);
  return end === -1 ? path.slice(1) : path.slice(1, end);
}

/** The slug of a path, null if it isn't a valid one. One trailing slash is ignored. */
export function slugOfPath(path: string): string | null {
  const slug = (path.endsWith("/") ? path.slice(1, -1) : path.slice(1)).toLowerCase();
  return SLUG_PATTERN.test(slug) && !RESERVED_SEGMENTS.has(slug) ? slug : null;
}
