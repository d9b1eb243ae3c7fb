/** `Strict-Transport-Security`: half a year, without `includeSubDomains`: other services may run on subdomains of this host. */
export const TRANSPORT_SECURITY = "max-age=15552000";

const LOCAL_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a URL was requested without encryption, over a network. Hosts of the same machine are exempt: browsers treat them as
 * secure, also names below `localhost` (RFC 6761, 6.3). `hostname` is the URL's.
 */
export function isInsecure(url: string, hostname: string): boolean {
  return url.startsWith("http:") && !LOCAL_HOSTS.has(hostname) && !hostname.endsWith(".localhost");
}

/** Sends a request to the same URL over https, with its method and body. Not cached: a cached one would skip the click log. */
export function redirectToHttps(url: string): Response {
  const headers = { Location: `https:${url.slice("http:".length)}`, "Cache-Control": "no-store" };
  return new Response(null, { status: 308, headers });
}
