import { describe, expect, test } from "vitest";
import { decodeReport } from "../../../src/payouts/files/decode-report.ts";
import { UnreadableReport } from "../../../src/payouts/files/read-results.ts";

const TEXT = "Status,Name,Custom Number\r\nCompleted,Zoë,st_1_1_1\r\n";

/** Encodes each code unit in two bytes. */
function toUtf16(text: string, order: "little" | "big"): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  const view = new DataView(bytes.buffer);
  for (let at = 0; at < text.length; at += 1) view.setUint16(at * 2, text.charCodeAt(at), order === "little");
  return bytes;
}

const utf8 = new TextEncoder().encode(TEXT);
const windows1252 = Uint8Array.from(TEXT, (character) => character.charCodeAt(0));

describe("a report is decoded", () => {
  test.each([
    ["UTF-8", utf8],
    ["UTF-8 with a byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, ...utf8)],
    ["UTF-16, little-endian", toUtf16(`\uFEFF${TEXT}`, "little")],
    ["UTF-16, big-endian", toUtf16(`\uFEFF${TEXT}`, "big")],
    ["Windows-1252", windows1252],
  ])("from %s", (_, bytes) => expect(decodeReport(bytes)).toBe(TEXT));
});

describe("a report is refused", () => {
  test.each([
    ["UTF-16 without a byte order mark", toUtf16(TEXT, "little")],
    ["UTF-32", Uint8Array.of(0xff, 0xfe, 0, 0, 0x53, 0, 0, 0)],
    ["text with a NUL", new TextEncoder().encode(`${TEXT}\0`)],
    ["half of a UTF-16 character", Uint8Array.of(0xff, 0xfe, 0x53)],
    ["a lone surrogate in UTF-16", Uint8Array.of(0xff, 0xfe, 0x00, 0xd8, 0x53, 0x00)],
    ["invalid UTF-8 after its byte order mark", Uint8Array.of(0xef, 0xbb, 0xbf, 0xff)],
  ])("that is %s", (_, bytes) => expect(() => decodeReport(bytes)).toThrow(UnreadableReport));
});
