import type { LinkTarget, LoadedLink } from "./link-target.ts";
import {
  MEMORY_FRESH_MS,
  MEMORY_STALE_MS,
  MISS_FRESH_MS,
  REFRESH_TIMEOUT_MS,
  STALE_IF_ERROR_MS,
} from "./link-times.ts";

interface Entry extends LoadedLink {
  refresh_started_at: number;
  /** Until then the entry is served however old it is, because a load has failed. */
  stale_until: number;
  /** About what the link takes in memory. */
  bytes: number;
}

/** What the cache holds at most: bytes of links, and misses. */
export interface CacheCapacity {
  bytes: number;
  misses: number;
}

/** `serve`: use the link; `refresh`: use it and load it again in the background; `load`: load it before answering. */
export type CacheAnswer =
  | { action: "serve"; link: LinkTarget | null }
  | { action: "refresh"; link: LinkTarget }
  | { action: "load"; last_known: LinkTarget | null };

/**
 * The memory tier: links by host and slug. It stores values, never promises, so that no request waits for another's. Bounded;
 * the entry that was loaded longest ago leaves first. Misses are bounded apart, so that unknown slugs push out no link.
 */
export class LinkCache {
  readonly #links = new Map<string, Entry>();
  readonly #misses = new Map<string, Entry>();
  readonly #capacity: CacheCapacity;
  /** Of all links together. */
  #bytes = 0;

  constructor(capacity: CacheCapacity) {
    this.#capacity = capacity;
  }

  get size(): { links: number; misses: number; bytes: number } {
    return { links: this.#links.size, misses: this.#misses.size, bytes: this.#bytes };
  }

  /** Finds a link and says what to do with it; only one caller gets `refresh`. */
  find(host: string, slug: string, now: number): CacheAnswer {
    const key = keyOf(host, slug);
    const entry = this.#links.get(key) ?? this.#misses.get(key);
    if (entry === undefined) return { action: "load", last_known: null };
    const age = now - entry.loaded_at;
    if (entry.link === null) {
      return age < MISS_FRESH_MS ? { action: "serve", link: null } : { action: "load", last_known: null };
    }
    if (now < entry.stale_until) return { action: "serve", link: entry.link };
    if (age >= MEMORY_STALE_MS) return { action: "load", last_known: entry.link };
    if (age < MEMORY_FRESH_MS || now - entry.refresh_started_at < REFRESH_TIMEOUT_MS) {
      return { action: "serve", link: entry.link };
    }
    entry.refresh_started_at = now;
    return { action: "refresh", link: entry.link };
  }

  /** Stores a loaded link. One that is stale already, because D1 is unavailable, is served for a short time only. */
  put(host: string, slug: string, { link, loaded_at }: LoadedLink, now: number): void {
    const key = keyOf(host, slug);
    this.#delete(key);
    const stale_until = now - loaded_at >= MEMORY_STALE_MS ? now + STALE_IF_ERROR_MS : 0;
    const entry = { link, loaded_at, refresh_started_at: 0, stale_until, bytes: link === null ? 0 : bytesOf(link) };
    this.#bytes += entry.bytes;
    const entries = link === null ? this.#misses : this.#links;
    entries.set(key, entry);
    while (this.#misses.size > this.#capacity.misses) this.#deleteOldest(this.#misses);
    while (this.#bytes > this.#capacity.bytes && this.#links.size > 1) this.#deleteOldest(this.#links);
  }

  #deleteOldest(entries: Map<string, Entry>): void {
    const oldest = entries.keys().next().value;
    if (oldest !== undefined) this.#delete(oldest);
  }

  #delete(key: string): void {
    this.#bytes -= this.#links.get(key)?.bytes ?? 0;
    this.#links.delete(key);
    this.#misses.delete(key);
  }

  /** Serves the last known link for a short time, after a load that failed at `now`. */
  serveStale(host: string, slug: string, now: number): void {
    const entry = this.#links.get(keyOf(host, slug));
    if (entry !== undefined) entry.stale_until = now + STALE_IF_ERROR_MS;
  }

  /** Removes a slug on all hosts. */
  forget(slug: string): void {
    for (const key of [...this.#links.keys(), ...this.#misses.keys()]) {
      if (key.endsWith(`/${slug}`)) this.#delete(key);
    }
  }
}

/** What an entry takes besides its texts: objects, numbers and its key. */
const ENTRY_BYTES = 500;
const BYTES_PER_CHARACTER = 2;

function bytesOf(link: LinkTarget): number {
  return ENTRY_BYTES + BYTES_PER_CHARACTER * JSON.stringify(link).length;
}

function keyOf(host: string, slug: string): string {
  return `${host}/${slug}`;
}
