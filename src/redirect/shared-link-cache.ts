/**
 * The tier between an isolate's memory and D1: the data center's cache (Cache API). It is free, we bound how stale it gets,
 * and it keeps links for the time when D1 is unavailable. Not KV: it may lag by 60 seconds and bills each read. Not Workers
 * Cache: it runs on the platform only, so that no test could cover it. Not D1 read replicas: their lag is not documented.
 * On workers.dev the Cache API does nothing, and every load goes to D1.
 */
import { logWarning } from "../lib/platform/log.ts";
import type { LinkTarget, LoadedLink } from "./link-target.ts";
import { SHARED_COPY_SECONDS } from "./link-times.ts";

const CACHE = "links";

/** A link that exists, as the cache stores it. */
export interface SharedLink extends LoadedLink {
  link: LinkTarget;
}

/** Reads a link, null if the cache has none. A cache that fails is treated as empty. */
export async function readSharedLink(host: string, slug: string): Promise<SharedLink | null> {
  try {
    const found = await (await caches.open(CACHE)).match(cacheKeyOf(host, slug));
    if (found === undefined) return null;
    const copy = await found.json<SharedLink>();
    return { ...copy, link: { ...copy.link, shop: copy.link.shop ?? null } };
  } catch (error) {
    logWarning("shared_link_cache_not_read", { error });
    return null;
  }
}

/** Stores a link. Never rejects. */
export async function writeSharedLink(host: string, slug: string, link: SharedLink): Promise<void> {
  try {
    const headers = { "Cache-Control": `max-age=${SHARED_COPY_SECONDS}` };
    await (await caches.open(CACHE)).put(cacheKeyOf(host, slug), Response.json(link, { headers }));
  } catch (error) {
    logWarning("shared_link_cache_not_written", { error });
  }
}

/** Deletes a link from this data center's cache. */
export async function deleteSharedLink(host: string, slug: string): Promise<void> {
  await (await caches.open(CACHE)).delete(cacheKeyOf(host, slug));
}

function cacheKeyOf(host: string, slug: string): string {
  return `https://links.invalid/${encodeURIComponent(host)}/${slug}`;
}
