import { withTimeout } from "../lib/platform/with-timeout.ts";
import { slugOfPath } from "../links/slug.ts";
import type { Address } from "./address.ts";
import { methodNotAllowed, notFoundPage, unavailablePage } from "./error-pages.ts";
import { followLink } from "./follow-link.ts";
import type { CacheAnswer, LinkTarget } from "./link-cache.ts";
import type { RedirectTools } from "./redirect-tools.ts";

/**
 * How long a visitor waits for a link that nobody here knows, and for the newest state of one that is known: longer than the
 * shared cache waits for D1, so that its answer still counts.
 */
const COLD_PATIENCE_MS = 5_000;
const WARM_PATIENCE_MS = 1_500;

/** Answers `GET /:slug` and `HEAD /:slug`: at once where the link is warm, for a promise costs 5 µs. */
export function redirect(request: Request, address: Address, tools: RedirectTools): Response | Promise<Response> {
  if (request.method !== "GET" && request.method !== "HEAD") return methodNotAllowed();
  const slug = slugOfPath(address.path);
  if (slug === null) return notFoundPage();
  const known = tools.cache.look(address.host, slug, tools.now);
  const answer = (link: LinkTarget | null | "unavailable") => {
    if (link === "unavailable") return unavailablePage();
    return link === null ? notFoundPage() : followLink(request, address, link, tools);
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
    return await withTimeout(last_known === null ? COLD_PATIENCE_MS : WARM_PATIENCE_MS, loading);
  } catch (error) {
    fail(error);
    return last_known ?? "unavailable";
  }
}
