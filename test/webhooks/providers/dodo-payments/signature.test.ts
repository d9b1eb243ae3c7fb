import { describe, expect, test } from "vitest";
import { dodoPayments } from "../../../../src/webhooks/providers/dodo-payments/adapter.ts";
import payment from "../../../fixtures/dodopayments/payment-succeeded.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { DODO_SECRET, type DodoOptions, signDodo } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 3, 10, 2, 13);
const OTHER = "whsec_YW5vdGhlciBrZXkgb2YgMzIgYnl0ZXMsIG5vdCBvdXJzLg==";
const HEADERS = ["webhook-id", "webhook-timestamp", "webhook-signature"];
const body = JSON.stringify(payment);
const tools = toolsAt(NOW);

const signed = (options: Partial<DodoOptions> = {}) => requestWith(signDodo(body, { now: NOW, ...options }));

describe("the signature", () => {
  test("matches the one in the tests of the reference libraries", async () => {
    const seconds = 1_614_265_330;
    const headers = {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": String(seconds),
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    };
    const verify = (text: string, secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw") =>
      verdictOf(dodoPayments, requestWith({ headers, body: text }), [secret], toolsAt(seconds * 1_000));
    expect(await verify('{"test": 2432232314}')).toBeNull();
    expect(await verify('{"test": 2432232315}')).toBe("signature_invalid");
    expect(await verify('{"test": 2432232314}', OTHER)).toBe("signature_invalid");
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [OTHER, DODO_SECRET];
    const third = "whsec_dGhlIHRoaXJkIGtleSBvZiAzMiBieXRlcyBpcyBub25lLg==";
    expect(await verdictOf(dodoPayments, signed(), secrets, tools)).toBeNull();
    expect(await verdictOf(dodoPayments, signed({ secret: OTHER }), secrets, tools)).toBeNull();
    expect(await verdictOf(dodoPayments, signed({ secret: third }), secrets, tools)).toBe("signature_invalid");
    expect(await verdictOf(dodoPayments, signed(), [], tools)).toBe("signature_invalid");
  });

  test.each(HEADERS)("is refused without %s", async (name) => {
    const request = signed();
    request.headers.delete(name);
    expect(await verdictOf(dodoPayments, request, [DODO_SECRET], tools)).toBe("signature_missing");
  });

  test.each([
    [-300, null],
    [300, null],
    [-301, "timestamp_out_of_range"],
    [301, "timestamp_out_of_range"],
  ])("made %d seconds from now", async (offset, code) => {
    const request = signed({ now: NOW + offset * 1_000 });
    expect(await verdictOf(dodoPayments, request, [DODO_SECRET], tools)).toBe(code);
  });

  test("covers every byte of body, id and time", { tags: ["deep"] }, async () => {
    await expectUnforgeable(dodoPayments, signed(), [DODO_SECRET], tools, { headers: HEADERS });
  });
});

describe("the secret", () => {
  const { secret } = dodoPayments;
  const check = (text: string) => secret.made_by === "provider" && secret.check(text);

  test("is the endpoint's", () => {
    expect(() => check(DODO_SECRET)).not.toThrow();
  });

  test.each(["", "whsec_", "whsec_c2hvcnQ=", "Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9mIGtleS4="])(
    "cannot be %j",
    (text) => {
      expect(() => check(text)).toThrow(
        expect.objectContaining({ status: 422, code: "invalid_secret", field: "secret" }),
      );
    },
  );
});
