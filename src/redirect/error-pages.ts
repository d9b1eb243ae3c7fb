import style from "./error-page.css";

/** The pages of a link that leads nowhere. Static, without a script or a request to anyone. */
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

/** 404: nobody ever made this link, or its address was mistyped. */
export const notFoundPage = () =>
  page(404, "This link does not exist", "Check the address, or ask whoever gave it to you.");

/** 410: the link is over, and its programme names no page for what comes after. */
export const gonePage = () => page(410, "This link is no longer in use", "Ask whoever gave it to you for a new one.");

/** 503: the link is not in memory and storage does not answer; better no target than a wrong one. */
export const unavailablePage = () =>
  page(503, "One moment, please", "This link cannot be looked up right now. Please try again.", { "Retry-After": "2" });

/** 503 to a browser's prefetch, which throws it away and asks again when the person really clicks. */
export const prefetchRefusal = () => new Response(null, { status: 503, headers: { "Cache-Control": "no-store" } });

/** 405: a link is only ever followed. */
export const methodNotAllowed = () =>
  new Response(null, { status: 405, headers: { Allow: "GET, HEAD", "Cache-Control": "no-store" } });
