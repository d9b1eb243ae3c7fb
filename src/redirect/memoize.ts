/** Most clicks have one of a few hundred user agents. */
const CAPACITY = 1_000;

/**
 * Memoizes a function of a text for its last {@link CAPACITY} texts of up to `maxCharacters`; the oldest leaves first. Longer
 * texts aren't stored: even a slice of one would keep the whole text in memory.
 */
export function memoize<Result>(compute: (text: string) => Result, maxCharacters: number): (text: string) => Result {
  const results = new Map<string, Result>();
  return (text) => {
    if (text.length > maxCharacters) return compute(text);
    const known = results.get(text);
    if (known !== undefined) return known;
    const result = compute(text);
    if (results.size >= CAPACITY) {
      for (const oldest of results.keys()) {
        results.delete(oldest);
        break;
      }
    }
    results.set(text, result);
    return result;
  };
}
