/**
 * The tier between an isolate's memory and D1: the data centre's cache (Cache API). Free, bounded in staleness by us, and
 * a memory of links for the time when D1 is away. KV was not taken because it may be 60 seconds behind and costs a read
 * each time; Workers Cache because nothing outside the platform runs it, so that no test could; D1's replicas because
 * nobody says how far they lag. On workers.dev the Cache API does nothing, and every load goes to D1.
 */
import { withTimeout } from "../lib/platform/with-timeout.ts";
import { type LinkTarget, type LoadedLink, SHARED_FRESH_MS } from "./link-cache.ts";

const CACHE = "links";
/** How long a link is remembered for the time when D1 is away. */
const REMEMBERED_SECONDS = 86_400;
/**
 * Storage that takes longer is taken for away: soon where the link is remembered here, later where it is not. Both are well
 * over the way to D1 from the other side of the world, or an edit would never be heard there.
 */
const REMEMBERED_PATIENCE_MS = 1_000;
const UNKNOWN_PATIENCE_MS = 3_000;

interface Remembered extends LoadedLink {
  link: LinkTarget;
}

/** What {@link loadSharedLink} is given by the wiring. */
export interface SharedLinkTools {
  /** Milliseconds since the epoch. */
  now: number;
  /** Reads the link from storage; throws while storage is away. */
  load: () => Promise<LinkTarget | null>;
  /** The count of edits made through this isolate. */
  edits: () => number;
  /** Lets work go on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
}

/** Loads a link: from the data centre's cache while it is fresh, else from storage, else as last known here. */
export async function loadSharedLink(host: string, slug: string, tools: SharedLinkTools): Promise<LoadedLink> {
  const { now } = tools;
  const address = addressOf(host, slug);
  const remembered = await recall(address);
  if (remembered !== null && now - remembered.loaded_at < SHARED_FRESH_MS) return remembered;
  const edits = tools.edits();
  const loading = tools.load().then((link) => {
    // A slug that does not exist may be created at any moment, and what an edit has overtaken is not remembered.
    if (link !== null && tools.edits() === edits) tools.waitUntil(remember(address, { link, loaded_at: now }));
    return { link, loaded_at: now };
  });
  try {
    return await withTimeout(remembered === null ? UNKNOWN_PATIENCE_MS : REMEMBERED_PATIENCE_MS, loading);
  } catch (error) {
    if (remembered === null) throw error;
    tools.waitUntil(loading.catch(() => null));
    return remembered;
  }
}

/** Forgets a link here, so that its edit is effective at once in this data centre. */
export async function forgetSharedLink(host: string, slug: string): Promise<void> {
  await (await caches.open(CACHE)).delete(addressOf(host, slug));
}

function addressOf(host: string, slug: string): string {
  return `https://links.invalid/${encodeURIComponent(host)}/${slug}`;
}

/** A cache that fails is one that remembers nothing. */
async function recall(address: string): Promise<Remembered | null> {
  try {
    const found = await (await caches.open(CACHE)).match(address);
    return found === undefined ? null : await found.json<Remembered>();
  } catch (error) {
    console.warn("shared links not read", error);
    return null;
  }
}

async function remember(address: string, remembered: Remembered): Promise<void> {
  try {
    const headers = { "Cache-Control": `max-age=${REMEMBERED_SECONDS}` };
    await (await caches.open(CACHE)).put(address, Response.json(remembered, { headers }));
  } catch (error) {
    console.warn("shared link not kept", error);
  }
}
