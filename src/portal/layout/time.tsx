import { useFormats } from "./formats-context.tsx";

/** A time in the reader's time zone. */
export function Time({ ms }: { ms: number }) {
  return <time datetime={new Date(ms).toISOString()}>{useFormats().time(ms)}</time>;
}

/** The UTC day of a time. */
export function DateOnly({ ms }: { ms: number }) {
  return <time datetime={new Date(ms).toISOString()}>{useFormats().date(ms)}</time>;
}
