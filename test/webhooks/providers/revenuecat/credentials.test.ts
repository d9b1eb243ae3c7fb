/** RevenueCat sends the Authorization header that the merchant sets. */
import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../src/webhooks/provider.ts";
import { revenuecat } from "../../../../src/webhooks/providers/revenuecat/adapter.ts";
import renewal from "../../../fixtures/revenuecat/renewal.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signRevenuecat } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 1, 10, 10));
const SECRET = makeSecret(7);
const OTHER = makeSecret(8);
const THIRD = makeSecret(9);

function makeSecret(byte: number): string {
  if (revenuecat.secret.made_by !== "us") throw new Error("the secret is ours");
  return revenuecat.secret.make(new Uint8Array(32).fill(byte));
}

describe("the Authorization header", () => {
  const body = JSON.stringify(renewal);
  const signed = (secret: string) => requestWith(signRevenuecat(body, { secret }));

  test.each(["", "Bearer "])("with the secret after %j is accepted at any time", async (scheme) => {
    expect(await verdictOf(revenuecat, signed(`${scheme}${SECRET}`), [SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(revenuecat, signed(`${scheme}${SECRET}`), [SECRET], toolsAt(0))).toBeNull();
  });

  test("is accepted with either of two secrets during a rotation, but not with a third", async () => {
    expect(await verdictOf(revenuecat, signed(SECRET), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(revenuecat, signed(OTHER), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(revenuecat, signed(THIRD), [OTHER, SECRET], TOOLS)).toBe("signature_invalid");
  });

  test.each([
    ["none", {}, "signature_missing"],
    ["an empty one", { Authorization: "" }, "signature_missing"],
    ["an empty token", { Authorization: "Bearer " }, "signature_invalid"],
    ["another scheme", { Authorization: `Basic ${SECRET}` }, "signature_invalid"],
    ["more", { Authorization: `${SECRET} x` }, "signature_invalid"],
  ])("is refused: %s", async (_, headers, code) => {
    expect(await verdictOf(revenuecat, requestWith({ body, headers }), [SECRET], TOOLS)).toBe(code);
  });

  test("is refused without a secret", async () => {
    expect(await verdictOf(revenuecat, signed(SECRET), [], TOOLS)).toBe("signature_invalid");
    expect(await verdictOf(revenuecat, signed("Bearer"), [""], TOOLS)).toBe("signature_invalid");
  });

  test("is refused with any byte changed; the body is not signed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(revenuecat, signed(SECRET), [SECRET], TOOLS, { body: false, headers: ["authorization"] });
  });

  test("is 256 random bits", () => {
    expect(SECRET).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });
});

test("a waiting event gets the status 200 that RevenueCat requires", () => {
  const waiting: Outcome = {
    status: "waiting",
    conversion: null,
    attributed_to: null,
    reason: "payment_unknown",
    problem: null,
  };
  expect(revenuecat.answer?.(waiting, requestWith())?.status).toBe(200);
  expect(revenuecat.answer?.({ ...waiting, status: "recorded" }, requestWith())).toBeNull();
});
