import { describe, expect, test } from "vitest";
import type { SignedRequest } from "../../../../src/webhooks/provider.ts";
import { woocommerce } from "../../../../src/webhooks/providers/woocommerce/adapter.ts";
import orderPaid from "../../../fixtures/woocommerce/order-updated-paid.json";
import ping from "../../../fixtures/woocommerce/ping.txt?raw";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { pingWooCommerce, signWooCommerce } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 0, 3, 10, 0, 23));
const SECRET = makeSecret(7);
const OTHER = makeSecret(8);
const THIRD = makeSecret(9);

function makeSecret(byte: number): string {
  if (woocommerce.secret.made_by !== "us") throw new Error("the secret is ours");
  return woocommerce.secret.make(new Uint8Array(32).fill(byte));
}

async function signed(body: string, secret = SECRET): Promise<SignedRequest> {
  return requestWith(await signWooCommerce(body, { secret, topic: "order.updated" }));
}

describe("the signature", () => {
  const body = JSON.stringify(orderPaid);

  test("is HMAC-SHA256 in base64, as in test case 2 of RFC 4231", async () => {
    const request = requestWith({
      body: "what do ya want for nothing?",
      headers: { "X-WC-Webhook-Signature": "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=" },
    });
    expect(await verdictOf(woocommerce, request, ["Jefe"], TOOLS)).toBeNull();
  });

  test("with the secret is accepted at any time", async () => {
    expect(await verdictOf(woocommerce, await signed(body), [SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(woocommerce, await signed(body), [SECRET], toolsAt(0))).toBeNull();
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    expect(await verdictOf(woocommerce, await signed(body), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(woocommerce, await signed(body, OTHER), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(woocommerce, await signed(body, THIRD), [OTHER, SECRET], TOOLS)).toBe("signature_invalid");
  });

  test("is refused if it is missing or the endpoint has no secret", async () => {
    expect(await verdictOf(woocommerce, requestWith({ body }), [SECRET], TOOLS)).toBe("signature_missing");
    expect(await verdictOf(woocommerce, await signed(body), [], TOOLS)).toBe("signature_invalid");
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(woocommerce, await signed(body), [SECRET], TOOLS, { headers: ["X-WC-Webhook-Signature"] });
  });

  test("uses a secret without characters that HTML escapes", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

describe("the ping", () => {
  test("needs no signature, and is answered without recording anything", async () => {
    const request = requestWith(pingWooCommerce());
    expect(request.body).toBe(ping.trim());
    expect(await woocommerce.probe?.(request, [SECRET])).toEqual({ status: 200 });
    expect(await verdictOf(woocommerce, request, [SECRET], TOOLS)).toBe("signature_missing");
  });

  test.each(["webhook_id=12&id=727", "webhook_id=", 'webhook_id=12\n{"id":727}', '{"webhook_id":12}', ""])(
    "has no other form: %j",
    async (body) => {
      const request = requestWith({ body, headers: { "X-WC-Webhook-Topic": "order.updated" } });
      expect(await woocommerce.probe?.(request, [SECRET])).toBeNull();
      expect(await verdictOf(woocommerce, request, [SECRET], TOOLS)).toBe("signature_missing");
    },
  );

  test("with a wrong signature is refused", async () => {
    const request = requestWith({ body: ping.trim(), headers: { "X-WC-Webhook-Signature": "AAAA" } });
    expect(await woocommerce.probe?.(request, [SECRET])).toBeNull();
    expect(await verdictOf(woocommerce, request, [SECRET], TOOLS)).toBe("signature_invalid");
  });
});
