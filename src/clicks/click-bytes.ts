import type { Click } from "../redirect/click.ts";

/** JSON bytes of a click's field names, numbers and ids, with the quotes and commas of its texts. */
const FIXED_BYTES = 400;

/** An upper bound of a click's JSON bytes: three per character (an escaped quote takes two; there are no control characters). */
export function maxJsonBytes({ subs, referrer, reason, user_agent }: Click): number {
  const texts = [...(subs ?? []), referrer, reason, user_agent];
  return FIXED_BYTES + texts.reduce((sum, text) => sum + 3 * (text?.length ?? 1), 0);
}

/** How many of the first clicks fit into both limits together; at least one. */
export function countFitting(clicks: readonly Click[], clicksMax: number, bytesMax: number): number {
  let bytes = 0;
  const first = clicks.slice(0, clicksMax);
  const tooMany = first.findIndex((click) => {
    bytes += maxJsonBytes(click);
    return bytes > bytesMax;
  });
  return tooMany === -1 ? first.length : Math.max(tooMany, 1);
}

/** Splits clicks into parts that each fit into the limits. */
export function* splitByBytes(clicks: readonly Click[], clicksMax: number, bytesMax: number): Generator<Click[]> {
  for (let rest = clicks; rest.length > 0; ) {
    const count = countFitting(rest, clicksMax, bytesMax);
    yield rest.slice(0, count);
    rest = rest.slice(count);
  }
}
