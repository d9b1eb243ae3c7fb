import { Paddle } from "@paddle/paddle-node-sdk";
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../src/webhooks/provider.ts";
import { paddle } from "../../../../src/webhooks/providers/paddle/adapter.ts";
import completed from "../../../fixtures/paddle/transaction-completed.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { PADDLE_SECRET, type PaddleOptions, signPaddle } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 2, 14, 20, 12);
const OTHER = "pdl_ntfset_01kdzsz9c2f5h8k1n4q7t0w3y6_Bd5GjMr8TwZa3FkPs6VxCe9HnLq2Yu4";
const body = JSON.stringify(completed);
const tools = toolsAt(NOW);

const signed = async (options: Partial<PaddleOptions> = {}) =>
  requestWith(await signPaddle(body, { now: NOW, ...options }));
const withHeader = (value: string, text = body) => requestWith({ headers: { "paddle-signature": value }, body: text });

describe("the signature", () => {
  // From the tests of Paddle's own library for Node.
  const published: [string, string, string, string | null][] = [
    [
      '{"data": ["1", "2"]}',
      "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9",
      "VALID_SECRET",
      null,
    ],
    [
      '{"data": "value"}',
      "ts=1698796800;h1=28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261;h1=28981e941fae76e53db32f3d2a83cb69db41476595e84e1970a1b5d98f62b261;h2=RANDOM_HASH",
      "VALID_SECRET",
      null,
    ],
    [
      '{"data": ["1", "2"]}',
      "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9",
      "INVALID_VALID_SECRET",
      "signature_invalid",
    ],
    [
      '{ "data": [ "1", "2" ]}',
      "ts=1698796800;h1=a300428748dce5c70e4da19bffd60769591ea969c99dea3105d0ec9612cf43f9",
      "VALID_SECRET",
      "signature_invalid",
    ],
  ];
  test.each(published)("of %s matches Paddle's published one (%#)", async (text, header, secret, code) => {
    expect(await verdictOf(paddle, withHeader(header, text), [secret], toolsAt(1_698_796_800_000))).toBe(code);
  });

  test("by our signer is accepted by Paddle's own library", async () => {
    // The library uses the real clock.
    const { headers } = await signPaddle(body, { now: Date.now() });
    const { webhooks } = new Paddle("pdl_sdbx_apikey_01");
    expect(await webhooks.isSignatureValid(body, PADDLE_SECRET, headers["paddle-signature"])).toBe(true);
    expect(await webhooks.isSignatureValid(body, OTHER, headers["paddle-signature"])).toBe(false);
  });

  test("with the secret is accepted, and with another is not", async () => {
    expect(await verdictOf(paddle, await signed(), [PADDLE_SECRET], tools)).toBeNull();
    expect(await verdictOf(paddle, await signed({ secret: OTHER }), [PADDLE_SECRET], tools)).toBe("signature_invalid");
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [OTHER, PADDLE_SECRET];
    expect(await verdictOf(paddle, await signed(), secrets, tools)).toBeNull();
    expect(await verdictOf(paddle, await signed({ secret: OTHER }), secrets, tools)).toBeNull();
    expect(await verdictOf(paddle, await signed({ secret: "pdl_ntfset_3" }), secrets, tools)).toBe("signature_invalid");
  });

  test("is found among several, as sent by Paddle during a rotation", async () => {
    const request = await signed({ secret: OTHER, others: [PADDLE_SECRET] });
    expect(await verdictOf(paddle, request, [PADDLE_SECRET], tools)).toBeNull();
  });

  test.each([
    ["", "signature_missing"],
    ["ts=1767363612", "signature_missing"],
    [`h1=${"0".repeat(64)}`, "signature_missing"],
    [`ts=1767363612,h1=${"0".repeat(64)}`, "signature_missing"],
    [`ts=now;h1=${"0".repeat(64)}`, "timestamp_out_of_range"],
    ["ts=1767363612;h1=invalid_signature", "signature_invalid"],
  ])("%j is refused", async (header, code) => {
    expect(await verdictOf(paddle, withHeader(header), [PADDLE_SECRET], tools)).toBe(code);
  });

  test("is refused without a header or a secret", async () => {
    expect(await verdictOf(paddle, requestWith({ body }), [PADDLE_SECRET], tools)).toBe("signature_missing");
    expect(await verdictOf(paddle, await signed(), [], tools)).toBe("signature_invalid");
  });

  const ages: [number, string | null][] = [
    [-300, null],
    [-6, null],
    [300, null],
    [-301, "timestamp_out_of_range"],
    [301, "timestamp_out_of_range"],
  ];
  test.each(ages)("made %d seconds from now", async (offset, code) => {
    const request = await signed({ now: NOW + offset * 1_000 });
    expect(await verdictOf(paddle, request, [PADDLE_SECRET], tools)).toBe(code);
  });

  test("covers every byte of body, id and time", { tags: ["deep"] }, async () => {
    await expectUnforgeable(paddle, await signed(), [PADDLE_SECRET], tools, { headers: ["paddle-signature"] });
  });
});

describe("the secret", () => {
  const { secret } = paddle;
  const check = (text: string) => secret.made_by === "provider" && secret.check(text);

  test("is the notification destination's", () => {
    expect(() => check(PADDLE_SECRET)).not.toThrow();
    expect(() => check("pdl_ntfset_01kzs8x7p7a8er7bt2cnpdmk3r_SRqrTzb6TOX3nJ7Iiv+4UVRbFjEYc+4l")).not.toThrow();
  });

  test.each(["pdl_live_apikey_01kd", "ntfset_01kdzsx4m7p0s3v6y9b2e5h8k1", "live_7d279f61a3", "pdl_ntfset_", ""])(
    "cannot be %j",
    (text) => {
      expect(() => check(text)).toThrow(
        expect.objectContaining({ status: 422, code: "invalid_secret", field: "secret" }),
      );
    },
  );
});

test("a waiting event gets the status 200 that Paddle requires", () => {
  const waiting: Outcome = {
    status: "waiting",
    conversion: null,
    attributed_to: null,
    reason: "payment_unknown",
    problem: null,
  };
  expect(paddle.answer?.(waiting, requestWith())?.status).toBe(200);
  expect(paddle.answer?.({ ...waiting, status: "recorded" }, requestWith())).toBeNull();
});
