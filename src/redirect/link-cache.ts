import type { Target } from "../links/choose-destination.ts";
import type { CookieMode } from "./consent.ts";

/** What the redirect knows of a link and its programme; everything that it needs while D1 is away. Times in ms. */
export interface LinkTarget {
  link_id: number;
  program_id: number;
  affiliate_id: number;
  program_slug: string;
  /** Username. */
  affiliate: string;
  channel: string | null;
  destination: string;
  targets: Target[] | null;
  forward_query: boolean;
  deep_links: boolean;
  destination_hosts: string[];
  referral_parameter: string | null;
  disabled: boolean;
  starts_at: number | null;
  expires_at: number | null;
  is_capped: boolean;
  fallback_url: string | null;
  cookie_mode: CookieMode;
  cookie_domain: string | null;
  /** Null: never expires. */
  cookie_days: number | null;
  is_reward: boolean;
  /** Today's key for visitors' hashes, in hex. */
  visitor_key: string;
}

/** A link, null for none, and when storage said so, in ms. */
export interface LoadedLink {
  link: LinkTarget | null;
  loaded_at: number;
}

/** Younger than this an entry is served as it is. */
const FRESH_MS = 10_000;
/** Older than this it is loaded again before it is served, so that an edit is effective everywhere within 30 seconds. */
const STALE_MS = 20_000;
/** How old what the data centre's cache holds may be; see `shared-links.ts`. */
export const SHARED_FRESH_MS = 10_000;
/** A slug that did not exist may be created at any moment. */
const MISS_MS = 5_000;
/** A refresh that has not come back by then is thought lost with its request. */
const REFRESH_PATIENCE_MS = 5_000;
/** While storage fails, a warm link is served as last known, and storage asked again this often. */
const RETRY_MS = 2_000;

interface Entry extends LoadedLink {
  refresh_started_at: number;
  /** Until then the entry is served however old it is. */
  borne_until: number;
}

/** `serve`: use it; `refresh`: use it, and load it again behind the answer; `load`: load before answering. */
export type CacheAnswer =
  | { action: "serve"; link: LinkTarget | null }
  | { action: "refresh"; link: LinkTarget }
  | { action: "load"; last_known: LinkTarget | null };

/**
 * Links by host and slug, as values: no promise is kept, so that no request waits for another's. Bounded, misses included;
 * what was put first leaves first.
 */
export class LinkCache {
  readonly #entries = new Map<string, Entry>();
  readonly #capacity: number;
  /** Counts the edits made through this isolate, so that a load that began before one can be told. */
  edits = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Says what to do for a link; a `refresh` is told to one caller only. */
  look(host: string, slug: string, now: number): CacheAnswer {
    const entry = this.#entries.get(keyOf(host, slug));
    if (entry === undefined) return { action: "load", last_known: null };
    const age = now - entry.loaded_at;
    if (entry.link === null) {
      return age < MISS_MS ? { action: "serve", link: null } : { action: "load", last_known: null };
    }
    if (now < entry.borne_until) return { action: "serve", link: entry.link };
    if (age >= STALE_MS) return { action: "load", last_known: entry.link };
    if (age < FRESH_MS || now - entry.refresh_started_at < REFRESH_PATIENCE_MS) {
      return { action: "serve", link: entry.link };
    }
    entry.refresh_started_at = now;
    return { action: "refresh", link: entry.link };
  }

  /** Keeps what storage said. It is as old as it is, however it came: what is stale already is only borne with for a while. */
  keep(host: string, slug: string, { link, loaded_at }: LoadedLink, now: number): void {
    const key = keyOf(host, slug);
    this.#entries.delete(key);
    if (this.#entries.size >= this.#capacity) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    const borne_until = now - loaded_at >= STALE_MS ? now + RETRY_MS : 0;
    this.#entries.set(key, { link, loaded_at, refresh_started_at: 0, borne_until });
  }

  /** Bears with what is last known for a while, because storage failed at `now`. */
  bear(host: string, slug: string, now: number): void {
    const entry = this.#entries.get(keyOf(host, slug));
    if (entry !== undefined) entry.borne_until = now + RETRY_MS;
  }

  /** Forgets a slug on all hosts, so that an edit made through this isolate is effective at once. */
  forget(slug: string): void {
    this.edits += 1;
    for (const key of this.#entries.keys()) {
      if (key.endsWith(`/${slug}`)) this.#entries.delete(key);
    }
  }
}

function keyOf(host: string, slug: string): string {
  return `${host}/${slug}`;
}
