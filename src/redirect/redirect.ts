import { within } from "../within.ts";
import type { Click } from "./click.ts";
import { follow } from "./follow.ts";
import type { LinkCache, LinkTarget, LoadedLink } from "./link-cache.ts";
import { methodNotAllowed, notFoundPage, unavailablePage } from "./pages.ts";
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
  const link = await findLink(url.host, slug, tools);
  if (link === "unavailable") return unavailablePage();
  return link === null ? notFoundPage() : follow(request, url, link, tools);
}

async function findLink(host: string, slug: string, tools: RedirectTools): Promise<LinkTarget | null | "unavailable"> {
  const { cache, now } = tools;
  const answer = cache.look(host, slug, now);
  if (answer.action === "serve") return answer.link;
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
