/** The ids of conversions. */
import { hashText } from "../lib/platform/vault.ts";
import type { ConversionEvent } from "../webhooks/conversion-event.ts";
import { conversionKeyOf, type Fact } from "./fact.ts";

/** What is known of ids that earlier releases made. */
export interface KnownIds {
  /** The keys of the object and of those merged into it. */
  names: readonly string[];
  has: (id: string) => boolean;
  /** The id of a conversion with this key, where the keys of its objects are no longer known. */
  find: (key: string) => string | null;
}

/**
 * `cv_` and 128 bits of a hash. A payment has the same id in every object of its program. Older ids also depended on
 * the object's key and stay as they are.
 */
export async function makeConversionId(
  factId: string,
  event: ConversionEvent,
  known: KnownIds,
): Promise<string | null> {
  const key = conversionKeyOf(factId, event);
  if (key === null) return null;
  const older = await Promise.all(known.names.map((name) => hashTo128Bits(`${name}\n${key}`)));
  const found = older.map((hash) => `cv_${hash}`).find(known.has) ?? known.find(key);
  return found ?? `cv_${await hashTo128Bits(`${event.program_id}\n${key}`)}`;
}

/** The id of the conversion that one of the facts makes or changes under a key; see `conversionKeyOf`. */
export function findConversionOf(facts: readonly Fact[], key: string): string | null {
  return facts.find(({ id, event }) => conversionKeyOf(id, event) === key)?.conversion_id ?? null;
}

/** The first 128 bits of the SHA-256, in hex. */
export async function hashTo128Bits(text: string): Promise<string> {
  return (await hashText(text)).slice(0, 32);
}
