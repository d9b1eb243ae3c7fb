/**
 * JSON with sorted keys and no spaces, so that equal values are equal texts. Keys without a value are left out.
 *
 * This is RFC 8785 with one exception: half of a surrogate pair is escaped, as `JSON.stringify` does, and not refused. A
 * checkout can send one in a product's name, and stored entries contain it. That rules out the packages for RFC 8785.
 */
export function writeCanonicalJson(value: unknown): string {
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(writeCanonicalJson).join(",")}]`;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${writeCanonicalJson(member)}`).join(",")}}`;
}
