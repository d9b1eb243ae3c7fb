import style from "./error-page.css";
import type { Shop } from "./link-target.ts";

/** The pages for links without a destination. Static, without scripts or requests. `title` and `body` are HTML. */
function page(status: number, title: string, body: string, headers: Record<string, string> = {}): Response {
  const html = `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark"><title>${title}</title>
<style>${style}</style>
<h1>${title}</h1>${body}</html>`;
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

/** 404: the link was never created, hasn't started, or its URL was mistyped. */
export const notFoundPage = (shop: Shop | null) =>
  page(
    404,
    "This link does not exist",
    `<p>Check the URL, or ask the person who shared it with you.</p>${leadOn(shop)}`,
  );

/** 410: the link has ended, and its program has no fallback URL. */
export const gonePage = (shop: Shop | null) =>
  page(
    410,
    "This link is no longer in use",
    `<p>Ask the person who shared it with you for a new one.</p>${leadOn(shop)}`,
  );

/** 503: the link is not cached and D1 is unavailable. */
export const unavailablePage = () =>
  page(503, "One moment, please", '<p>This link is temporarily unavailable.</p><p><a href="">Try again</a></p>', {
    "Retry-After": "2",
  });

/** Where to go from a page that has no destination: the shop, as far as it is known. */
function leadOn(shop: Shop | null): string {
  if (shop === null) return "";
  const name = escapeHtml(shop.name);
  if (shop.url === null) return `<p>It belongs to ${name}.</p>`;
  return `<p><a href="${escapeHtml(shop.url)}">Go to ${name}</a></p>`;
}

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** 503 for a prefetch: the browser discards it and sends a new request when the visitor clicks. */
export const prefetchRefusal = () => new Response(null, { status: 503, headers: { "Cache-Control": "no-store" } });

/** 405: links support GET and HEAD only. */
export const methodNotAllowed = () =>
  new Response(null, { status: 405, headers: { Allow: "GET, HEAD", "Cache-Control": "no-store" } });
