import style from "./error-page.css";

/** The pages for links without a destination. Static, without scripts or requests. */
function page(status: number, title: string, text: string, headers: Record<string, string> = {}): Response {
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>${title}</title>
<style>${style}</style>
<h1>${title}</h1><p>${text}</p></html>`;
  return new Response(html, {
    status,
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Cache-Control": "no-store",
      "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
      ...headers,
    },
  });
}

/** 404: the link was never created, or its URL was mistyped. */
export const notFoundPage = () =>
  page(404, "This link does not exist", "Check the URL, or ask the person who shared it with you.");

/** 410: the link has ended, and its program has no fallback URL. */
export const gonePage = () =>
  page(410, "This link is no longer in use", "Ask the person who shared it with you for a new one.");

/** 503: the link is not cached and D1 is unavailable. */
export const unavailablePage = () =>
  page(503, "One moment, please", "This link is temporarily unavailable. Please try again.", { "Retry-After": "2" });

/** 503 for a prefetch: the browser discards it and sends a new request when the visitor clicks. */
export const prefetchRefusal = () => new Response(null, { status: 503, headers: { "Cache-Control": "no-store" } });

/** 405: links support GET and HEAD only. */
export const methodNotAllowed = () =>
  new Response(null, { status: 405, headers: { Allow: "GET, HEAD", "Cache-Control": "no-store" } });
