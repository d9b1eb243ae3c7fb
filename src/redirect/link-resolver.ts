import { logWarning } from "../lib/platform/log.ts";
import { withTimeout } from "../lib/platform/with-timeout.ts";
import { type CacheAnswer, LinkCache } from "./link-cache.ts";
import { loadLink, loadShop } from "./link-queries.ts";
import type { LinkTarget, LoadedLink, Shop } from "./link-target.ts";
import {
  D1_WAIT_WITH_COPY_MS,
  D1_WAIT_WITHOUT_COPY_MS,
  SHARED_FRESH_MS,
  STALE_LINK_WAIT_MS,
  UNKNOWN_LINK_WAIT_MS,
} from "./link-times.ts";
import { NetworkLimit } from "./network-limit-cache.ts";
import { deleteSharedLink, readSharedLink, writeSharedLink } from "./shared-link-cache.ts";

/** An isolate has 128 MB: thousands of ordinary links, and a second's worth of unknown slugs for five seconds. */
const MEMORY_CAPACITY = { bytes: 16_000_000, misses: 5_000 };

/** Unknown slugs of one network for which D1 is asked. A person mistypes a few; a shared office a few more. */
const MISSES_OF_NETWORK = { burst: 60, per_minute: 30 };
/** The same for all networks together, for a flood from many of them. D1 answers about a thousand queries a second. */
const MISSES_OF_ALL = { burst: 1_000, per_minute: 6_000 };
/** The key under which all networks are counted together. */
const ALL = "";

/** A deployment has few hosts. */
const SHOPS_CAPACITY = 100;
/** How long a shop is cached, also that a host has none, so that unknown slugs cost D1 no second query. */
const SHOP_FRESH_MS = 60_000;
const SHOP_WAIT_MS = 1_000;

/** What a lookup needs from its request. */
export interface LinkContext {
  db: D1Database;
  execution: Pick<ExecutionContext, "waitUntil">;
  /** Milliseconds since the epoch. */
  now: number;
  /** The visitor's network, null if it isn't known. */
  network: string | null;
}

/** A link; null if there is none; `unavailable` if it isn't cached and D1 doesn't answer, or isn't asked during a flood. */
export type ResolvedLink = LinkTarget | null | "unavailable";

/** The part of a resolver that code that edits links needs. */
export type LinkForgetter = Pick<LinkResolver, "forget">;

/** Finds links for redirects: in this isolate's memory, then in the data center's cache, then in D1. */
export class LinkResolver {
  readonly #memory = new LinkCache(MEMORY_CAPACITY);
  readonly #missesOfNetworks = new NetworkLimit(MISSES_OF_NETWORK);
  readonly #missesOfAll = new NetworkLimit(MISSES_OF_ALL);
  readonly #shops = new Map<string, { shop: Shop | null; loaded_at: number }>();
  readonly #loadLink: typeof loadLink;
  /** Edits made through this isolate. A load that began before an edit must not be cached after it. */
  #edits = 0;

  /** `load` reads a link from D1 and throws if D1 is unavailable; tests pass their own. */
  constructor(load: typeof loadLink = loadLink) {
    this.#loadLink = load;
  }

  /**
   * Resolves a link. Returns without a promise if the link is warm, because a promise costs 5 µs. While D1 is unavailable
   * the last known link is returned. Never rejects.
   */
  resolve(host: string, slug: string, context: LinkContext): ResolvedLink | Promise<ResolvedLink> {
    const cached = this.#memory.find(host, slug, context.now);
    return cached.action === "serve" ? cached.link : this.#renew(cached, host, slug, context);
  }

  /** The shop of a host that is a program's own, for error pages; null for any other host, or if D1 doesn't answer soon. */
  async findShop(host: string, { db, now }: LinkContext): Promise<Shop | null> {
    const known = this.#shops.get(host);
    if (known !== undefined && now - known.loaded_at < SHOP_FRESH_MS) return known.shop;
    const shop = await withTimeout(SHOP_WAIT_MS, loadShop(db, host)).catch(() => known?.shop ?? null);
    if (this.#shops.size >= SHOPS_CAPACITY) this.#shops.clear();
    this.#shops.set(host, { shop, loaded_at: now });
    return shop;
  }

  /**
   * Removes a link from the caches of this isolate and data center, so that an edit takes effect here at once; elsewhere it
   * takes up to 30 seconds. `hosts` are the hosts under which this data center may have cached the link.
   */
  async forget(hosts: readonly string[], slug: string): Promise<void> {
    this.#edits += 1;
    this.#memory.forget(slug);
    await Promise.all(hosts.map((host) => deleteSharedLink(host, slug)));
  }

  async #renew(
    cached: Exclude<CacheAnswer, { action: "serve" }>,
    host: string,
    slug: string,
    context: LinkContext,
  ): Promise<ResolvedLink> {
    const fail = (error: unknown) => {
      logWarning("link_not_loaded", { error });
      this.#memory.serveStale(host, slug, context.now);
    };
    const isKnown = cached.action === "refresh" || cached.last_known !== null;
    const loading = this.#load(host, slug, context, isKnown);
    if (cached.action === "refresh") {
      context.execution.waitUntil(loading.catch(fail));
      return cached.link;
    }
    // The load continues after a response that didn't wait for it: otherwise a slow D1 would never fill the caches.
    context.execution.waitUntil(loading.catch(() => null));
    const { last_known } = cached;
    try {
      return await withTimeout(last_known === null ? UNKNOWN_LINK_WAIT_MS : STALE_LINK_WAIT_MS, loading);
    } catch (error) {
      fail(error);
      return last_known ?? "unavailable";
    }
  }

  /** Whether so many unknown slugs have been asked for that D1 isn't asked for another one. */
  #isFlooded({ network, now }: LinkContext): boolean {
    return this.#missesOfAll.isSpent(ALL, now) || (network !== null && this.#missesOfNetworks.isSpent(network, now));
  }

  #countMiss({ network, now }: LinkContext): void {
    this.#missesOfAll.take(ALL, now);
    if (network !== null) this.#missesOfNetworks.take(network, now);
  }

  /**
   * Loads a link from the data center's cache or D1 into the caches. Throws if neither has an answer in time. A link that is
   * known to exist is loaded during a flood too.
   */
  async #load(host: string, slug: string, context: LinkContext, isKnown: boolean): Promise<ResolvedLink> {
    const { db, execution, now } = context;
    const edits = this.#edits;
    const store = (loaded: LoadedLink, source: "shared" | "d1") => {
      if (this.#edits !== edits) return loaded.link;
      this.#memory.put(host, slug, loaded, now);
      const { link, loaded_at } = loaded;
      // Misses stay in memory: a missing link may be created at any moment.
      if (source === "d1" && link !== null) execution.waitUntil(writeSharedLink(host, slug, { link, loaded_at }));
      return link;
    };
    const copy = await readSharedLink(host, slug);
    if (copy !== null && now - copy.loaded_at < SHARED_FRESH_MS) return store(copy, "shared");
    if (copy === null && !isKnown && this.#isFlooded(context)) return "unavailable";
    const reading = this.#loadLink(db, host, slug, now).then((link) => {
      if (link === null) this.#countMiss(context);
      return store({ link, loaded_at: now }, "d1");
    });
    try {
      return await withTimeout(copy === null ? D1_WAIT_WITHOUT_COPY_MS : D1_WAIT_WITH_COPY_MS, reading);
    } catch (error) {
      execution.waitUntil(reading.catch(() => null));
      if (copy === null) throw error;
      return store(copy, "shared");
    }
  }
}
