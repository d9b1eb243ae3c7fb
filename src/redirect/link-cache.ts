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
}

/** `serve`: use the link; `refresh`: use it and load it again in the background; `load`: load it before answering. */
export type CacheAnswer =
  | { action: "serve"; link: LinkTarget | null }
  | { action: "refresh"; link: LinkTarget }
  | { action: "load"; last_known: LinkTarget | null };

/**
 * The memory tier: links by host and slug. It stores values, never promises, so that no request waits for another's.
 * Bounded, misses included; the oldest entry leaves first.
 */
export class LinkCache {
  readonly #entries = new Map<string, Entry>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Finds a link and says what to do with it; only one caller gets `refresh`. */
  find(host: string, slug: string, now: number): CacheAnswer {
    const entry = this.#entries.get(keyOf(host, slug));
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
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const stale_until = now - loaded_at >= MEMORY_STALE_MS ? now + STALE_IF_ERROR_MS : 0;
    this.#entries.set(key, { link, loaded_at, refresh_started_at: 0, stale_until });
  }

  /** Serves the last known link for a short time, after a load that failed at `now`. */
  serveStale(host: string, slug: string, now: number): void {
    const entry = this.#entries.get(keyOf(host, slug));
    if (entry !== undefined) entry.stale_until = now + STALE_IF_ERROR_MS;
  }

  /** Removes a slug on all hosts. */
  forget(slug: string): void {
    for (const key of this.#entries.keys()) {
      if (key.endsWith(`/${slug}`)) this.#entries.delete(key);
    }
  }
}

function keyOf(host: string, slug: string): string {
  return `${host}/${slug}`;
}
