/** Decodes the bytes of a provider's report. */
import { UnreadableReport } from "./read-results.ts";

/** Byte order marks and the encodings that they announce. */
const MARKS: readonly { bytes: readonly number[]; encoding: string }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: "utf-8" },
  { bytes: [0xff, 0xfe], encoding: "utf-16le" },
  { bytes: [0xfe, 0xff], encoding: "utf-16be" },
];

/**
 * Decodes a report by its byte order mark. Without one it is UTF-8, or Windows-1252 as spreadsheets on Windows save it if
 * it isn't valid UTF-8. A report with NUL characters is in another encoding: its rows would silently match no statement.
 * Throws {@link UnreadableReport}.
 */
export function decodeReport(bytes: Uint8Array): string {
  const marked = MARKS.find((mark) => mark.bytes.every((byte, index) => bytes[index] === byte));
  const text = marked === undefined ? decodeUnmarked(bytes) : decode(bytes, marked.encoding);
  if (text === null) throw new UnreadableReport(`the file is not valid ${marked?.encoding.toUpperCase()}`);
  if (text.includes("\0")) {
    throw new UnreadableReport("the file contains NUL characters: save it as CSV with the encoding UTF-8");
  }
  return text;
}

function decodeUnmarked(bytes: Uint8Array): string | null {
  return decode(bytes, "utf-8") ?? decode(bytes, "windows-1252");
}

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    return null;
  }
}
