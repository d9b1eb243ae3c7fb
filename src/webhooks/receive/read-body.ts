import { Problem } from "../../lib/problem.ts";

/** An order of 1,000 items. Most events are a few kilobytes. */
const MAX_BODY_BYTES = 2 * 1024 * 1024;

/** The exact text of a body. Throws 413 if it is larger, whatever its headers claim, and 422 where it isn't UTF-8. */
export async function readBody(request: Request, maxBytes = MAX_BODY_BYTES): Promise<string> {
  const tooLarge = () => new Problem(413, "body_too_large", `The body must have at most ${maxBytes} bytes.`);
  if (Number(request.headers.get("content-length")) > maxBytes) throw tooLarge();
  // Without `fatal`, an invalid byte would become U+FFFD, and the text would differ from the bytes that were signed.
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  let bytes = 0;
  try {
    for await (const chunk of request.body ?? []) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge();
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new Problem(422, "invalid_body", "The body is not UTF-8.");
    throw error;
  }
}
