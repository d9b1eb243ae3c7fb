import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../src/webhooks/provider.ts";
import { fastspring } from "../../../../src/webhooks/providers/fastspring/adapter.ts";
import completed from "../../../fixtures/fastspring/order-completed.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signFastspring } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 0, 3, 10, 2, 13));
const SECRET = makeSecret(7);
const OTHER = makeSecret(8);
const THIRD = makeSecret(9);
const body = JSON.stringify(completed);

function makeSecret(byte: number): string {
  if (fastspring.secret.made_by !== "us") throw new Error("the secret is ours");
  return fastspring.secret.make(new Uint8Array(32).fill(byte));
}

const signed = async (secret: string) => requestWith(await signFastspring(body, { secret }));

describe("the signature", () => {
  test("matches a well-known HMAC-SHA256", async () => {
    const request = requestWith({
      body: "The quick brown fox jumps over the lazy dog",
      headers: { "X-FS-Signature": "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=" },
    });
    expect(await verdictOf(fastspring, request, ["key"], TOOLS)).toBeNull();
    expect(await verdictOf(fastspring, request, ["keys"], TOOLS)).toBe("signature_invalid");
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [OTHER, SECRET];
    expect(await verdictOf(fastspring, await signed(SECRET), secrets, TOOLS)).toBeNull();
    expect(await verdictOf(fastspring, await signed(OTHER), secrets, TOOLS)).toBeNull();
    expect(await verdictOf(fastspring, await signed(THIRD), secrets, TOOLS)).toBe("signature_invalid");
  });

  test("is refused if it is missing, isn't base64, or the endpoint has no secret", async () => {
    expect(await verdictOf(fastspring, requestWith({ body }), [SECRET], TOOLS)).toBe("signature_missing");
    expect(await verdictOf(fastspring, await signed(SECRET), [], TOOLS)).toBe("signature_invalid");
    const odd = requestWith({ body, headers: { "x-fs-signature": "no base64" } });
    expect(await verdictOf(fastspring, odd, [SECRET], TOOLS)).toBe("signature_invalid");
  });

  test("covers every byte of the body", { tags: ["deep"] }, async () => {
    await expectUnforgeable(fastspring, await signed(SECRET), [SECRET], TOOLS, { headers: ["x-fs-signature"] });
  });

  test("has a secret of 256 random bits", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

test("a waiting event gets the status 200, because FastSpring sends it again after 202", () => {
  const waiting: Outcome = {
    status: "waiting",
    conversion: null,
    attributed_to: null,
    reason: "payment_unknown",
    problem: null,
  };
  expect(fastspring.answer?.(waiting, requestWith())?.status).toBe(200);
  expect(fastspring.answer?.({ ...waiting, status: "recorded" }, requestWith())).toBeNull();
});
