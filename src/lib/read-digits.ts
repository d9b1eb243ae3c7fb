/** The number that decimal digits stand for; null for any other text, such as `1e1`, `0x5` or ` 5`, and beyond 2^53. */
export function readDigits(text: string): number | null {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : null;
}
