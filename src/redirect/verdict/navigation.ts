/**
 * How a request came about, as the browser reports it in Fetch Metadata (`Sec-Fetch-User`, `-Site`, `-Mode`). It is kept with
 * the click and decides nothing: not all browsers report a user's gesture, and a request that isn't a browser's can claim one.
 */

/** Values of `Sec-Fetch-Site`. Stored by position: append only. */
export const FETCH_SITES = ["none", "same-origin", "same-site", "cross-site"] as const;

/** Values of `Sec-Fetch-Mode`. Stored by position: append only. */
export const FETCH_MODES = ["navigate", "same-origin", "no-cors", "cors", "websocket"] as const;

/** What the browser reported. A value that is unknown or missing is null. */
export interface Navigation {
  /** Whether the user did something that caused the request, such as a click. */
  user_gesture: boolean;
  fetch_site: (typeof FETCH_SITES)[number] | null;
  fetch_mode: (typeof FETCH_MODES)[number] | null;
}

/** A packed navigation: bit 0 is the gesture, bits 1–3 the site and bits 4–6 the mode, each by position from 1, 0 for null. */
export const GESTURE_BIT = 1;
const SITE_SHIFT = 1;
const MODE_SHIFT = 4;
const POSITION_MASK = 7;
export const NAVIGATION_MAX = 127;

/** Reads and packs the headers; null if the browser reports none. Browsers that send `Sec-Fetch-Dest` send the others too. */
export function readNavigation(headers: Headers, fetchDestination: string | null): number | null {
  if (fetchDestination === null) return null;
  const site = positionOf(FETCH_SITES, headers.get("sec-fetch-site"));
  const mode = positionOf(FETCH_MODES, headers.get("sec-fetch-mode"));
  const gesture = headers.get("sec-fetch-user") === "?1" ? GESTURE_BIT : 0;
  return gesture | (site << SITE_SHIFT) | (mode << MODE_SHIFT);
}

/** Reads a packed navigation. */
export function unpackNavigation(packed: number): Navigation {
  return {
    user_gesture: (packed & GESTURE_BIT) !== 0,
    fetch_site: FETCH_SITES[((packed >> SITE_SHIFT) & POSITION_MASK) - 1] ?? null,
    fetch_mode: FETCH_MODES[((packed >> MODE_SHIFT) & POSITION_MASK) - 1] ?? null,
  };
}

function positionOf(names: readonly string[], name: string | null): number {
  return name === null ? 0 : names.indexOf(name) + 1;
}
