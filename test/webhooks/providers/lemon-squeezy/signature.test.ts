/** Lemon Squeezy's signature. */
import { describe, expect, test } from "vitest";
import type { SignedRequest } from "../../../../src/webhooks/provider.ts";
import { lemonSqueezy } from "../../../../src/webhooks/providers/lemon-squeezy/adapter.ts";
import orderCreated from "../../../fixtures/lemonsqueezy/order-created.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signLemonSqueezy } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 0, 3, 10, 2, 20));
const SECRET = makeSecret(7);
const OTHER = makeSecret(8);
const THIRD = makeSecret(9);

function makeSecret(byte: number): string {
  if (lemonSqueezy.secret.made_by !== "us") throw new Error("the secret is ours");
  return lemonSqueezy.secret.make(new Uint8Array(32).fill(byte));
}

async function signed(body: string, secret = SECRET): Promise<SignedRequest> {
  return requestWith(await signLemonSqueezy(body, { secret }));
}

describe("the signature", () => {
  const body = JSON.stringify(orderCreated);

  test("is HMAC-SHA256 in hex, as in test case 2 of RFC 4231", async () => {
    const request = requestWith({
      body: "what do ya want for nothing?",
      headers: { "X-Signature": "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
    });
    expect(await verdictOf(lemonSqueezy, request, ["Jefe"], TOOLS)).toBeNull();
  });

  test("with the secret is accepted at any time", async () => {
    expect(await verdictOf(lemonSqueezy, await signed(body), [SECRET], toolsAt(0))).toBeNull();
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    expect(await verdictOf(lemonSqueezy, await signed(body), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(lemonSqueezy, await signed(body, OTHER), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(lemonSqueezy, await signed(body, THIRD), [OTHER, SECRET], TOOLS)).toBe("signature_invalid");
  });

  test("is refused if it is missing or the endpoint has no secret", async () => {
    expect(await verdictOf(lemonSqueezy, requestWith({ body }), [SECRET], TOOLS)).toBe("signature_missing");
    expect(await verdictOf(lemonSqueezy, await signed(body), [], TOOLS)).toBe("signature_invalid");
    const odd = requestWith({ body, headers: { "X-Signature": "no hex" } });
    expect(await verdictOf(lemonSqueezy, odd, [SECRET], TOOLS)).toBe("signature_invalid");
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(lemonSqueezy, await signed(body), [SECRET], TOOLS, { headers: ["X-Signature"] });
  });

  test("uses a secret of the length that Lemon Squeezy accepts", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{40}$/);
    expect(makeSecret(10)).not.toBe(SECRET);
  });
});
