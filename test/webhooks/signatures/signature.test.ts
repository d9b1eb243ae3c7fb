import { describe, expect, test } from "vitest";
import { fromBase64, fromHex, isHmac, isOneOf } from "../../../src/webhooks/signatures/signature.ts";
import { fc } from "../../support/random.ts";

const bytes = (hex: string) => Uint8Array.fromHex(hex);

describe("an HMAC", () => {
  const JEFE = "what do ya want for nothing?";
  // RFC 2202 and RFC 4231, test case 2: a key that is text.
  const vectors: ["SHA-1" | "SHA-256" | "SHA-512", string][] = [
    ["SHA-1", "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"],
    ["SHA-256", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"],
    [
      "SHA-512",
      "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
    ],
  ];
  test.each(vectors)("%s matches the RFC", async (hash, signature) => {
    expect(await isHmac(hash, "Jefe", JEFE, bytes(signature))).toBe(true);
    expect(await isHmac(hash, bytes("4a656665"), JEFE, bytes(signature))).toBe(true);
  });

  test("with a key of bytes matches RFC 4231, test case 1", async () => {
    const signature = bytes("b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    expect(await isHmac("SHA-256", bytes("0b".repeat(20)), "Hi There", signature)).toBe(true);
  });

  const signature = bytes("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  test.each([
    ["another key", "jefe", JEFE, signature],
    ["another text", "Jefe", `${JEFE}?`, signature],
    ["a part of the signature", "Jefe", JEFE, signature.slice(0, 31)],
    ["a longer signature", "Jefe", JEFE, new Uint8Array([...signature, 0])],
    ["an empty signature", "Jefe", JEFE, new Uint8Array()],
    ["no signature", "Jefe", JEFE, null],
    ["no key", "", JEFE, signature],
    ["no key in bytes", new Uint8Array(), JEFE, signature],
  ])("is not %s", async (_, key, text, given) => {
    expect(await isHmac("SHA-256", key, text, given)).toBe(false);
  });

  test("signs the text's UTF-8 bytes", async () => {
    const key = await crypto.subtle.importKey("raw", bytes("00ff"), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const text = '{"name":"Jürgen 🎟"}';
    const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(text)));
    expect(await isHmac("SHA-256", bytes("00ff"), text, made)).toBe(true);
    expect(await isHmac("SHA-256", bytes("00ff"), text.normalize("NFD"), made)).toBe(false);
  });
});

describe("one of the secrets", () => {
  test.each([
    ["the only one", "secret", ["secret"], true],
    ["the first", "secret", ["secret", "other"], true],
    ["the last", "secret", ["other", "secret"], true],
    ["of the same length", "secreT", ["secret"], false],
    ["a prefix", "secre", ["secret"], false],
    ["a longer text", "secrets", ["secret"], false],
    ["an empty text", "", ["secret"], false],
    ["an empty text and an empty secret", "", [""], false],
    ["an empty secret", "secret", [""], false],
    ["no secrets", "secret", [], false],
    ["the same number of characters in more bytes", "sécret", ["secret"], false],
    ["in UTF-8", "sécret", ["sécret"], true],
  ])("%s", (_, text, secrets, is) => {
    expect(isOneOf(text, secrets)).toBe(is);
  });

  test("matches only the same text", () => {
    const text = fc.string({ unit: "binary-ascii", maxLength: 8 });
    fc.assert(
      fc.property(text, fc.array(text, { maxLength: 3 }), (given, secrets) => {
        expect(isOneOf(given, secrets)).toBe(given !== "" && secrets.includes(given));
      }),
      { numRuns: 2_000 },
    );
  });
});

describe("hex", () => {
  test.each(["", "0", "0g", "AB", "0x00", " 00", "00\n", "é0"])("is not %j", (text) => {
    expect(fromHex(text)).toBeNull();
  });

  test("has one valid form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 64 }), (given) => {
        expect(fromHex(given.toHex())).toEqual(given);
      }),
    );
  });
});

describe("base64", () => {
  // The last two bits of "AB==" are not zero, so it is a second form of "AA==".
  test.each(["A", "AA", "AB==", "AA=", "AA==\n", " AA==", "A A==", "A-_=", "====", "é==="])("is not %j", (text) => {
    expect(fromBase64(text)).toBeNull();
  });

  test("has one valid form", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (given) => {
        expect(fromBase64(given.toBase64())).toEqual(given);
      }),
    );
  });

  test("that is accepted is the canonical form of its bytes", () => {
    const letters = fc.string({ unit: fc.constantFrom(..."ABCQgw+/="), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(letters, (text) => {
        const read = fromBase64(text);
        if (read !== null) expect(read.toBase64()).toBe(text);
      }),
      { numRuns: 5_000 },
    );
  });
});
