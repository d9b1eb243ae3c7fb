/**
 * How long links are cached and how long a lookup waits. Three tiers hold a link: this isolate's memory, the data center's
 * cache (shared by its isolates) and D1. An edit takes effect everywhere within `MEMORY_STALE_MS + SHARED_FRESH_MS`, 30 s.
 */

/** A link in memory younger than this is served as it is. */
export const MEMORY_FRESH_MS = 10_000;
/** A link in memory older than this is loaded before it is served; between the two it is refreshed in the background. */
export const MEMORY_STALE_MS = 20_000;
/** A copy in the data center's cache younger than this is used without asking D1. */
export const SHARED_FRESH_MS = 10_000;
/** A missing link is cached for this long, in memory only: it may be created at any moment. */
export const MISS_FRESH_MS = 5_000;

/** A background refresh that takes longer is assumed to have died with its request; another request starts a new one. */
export const REFRESH_TIMEOUT_MS = 5_000;
/** After a failed load, the last known link is served for this long before the next request tries again. */
export const STALE_IF_ERROR_MS = 2_000;

/** Wait for D1 if the data center's cache has a copy. Both waits exceed a round trip to D1 from anywhere, or edits would never arrive. */
export const D1_WAIT_WITH_COPY_MS = 1_000;
/** Wait for D1 if the data center's cache has no copy. */
export const D1_WAIT_WITHOUT_COPY_MS = 3_000;
/** A visitor's whole wait for a link that is in memory but stale. Longer than the wait for D1 with a copy, so that the copy is used. */
export const STALE_LINK_WAIT_MS = 1_500;
/** A visitor's whole wait for a link that isn't in memory. Longer than the wait for D1 without a copy. */
export const UNKNOWN_LINK_WAIT_MS = 5_000;

/** The data center's cache keeps a copy for a day, for the time when D1 is unavailable. */
export const SHARED_COPY_SECONDS = 86_400;
