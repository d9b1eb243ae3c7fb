import type { DeviceClass } from "../links/choose-destination.ts";

/** Verdicts on a hit. Stored by their position in this list: append only. */
export const VERDICTS = [
  "counted",
  "duplicate",
  "bot",
  "head",
  "prefetch",
  "embedded",
  "self",
  "capped",
  "expired",
  "disabled",
  "throttled",
] as const;

/** How a hit was classified. Only `counted` counts. */
export type Verdict = (typeof VERDICTS)[number];

/** A verdict on a hit by itself. `throttled` only says that it isn't logged, because its network has sent too many. */
export type HitVerdict = Exclude<Verdict, "throttled">;

/** A visitor who clicks the same link again within this time is not counted again. */
export const DUPLICATE_WINDOW_MS = 3_600_000;

/** One logged hit on a link. `id` makes replays idempotent. */
export interface Click {
  /** UUIDv7 in 32 hex digits, generated at the edge. */
  id: string;
  /** Milliseconds since the epoch, the same as in the id. */
  at: number;
  link_id: number;
  verdict: Verdict;
  /** Details that the verdict doesn't have: the bot's name, or when the link expired. */
  reason: string | null;
  /** The click that a duplicate repeats, if the visitor's cookie has its id. */
  repeats: string | null;
  /** ISO 3166-1 alpha-2, from the edge. */
  country: string | null;
  /** Null for bots. */
  device: DeviceClass | null;
  /** Host of the referring page, never its path. */
  referrer: string | null;
  /** The first {@link USER_AGENT_MAX_CHARACTERS}; null if nothing may be stored about the visitor. */
  user_agent: string | null;
  /** sub1..sub5 without trailing nulls, cut if they are very long; null if there are none. */
  subs: (string | null)[] | null;
  /** The visitor's id in 16 hex digits; null if nothing may be stored, and for bots. See `visitor.ts`. */
  visitor: string | null;
  /** How the browser said the request came about, packed; see `navigation.ts`. Null if it said nothing. */
  navigation: number | null;
  /** Whether the visitor had no cookie, so that only the hash part of `visitor` identifies it. */
  visitor_by_hash: boolean;
}

/** Longer than any browser's user agent. */
export const USER_AGENT_MAX_CHARACTERS = 256;

/** Hex digits of a visitor's id that are a hash; the random rest distinguishes visitors with the same hash. */
export const VISITOR_HASH_DIGITS = 10;

/** Random bytes that {@link makeClickId} needs. */
export const CLICK_ID_RANDOM_BYTES = 10;

/** Makes a UUIDv7 (RFC 9562, 5.7) from a time in milliseconds and ten random bytes: ordered by time, unique without coordination. */
export function makeClickId(at: number, random: Uint8Array): Uint8Array {
  const id = new Uint8Array(16);
  const high = Math.floor(at / 2 ** 32);
  id[0] = high >>> 8;
  id[1] = high;
  id[2] = at >>> 24;
  id[3] = at >>> 16;
  id[4] = at >>> 8;
  id[5] = at;
  id.set(random.subarray(0, CLICK_ID_RANDOM_BYTES), 6);
  id[6] = 0x70 | ((id[6] ?? 0) & 0x0f);
  id[8] = 0x80 | ((id[8] ?? 0) & 0x3f);
  return id;
}

/** The time in a click id, in milliseconds since the epoch. */
export function timeOfClickId(id: Uint8Array): number {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2);
}

/** The stored form of the verdict that counts. */
export const COUNTED = VERDICTS.indexOf("counted");
