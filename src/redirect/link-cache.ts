/** What the redirect knows of a link; everything that it needs while D1 is away. */
export interface LinkTarget {
  link_id: number;
  program_id: number;
  affiliate_id: number;
  program_slug: string;
  destination: string;
  forward_query: boolean;
  disabled: boolean;
  /** Milliseconds since the epoch, null for never. */
  expires_at: number | null;
  fallback_url: string | null;
  cookie_domain: string | null;
  /** Null: never expires. */
  cookie_days: number | null;
}

/** Younger than this an entry is served as it is. */
const FRESH_MS = 15_000;
/** Older than this it is loaded again before it is served, so that an edit is effective everywhere within 30 seconds. */
const STALE_MS = 30_000;
/** A slug that did not exist may be created at any moment. */
const MISS_MS = 5_000;
/** A refresh that has not come back by then is thought lost with its request. */
const REFRESH_PATIENCE_MS = 5_000;

interface Entry {
  link: LinkTarget | null;
  loaded_at: number;
  refresh_started_at: number;
}

/** `serve`: use it; `refresh`: use it, and load it again behind the answer; `load`: load before answering. */
export type CacheAnswer =
  | { action: "serve"; link: LinkTarget | null }
  | { action: "refresh"; link: LinkTarget }
  | { action: "load"; last_known: LinkTarget | null };

/**
 * Links by slug, as values: no promise is kept, so that no request waits for another's. Bounded, misses included; what
 * was put first leaves first.
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

  /** Says what to do for a slug; a `refresh` is told to one caller only. */
  look(slug: string, now: number): CacheAnswer {
    const entry = this.#entries.get(slug);
    if (entry === undefined) return { action: "load", last_known: null };
    const age = now - entry.loaded_at;
    if (entry.link === null) {
      return age < MISS_MS ? { action: "serve", link: null } : { action: "load", last_known: null };
    }
    if (age >= STALE_MS) return { action: "load", last_known: entry.link };
    if (age < FRESH_MS || now - entry.refresh_started_at < REFRESH_PATIENCE_MS) {
      return { action: "serve", link: entry.link };
    }
    entry.refresh_started_at = now;
    return { action: "refresh", link: entry.link };
  }

  /** Keeps what storage said at `now`; null for a slug that does not exist. */
  keep(slug: string, link: LinkTarget | null, now: number): void {
    this.#entries.delete(slug);
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(slug, { link, loaded_at: now, refresh_started_at: 0 });
  }

  /** Forgets a slug, so that an edit made through this isolate is effective at once. */
  forget(slug: string): void {
    this.#entries.delete(slug);
  }
}
