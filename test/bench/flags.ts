/** Reads a flag that takes a whole number from 1 (or `min`) to `max`. Throws if it is anything else. */
export function readCount(name: string, text: string, max: number, min = 1): number {
  const count = Number(text);
  if (text !== "" && Number.isInteger(count) && count >= min && count <= max) return count;
  throw new Error(`--${name} takes a number from ${min} to ${max}.`);
}
