import { describe, expect, test } from "vitest";
import { recurly } from "../../../../src/webhooks/providers/recurly/adapter.ts";
import paid from "../../../fixtures/recurly/charge-invoice-paid.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { RECURLY_SECRET, type RecurlyOptions, signRecurly } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 3, 10, 2, 13, 204);
const OTHER = "9d1c7f3e5b8a46d2c0e4f7a1b3d5968e2f4c6a8b0d1e3f5a7c9b8d6e4f2a0c13";
const body = JSON.stringify(paid);
const tools = toolsAt(NOW);

const signed = async (options: Partial<RecurlyOptions> = {}) =>
  requestWith(await signRecurly(body, { now: NOW, ...options }));
const withHeader = (value: string) => requestWith({ headers: { "recurly-signature": value }, body });

describe("the signature", () => {
  test("matches the one in the tests of Recurly's library for Ruby", async () => {
    const time = 1_663_103_925_004;
    const text =
      '{"id":"rjxwmwedwqug","object_type":"account","site_id":"qc326l1hl8k9","event_type":"created","event_time":"2022-09-13T21:18:40Z","account_code":"adfas23zzz14123"}';
    const headers = {
      "recurly-signature": `${time},ad24699f3beaa24c9af2cc7ada3ce4c835da0090194241b9d3add83d27f14bc3`,
    };
    const verify = (changed: string, secret = RECURLY_SECRET) =>
      verdictOf(recurly, requestWith({ headers, body: changed }), [secret], toolsAt(time));
    expect(await verify(text)).toBeNull();
    expect(await verify("{}")).toBe("signature_invalid");
    expect(await verify(text, OTHER)).toBe("signature_invalid");
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [OTHER, RECURLY_SECRET];
    expect(await verdictOf(recurly, await signed(), secrets, tools)).toBeNull();
    expect(await verdictOf(recurly, await signed({ secret: OTHER }), secrets, tools)).toBeNull();
    expect(await verdictOf(recurly, await signed({ secret: "third" }), secrets, tools)).toBe("signature_invalid");
    expect(await verdictOf(recurly, await signed(), [], tools)).toBe("signature_invalid");
  });

  test("is found among several", async () => {
    expect(await verdictOf(recurly, await signed({ others: [OTHER] }), [RECURLY_SECRET], tools)).toBeNull();
  });

  test.each([
    ["", "signature_missing"],
    [String(NOW), "signature_missing"],
    [`${NOW},`, "signature_invalid"],
    ["abc,de1ec7ab1e", "timestamp_out_of_range"],
    [",de1ec7ab1e", "signature_missing"],
  ])("is refused: %j", async (header, code) => {
    expect(await verdictOf(recurly, withHeader(header), [RECURLY_SECRET], tools)).toBe(code);
  });

  test.each([
    [-300_000, null],
    [300_000, null],
    [-300_001, "timestamp_out_of_range"],
    [300_001, "timestamp_out_of_range"],
  ])("made %d ms from now", async (offset, code) => {
    expect(await verdictOf(recurly, await signed({ now: NOW + offset }), [RECURLY_SECRET], tools)).toBe(code);
  });

  test("covers every byte of body and time", { tags: ["deep"] }, async () => {
    await expectUnforgeable(recurly, await signed(), [RECURLY_SECRET, OTHER], tools, {
      headers: ["recurly-signature"],
    });
  });
});

describe("the secret", () => {
  const { secret } = recurly;
  const check = (text: string) => secret.made_by === "provider" && secret.check(text);

  test("is the endpoint's", () => {
    expect(() => check(RECURLY_SECRET)).not.toThrow();
  });

  test.each(["", "short", "two words that are long enough"])("cannot be %j", (text) => {
    expect(() => check(text)).toThrow(
      expect.objectContaining({ status: 422, code: "invalid_secret", field: "secret" }),
    );
  });
});
