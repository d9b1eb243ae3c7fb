import { within } from "../within.ts";
import type { Address } from "./address.ts";
import type { Click } from "./click.ts";
import { follow } from "./follow.ts";
import type { CacheAnswer, LinkCache, LinkTarget, LoadedLink } from "./link-cache.ts";
import { methodNotAllowed, notFoundPage, unavailablePage } from "./pages.ts";
import type { TokenKey } from "./signed-text.ts";
import { slugOfPath } from "./slug.ts";

/**
 * How long a visitor waits for a link that nobody here knows, and for the newest state of one that is known: longer than the
 * shared cache waits for D1, so that its answer still counts.
 */
const COLD_PATIENCE_MS = 5_000;
const WARM_PATIENCE_MS = 1_500;

/** What the redirect is given by the wiring. */
export interface RedirectTools {
  cache: LinkCache;
  /** Reads a link from storage, or as last known near here; throws while both are away. */
  loadLink: (host: string, slug: string, now: number) => Promise<LoadedLink>;
  /** Keys for click tokens, newest first. */
  keys: readonly TokenKey[];
  /** Takes the click; returns at once and never throws. */
  log: (click: Click) => void;
  /** Lets work go on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Milliseconds since the epoch. */
  now: number;
  /** Ten random bytes for the click id. */
  random: Uint8Array;
}

/** Answers `GET /:slug` and `HEAD /:slug`: at once where the link is warm, for a promise costs 5 µs. */
export function redirect(request: Request, address: Address, tools: RedirectTools): Response | Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return methodNotAllowed();
  const slug = slugOfPath(address.path);
  if (slug === null) return notFoundPage();
  const known = tools.cache.look(address.host, slug, tools.now);
  const answer = (link: LinkTarget | null | "unavailable") => {
    if (link === "unavailable") return unavailablePage();
    return link === null ? notFoundPage() : follow(request, address, link, tools);
  };
  return known.action === "serve" ? answer(known.link) : renewLink(known, address.host, slug, tools).then(answer);
}

async function renewLink(
  answer: Exclude<CacheAnswer, { action: "serve" }>,
  host: string,
  slug: string,
  tools: RedirectTools,
): Promise<LinkTarget | null | "unavailable"> {
  const { cache, now } = tools;
  const { edits } = cache;
  const load = async () => {
    const loaded = await tools.loadLink(host, slug, now);
    // What was read before an edit made here is not kept over it.
    if (cache.edits === edits) cache.keep(host, slug, loaded, now);
    return loaded.link;
  };
  const fail = (error: unknown) => {
    console.warn("link not loaded", host, slug, error);
    cache.bear(host, slug, now);
  };
  if (answer.action === "refresh") {
    tools.waitUntil(load().catch(fail));
    return answer.link;
  }
  const { last_known } = answer;
  const loading = load();
  // It goes on behind an answer that did not wait for it, or a slow storage would never be heard.
  tools.waitUntil(loading.catch(() => null));
  try {
    return await within(last_known === null ? COLD_PATIENCE_MS : WARM_PATIENCE_MS, loading);
  } catch (error) {
    fail(error);
    return last_known ?? "unavailable";
  }
}
