/** Recognizes requests that come from the portal's own pages. */

/** Methods that change nothing. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request changes nothing, or comes from a page of its own origin. The content type doesn't matter: other sites can
 * send some types without asking, and a browser's bug or an extension may send any.
 */
export function isFromOwnPage(request: Pick<Request, "method" | "url" | "headers">): boolean {
  if (SAFE_METHODS.has(request.method)) return true;
  const { headers, url } = request;
  return headers.get("sec-fetch-site") === "same-origin" || headers.get("origin") === new URL(url).origin;
}
