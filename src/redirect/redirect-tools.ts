import type { TokenKey } from "../lib/signed-text.ts";
import type { Click } from "./click.ts";
import type { LinkCache, LoadedLink } from "./link-cache.ts";

/** What the redirect is given by the wiring. */
export interface RedirectTools {
  cache: LinkCache;
  /** Reads a link from storage, or as last known near here; throws while both are away. */
  loadLink: (host: string, slug: string, now: number) => Promise<LoadedLink>;
  /** Keys for click tokens, newest first. */
  keys: readonly TokenKey[];
  /** Takes the click; returns at once and never throws. */
  log: (click: Click) => void;
  /** Lets work go on behind the answer. */
  waitUntil: (work: Promise<unknown>) => void;
  /** Milliseconds since the epoch. */
  now: number;
  /** Ten random bytes for the click id. */
  random: Uint8Array;
}
