/**
 * The tier between an isolate's memory and D1: the data centre's cache (Cache API). Free, bounded in staleness by us, and
 * a memory of links for the time when D1 is away. KV was not taken because it may be 60 seconds behind and costs a read
 * each time; Workers Cache because nothing outside the platform runs it, so that no test could; D1's replicas because
 * nobody says how far they lag. On workers.dev the Cache API does nothing, and every load goes to D1.
 */
import { within } from "../within.ts";
import { type LinkTarget, SHARED_FRESH_MS } from "./link-cache.ts";

/** How long a link is remembered for the time when D1 is away. */
const REMEMBERED_SECONDS = 86_400;
/** Storage that takes longer is taken for away. */
const STORAGE_TIMEOUT_MS = 3_000;

interface Remembered {
  link: LinkTarget;
  loaded_at: number;
}

/** Loads a link: from the data centre's cache while it is fresh, else from storage, else as last known here. */
export async function loadSharedLink(
  host: string,
  slug: string,
  now: number,
  load: () => Promise<LinkTarget | null>,
): Promise<LinkTarget | null> {
  const cache = await caches.open("links");
  const address = addressOf(host, slug);
  const remembered = await recall(cache, address);
  if (remembered !== null && now - remembered.loaded_at < SHARED_FRESH_MS) return remembered.link;
  try {
    const link = await within(STORAGE_TIMEOUT_MS, load());
    // A slug that does not exist may be created at any moment, so only links are remembered.
    if (link !== null) await cache.put(address, remember({ link, loaded_at: now }));
    return link;
  } catch (error) {
    if (remembered !== null) return remembered.link;
    throw error;
  }
}

/** Forgets a link here, so that its edit is effective at once in this data centre. */
export async function forgetSharedLink(host: string, slug: string): Promise<void> {
  await (await caches.open("links")).delete(addressOf(host, slug));
}

function addressOf(host: string, slug: string): string {
  return `https://links.invalid/${encodeURIComponent(host)}/${slug}`;
}

async function recall(cache: Cache, address: string): Promise<Remembered | null> {
  const found = await cache.match(address);
  return found === undefined ? null : found.json<Remembered>();
}

function remember(remembered: Remembered): Response {
  return Response.json(remembered, { headers: { "Cache-Control": `max-age=${REMEMBERED_SECONDS}` } });
}
