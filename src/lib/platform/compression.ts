/** Compression of long texts for storage. */

/** Shorter texts stay as they are: most requests are, and earlier releases can read them. */
const SHORT_CHARACTERS = 64_000;
/** Marks compressed text. */
const PREFIX = "gzip:";

/** Compresses a text of over 64,000 characters; returns a shorter one as it is. A short text must not begin with `gzip:`. */
export async function compressLongText(text: string): Promise<string> {
  if (text.length <= SHORT_CHARACTERS) return text;
  const bytes = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
  return PREFIX + new Uint8Array(await new Response(bytes).arrayBuffer()).toBase64();
}

/** The text that {@link compressLongText} returned something for. */
export async function expandText(text: string): Promise<string> {
  if (!text.startsWith(PREFIX)) return text;
  const bytes = new Blob([Uint8Array.fromBase64(text.slice(PREFIX.length))]).stream();
  return new Response(bytes.pipeThrough(new DecompressionStream("gzip"))).text();
}
