/** What missing migrations mean, in words. */

/** Names listed in a sentence. */
const LISTED_MAX = 5;

/** A sentence about missing migrations, and how to apply them; null if none is missing. */
export function describeMissing(missing: readonly string[]): { detail: string; fix: string } | null {
  if (missing.length === 0) return null;
  const names = missing.slice(0, LISTED_MAX).map((name) => name.replace(/\.sql$/, ""));
  const more = missing.length - names.length;
  const count =
    missing.length === 1
      ? "A migration of this release is missing"
      : `${missing.length} migrations of this release are missing`;
  return {
    detail: `${count}: ${names.join(", ")}${more > 0 ? ` and ${more} more` : ""}. What needs them fails or waits.`,
    fix: "Run `npm run deploy`, which applies them. What waits is then processed by itself.",
  };
}
