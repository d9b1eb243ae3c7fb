/** Fetches an image of another site, so that a reader's browser contacts only this one. */
import { readBytes } from "./read-bytes.ts";

const TYPES: ReadonlySet<string> = new Set([
  "image/avif",
  "image/gif",
  "image/jpeg",
  "image/png",
  "image/svg+xml",
  "image/webp",
]);
const MAX_BYTES = 2_000_000;
const TIMEOUT_MS = 5_000;
const DAY_SECONDS = 86_400;

/** The image at an `https:` URL, to be kept by the browser for a day. Null if there is none, or it is too large. */
export async function fetchImage(url: string): Promise<Response | null> {
  if (!url.startsWith("https://")) return null;
  try {
    const response = await fetch(url, {
      headers: { Accept: [...TYPES].join(", ") },
      signal: AbortSignal.timeout(TIMEOUT_MS),
      cf: { cacheEverything: true, cacheTtl: DAY_SECONDS },
    });
    const type = (response.headers.get("Content-Type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
    if (!response.ok || !TYPES.has(type)) return null;
    const bytes = await readBytes(response, MAX_BYTES);
    if (bytes === null) return null;
    return new Response(bytes, {
      headers: { "Content-Type": type, "Cache-Control": `private, max-age=${DAY_SECONDS}` },
    });
  } catch {
    return null;
  }
}
