/**
 * The bytes of a body, or null if it has more than `maxBytes`, whatever its headers claim. Of a larger one no more is read: the
 * memory of an isolate is shared with the visitors whom it redirects.
 */
export async function readBytes(
  { headers, body }: Pick<Request, "headers" | "body">,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer> | null> {
  if (Number(headers.get("content-length")) > maxBytes) return null;
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}
