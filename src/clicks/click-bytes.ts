import type { Click } from "../redirect/click.ts";

/** What a click's names, numbers and ids take as JSON, and what its texts take each: quotes and a comma. */
const FIXED_BYTES = 400;

/** No fewer than the bytes of a click as JSON: three a character, or two where a quote is escaped. (They hold no control characters.) */
export function maxJsonBytes({ subs, referrer, reason, user_agent }: Click): number {
  const texts = [...(subs ?? []), referrer, reason, user_agent];
  return FIXED_BYTES + texts.reduce((sum, text) => sum + 3 * (text?.length ?? 1), 0);
}

/** How many of the first clicks are together no more than so many, nor more than so many bytes; at least one. */
export function countFitting(clicks: readonly Click[], clicksMax: number, bytesMax: number): number {
  let bytes = 0;
  const first = clicks.slice(0, clicksMax);
  const tooMany = first.findIndex((click) => {
    bytes += maxJsonBytes(click);
    return bytes > bytesMax;
  });
  return tooMany === -1 ? first.length : Math.max(tooMany, 1);
}

/** Clicks in parts that are each within the limits. */
export function* splitByBytes(clicks: readonly Click[], clicksMax: number, bytesMax: number): Generator<Click[]> {
  for (let rest = clicks; rest.length > 0; ) {
    const count = countFitting(rest, clicksMax, bytesMax);
    yield rest.slice(0, count);
    rest = rest.slice(count);
  }
}
