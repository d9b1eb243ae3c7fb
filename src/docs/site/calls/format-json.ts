/** Longer lines are broken. */
const LINE_MAX = 56;

/** JSON as people write it: what fits on a line stays on one. */
export function formatJson(value: unknown, indent = ""): string {
  const flat = formatFlat(value);
  if (typeof value !== "object" || value === null || indent.length + flat.length <= LINE_MAX) return flat;
  const inner = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => formatJson(item, inner))
    : Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${formatJson(item, inner)}`);
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

function formatFlat(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(formatFlat).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${formatFlat(item)}`)
    .join(", ")}}`;
}
