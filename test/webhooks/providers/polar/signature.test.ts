import { describe, expect, test } from "vitest";
import { Problem } from "../../../../src/lib/problem.ts";
import { polar } from "../../../../src/webhooks/providers/polar/adapter.ts";
import orderPaid from "../../../fixtures/polar/order-paid.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { POLAR_OLDER_SECRET, POLAR_SECRET, type PolarOptions, signPolar } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 3, 10, 2, 13);
const OTHER = "whsec_YW5vdGhlciBrZXkgb2YgMzIgYnl0ZXMsIG5vdCBvdXJzLg==";
const body = JSON.stringify(orderPaid);
const tools = toolsAt(NOW);

const signed = (options: Partial<PolarOptions> = {}) => requestWith(signPolar(body, { now: NOW, ...options }));

describe("the signature", () => {
  // The first is from the tests of the reference libraries. The second is accepted by @polar-sh/sdk 0.49.0.
  const published: [string, string, string, string, number, string][] = [
    [
      "a key in base64",
      "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      "msg_p5jXN8AQM9LWM0D4loKWxJek",
      '{"test": 2432232314}',
      1_614_265_330,
      "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    ],
    [
      "a text as the key",
      "whsec_legacyPolarToken",
      "msg_1",
      '{"foo":"bar"}',
      1_767_434_400,
      "v1,uoNbYcfNoptdbiPX06ehd0kiBNLrIfpAWwGh0nxQHqA=",
    ],
  ];
  test.each(published)("by %s matches a published one", async (_, secret, id, text, seconds, signature) => {
    const headers = { "webhook-id": id, "webhook-timestamp": String(seconds), "webhook-signature": signature };
    const verify = (changed: string, with_secret = secret) =>
      verdictOf(polar, requestWith({ headers, body: changed }), [with_secret], toolsAt(seconds * 1_000));
    expect(await verify(text)).toBeNull();
    expect(await verify(`${text} `)).toBe("signature_invalid");
    expect(await verify(text, OTHER)).toBe("signature_invalid");
  });

  test.each([
    ["a secret since 2026-09-08", POLAR_SECRET, false],
    ["an older secret that isn't base64", POLAR_OLDER_SECRET, true],
    ["an older secret that is also base64", POLAR_SECRET, true],
    ["a secret that the merchant chose", "correct-horse-battery", true],
  ])("by %s is accepted", async (_, secret, is_older) => {
    expect(await verdictOf(polar, signed({ secret, is_older }), [secret], tools)).toBeNull();
    expect(await verdictOf(polar, signed({ secret, is_older }), [OTHER], tools)).toBe("signature_invalid");
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [POLAR_OLDER_SECRET, POLAR_SECRET];
    expect(await verdictOf(polar, signed(), secrets, tools)).toBeNull();
    expect(await verdictOf(polar, signed({ secret: POLAR_OLDER_SECRET }), secrets, tools)).toBeNull();
    expect(await verdictOf(polar, signed({ secret: OTHER }), secrets, tools)).toBe("signature_invalid");
  });

  test.each(["webhook-id", "webhook-timestamp", "webhook-signature"])("is refused without %s", async (name) => {
    const request = signed();
    request.headers.delete(name);
    expect(await verdictOf(polar, request, [POLAR_SECRET], tools)).toBe("signature_missing");
  });

  test("is refused without a secret", async () => {
    expect(await verdictOf(polar, signed(), [], tools)).toBe("signature_invalid");
    expect(await verdictOf(polar, signed(), [""], tools)).toBe("signature_invalid");
  });

  test.each([
    [-300, null],
    [300, null],
    [-301, "timestamp_out_of_range"],
    [301, "timestamp_out_of_range"],
  ])("made %d seconds from now", async (offset, code) => {
    expect(await verdictOf(polar, signed({ now: NOW + offset * 1_000 }), [POLAR_SECRET], tools)).toBe(code);
  });

  test("covers every byte of body, id and time", { tags: ["deep"] }, async () => {
    const headers = ["webhook-id", "webhook-timestamp", "webhook-signature"];
    await expectUnforgeable(polar, signed(), [POLAR_SECRET, POLAR_OLDER_SECRET], tools, { headers });
  });
});

describe("the secret", () => {
  const { secret } = polar;
  const check = (text: string) => secret.made_by === "provider" && secret.check(text);

  test("is the endpoint's", () => {
    for (const text of [POLAR_SECRET, POLAR_OLDER_SECRET, "chosen-by-the-merchant"]) {
      expect(() => check(text)).not.toThrow();
    }
  });

  test.each(["", "short", "two words", "line\nbreak", "x".repeat(201)])("cannot be %j", (text) => {
    expect(() => check(text)).toThrow(
      expect.objectContaining({ status: 422, code: "invalid_secret", field: "secret" }),
    );
  });
});

test("a conflict is acknowledged, because Polar disables an endpoint after ten failed deliveries", () => {
  const outcome = { status: "refused" as const, conversion: null, attributed_to: null, reason: "payment_reused" };
  const answerTo = (status: number) =>
    polar.answer?.({ ...outcome, problem: new Problem(status, "payment_reused", "…") }, requestWith()) ?? null;
  expect(answerTo(409)?.status).toBe(200);
  expect(answerTo(422)).toBeNull();
});
