/** The browsers' cap on a cookie's lifetime (RFC 6265bis, 5.5: 400 days); a cookie that never expires gets this. */
export const COOKIE_MAX_AGE_SECONDS = 34_560_000;

const SECONDS_PER_DAY = 86_400;

/** The last-click cookie's name. */
export function cookieName(programSlug: string): string {
  return `lc_${programSlug}`;
}

/** What a program can't be named: `lc_` and this name is, or may become, a cookie or parameter of ours. */
export const RESERVED_PROGRAM_NAMES: ReadonlySet<string> = new Set([
  "click",
  "consent",
  "seen",
  "self",
  "session",
  "zone",
]);

/** The name and value of each cookie of a header. A name can be in it several times: once per domain and path. */
export function listCookies(header: string): [name: string, value: string][] {
  return header.split(";").map((pair) => {
    const equals = pair.indexOf("=");
    return [pair.slice(0, Math.max(equals, 0)).trim(), pair.slice(equals + 1).trim()];
  });
}

/**
 * Makes the last-click cookie. `cookie_days` null never expires. `Domain` is set only if `host` is in it: browsers reject the
 * whole cookie otherwise.
 */
export function makeCookie(
  link: { program_slug: string; cookie_days: number | null; cookie_domain: string | null },
  host: string,
  token: string,
): string {
  const maxAge =
    link.cookie_days === null
      ? COOKIE_MAX_AGE_SECONDS
      : Math.min(link.cookie_days * SECONDS_PER_DAY, COOKIE_MAX_AGE_SECONDS);
  const inDomain =
    link.cookie_domain !== null && (host === link.cookie_domain || host.endsWith(`.${link.cookie_domain}`));
  const domain = inDomain ? `; Domain=${link.cookie_domain}` : "";
  return `${cookieName(link.program_slug)}=${token}; Max-Age=${maxAge}; Path=/${domain}; Secure; HttpOnly; SameSite=Lax`;
}
