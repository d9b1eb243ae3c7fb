import { parse } from "hono/utils/cookie";
import { type Click, makeClickId } from "./click.ts";
import { readClickToken, signClickToken } from "./click-token.ts";
import { cookieName, makeCookie } from "./cookie.ts";
import { makeLocation, readSubIds } from "./destination.ts";
import { judgeClick } from "./judge.ts";
import type { LinkCache, LinkTarget } from "./link-cache.ts";
import { gonePage, methodNotAllowed, notFoundPage, prefetchRefusal, unavailablePage } from "./pages.ts";
import { slugOfPath } from "./slug.ts";

/** What the redirect is given by the wiring. */
export interface RedirectTools {
  cache: LinkCache;
  /** Reads a link from storage; throws while storage is away. */
  loadLink: (slug: string, now: number) => Promise<LinkTarget | null>;
  /** Keys for click tokens, newest first. */
  keys: readonly CryptoKey[];
  /** Takes the click; returns at once and never throws. */
  log: (click: Click) => void;
  /** Lets work go on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Milliseconds since the epoch. */
  now: number;
  /** Ten random bytes for the click id. */
  random: Uint8Array;
}

/** Answers `GET /:slug` and `HEAD /:slug`. A warm link waits for no storage. */
export async function redirect(request: Request, url: URL, tools: RedirectTools): Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return methodNotAllowed();
  const slug = slugOfPath(url.pathname);
  if (slug === null) return notFoundPage();
  const found = await findLink(slug, tools);
  if (found === "unavailable") return unavailablePage();
  return found === null ? notFoundPage() : follow(request, url, found, tools);
}

async function findLink(slug: string, tools: RedirectTools): Promise<LinkTarget | null | "unavailable"> {
  const { cache, now } = tools;
  const answer = cache.look(slug, now);
  if (answer.action === "serve") return answer.link;
  const load = async () => {
    const link = await tools.loadLink(slug, now);
    cache.keep(slug, link, now);
    return link;
  };
  if (answer.action === "refresh") {
    tools.waitUntil(load().catch((error) => console.warn("link refresh failed", slug, error)));
    return answer.link;
  }
  try {
    return await load();
  } catch (error) {
    console.warn("link load failed", slug, error);
    return answer.last_known ?? "unavailable";
  }
}

async function follow(request: Request, url: URL, link: LinkTarget, tools: RedirectTools): Promise<Response> {
  const { headers } = request;
  const { verdict, reason } = judgeClick({
    method: request.method,
    user_agent: headers.get("user-agent"),
    purpose: headers.get("sec-purpose") ?? headers.get("purpose") ?? headers.get("x-moz"),
    link_id: link.link_id,
    link_state: stateOfLink(link, tools.now),
    last_click: await readLastClick(headers.get("cookie"), link, tools.keys),
    now: tools.now,
  });
  const id = makeClickId(tools.now, tools.random);
  const query = url.search.slice(1);
  tools.log({
    id: id.toHex(),
    at: tools.now,
    link_id: link.link_id,
    verdict,
    reason,
    country: typeof request.cf?.country === "string" ? request.cf.country : null,
    referrer: hostOf(headers.get("referer")),
    subs: readSubIds(query),
  });
  switch (verdict) {
    case "expired":
    case "disabled":
      return link.fallback_url === null ? gonePage() : found(link.fallback_url, null);
    case "prefetch":
      return prefetchRefusal();
    case "bot":
    case "head":
    case "counted":
    case "duplicate": {
      // A bot gets a token too: who is taken for one by mistake and buys still has a click to be credited by.
      const key = tools.keys[0];
      const token = key === undefined ? null : await signClickToken(key, { id, ...link });
      const location = makeLocation(link.destination, query, link.forward_query, token);
      const isPerson = verdict === "counted" || verdict === "duplicate";
      return found(location, token !== null && isPerson ? makeCookie(link, url.hostname, token) : null);
    }
  }
}

function stateOfLink(link: LinkTarget, now: number): "live" | "expired" | "disabled" {
  if (link.disabled) return "disabled";
  return link.expires_at !== null && link.expires_at <= now ? "expired" : "live";
}

async function readLastClick(cookies: string | null, link: LinkTarget, keys: readonly CryptoKey[]) {
  if (cookies === null) return null;
  const name = cookieName(link.program_slug);
  const token = parse(cookies, name)[name];
  const reading = token === undefined ? null : await readClickToken(keys, token);
  return reading?.ok && reading.claims.program_id === link.program_id ? reading.claims : null;
}

function hostOf(referrer: string | null): string | null {
  return referrer !== null && URL.canParse(referrer) ? new URL(referrer).hostname.slice(0, 253) || null : null;
}

function found(location: string, cookie: string | null): Response {
  const headers: Record<string, string> = { Location: location, "Cache-Control": "no-store" };
  if (cookie !== null) headers["Set-Cookie"] = cookie;
  return new Response(null, { status: 302, headers });
}
