import type { DeviceClass } from "../links/choose-destination.ts";
/**
 * The noun that the redirect hands on: one hit on a link, with what was decided about it.
 * Verdicts are stored by their position in this list: append only.
 */
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
] as const;

/** What a hit was taken for. Only `counted` counts. */
export type Verdict = (typeof VERDICTS)[number];

/** A person who clicks the same link again within this time is not counted again. */
export const DUPLICATE_WINDOW_MS = 3_600_000;

/** One logged hit. `id` makes every replay of it harmless. */
export interface Click {
  /** UUIDv7 in 32 hex digits, made at the edge. */
  id: string;
  /** Milliseconds since the epoch, the same as in the id. */
  at: number;
  link_id: number;
  verdict: Verdict;
  /** Why, where the verdict alone does not say it: the bot's name, when a link expired. */
  reason: string | null;
  /** The click that a duplicate repeats, where the visitor's cookie named it. */
  repeats: string | null;
  /** ISO 3166-1 alpha-2, as the edge saw it. */
  country: string | null;
  /** Null for what is no browser. */
  device: DeviceClass | null;
  /** Host of the referring page, never its path. */
  referrer: string | null;
  /** Its first {@link USER_AGENT_MAX_CHARACTERS}; null where nothing may be kept of the visitor. */
  user_agent: string | null;
  /** sub1..sub5 without trailing nulls, null where there is none. */
  subs: (string | null)[] | null;
  /** Who clicked, in 16 hex digits; null where nothing may be kept, and for what is no person. See `visitor.ts`. */
  visitor: string | null;
  /** Whether the visitor came without a cookie, so that only the part of `visitor` that is a hash tells who it is. */
  visitor_by_hash: boolean;
}

/** More than any browser says of itself. */
export const USER_AGENT_MAX_CHARACTERS = 256;

/** Hex digits of a visitor that stay the same without a cookie; the rest tells people apart who share them. */
export const VISITOR_HASH_DIGITS = 10;

/** Bytes of randomness that {@link makeClickId} takes. */
export const CLICK_ID_RANDOM_BYTES = 10;

/** A UUIDv7 (RFC 9562, 5.7) from a time in milliseconds and ten random bytes: ordered by time, unique without asking anyone. */
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

/** The time inside a click id, milliseconds since the epoch. */
export function timeOfClickId(id: Uint8Array): number {
  const view = new DataView(id.buffer, id.byteOffset, id.byteLength);
  return view.getUint16(0) * 2 ** 32 + view.getUint32(2);
}

export const COUNTED = VERDICTS.indexOf("counted");
