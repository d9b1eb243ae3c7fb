/** `Strict-Transport-Security`: half a year, without `includeSubDomains`: other services may run on subdomains of this host. */
export const TRANSPORT_SECURITY = "max-age=15552000";

const LOCAL_HOSTS: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a URL was requested without encryption, over a network. Browsers treat these hosts of the same machine as secure, so
 * that they are exempt. `hostname` is the URL's.
 */
export function isInsecure(url: string, hostname: string): boolean {
  return url.startsWith("http:") && !LOCAL_HOSTS.has(hostname);
}

/** Sends a request to the same URL over https, with its method and body. Not cached: a cached one would skip the click log. */
export function redirectToHttps(url: string): Response {
  const headers = { Location: `https:${url.slice("http:".length)}`, "Cache-Control": "no-store" };
  return new Response(null, { status: 308, headers });
}
