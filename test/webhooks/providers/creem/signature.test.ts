import { describe, expect, test } from "vitest";
import type { Outcome } from "../../../../src/webhooks/provider.ts";
import { creem } from "../../../../src/webhooks/providers/creem/adapter.ts";
import completed from "../../../fixtures/creem/checkout-completed.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { CREEM_SECRET, signCreem } from "./signer.ts";

const OTHER = "whsec_9nQxVb3TkLm6RcWyZs1PgHd";
const TOOLS = toolsAt(Date.UTC(2026, 0, 3, 10, 2, 13));
const body = JSON.stringify(completed);

const signed = async (secret?: string) => requestWith(await signCreem(body, secret));

describe("the signature", () => {
  test("matches one that Creem's own library accepts", async () => {
    const request = requestWith({
      body: '{"id":"evt_123","eventType":"checkout.completed"}',
      headers: { "creem-signature": "966c9631ef808785ff4e09137483caa4d8850fd71dd703c3c2ec960f03c4e7ea" },
    });
    expect(await verdictOf(creem, request, ["whsec_test_secret"], TOOLS)).toBeNull();
    expect(await verdictOf(creem, { ...request, body: "{}" }, ["whsec_test_secret"], TOOLS)).toBe("signature_invalid");
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [OTHER, CREEM_SECRET];
    expect(await verdictOf(creem, await signed(), secrets, TOOLS)).toBeNull();
    expect(await verdictOf(creem, await signed(OTHER), secrets, TOOLS)).toBeNull();
    expect(await verdictOf(creem, await signed("whsec_third_secret"), secrets, TOOLS)).toBe("signature_invalid");
  });

  test("is refused if it is missing, isn't hex, or the endpoint has no secret", async () => {
    expect(await verdictOf(creem, requestWith({ body }), [CREEM_SECRET], TOOLS)).toBe("signature_missing");
    expect(await verdictOf(creem, await signed(), [], TOOLS)).toBe("signature_invalid");
    const odd = requestWith({ body, headers: { "creem-signature": "no hex" } });
    expect(await verdictOf(creem, odd, [CREEM_SECRET], TOOLS)).toBe("signature_invalid");
  });

  test("covers every byte of the body", { tags: ["deep"] }, async () => {
    await expectUnforgeable(creem, await signed(), [CREEM_SECRET], TOOLS, { headers: ["creem-signature"] });
  });
});

describe("the secret", () => {
  const { secret } = creem;
  const check = (text: string) => secret.made_by === "provider" && secret.check(text);

  test("is the webhook's", () => {
    expect(() => check(CREEM_SECRET)).not.toThrow();
  });

  test.each(["creem_4tRbXk7LqVn2TmWcYs8PzHd", "whsec_", "whsec_two words", ""])("cannot be %j", (text) => {
    expect(() => check(text)).toThrow(
      expect.objectContaining({ status: 422, code: "invalid_secret", field: "secret" }),
    );
  });
});

test("a waiting event gets the status 200 that Creem requires", () => {
  const waiting: Outcome = {
    status: "waiting",
    conversion: null,
    attributed_to: null,
    reason: "payment_unknown",
    problem: null,
  };
  expect(creem.answer?.(waiting, requestWith())?.status).toBe(200);
  expect(creem.answer?.({ ...waiting, status: "recorded" }, requestWith())).toBeNull();
});
