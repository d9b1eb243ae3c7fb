import { describe, expect, test } from "vitest";
import { stripe } from "../../../../src/webhooks/providers/stripe/adapter.ts";
import invoicePaid from "../../../fixtures/stripe/invoice-paid-first.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { STRIPE_SECRET, type StripeOptions, signStripe, stripeWebhooks } from "./signer.ts";

const NOW = Date.UTC(2026, 0, 17, 11, 5, 24);
const OTHER = "whsec_q8Zr2LtYx6Vn0BwK4cDj9HsMg5PfRa7T";
const body = JSON.stringify(invoicePaid, null, 2);
const tools = toolsAt(NOW);

const signed = async (options: Partial<StripeOptions> = {}) =>
  requestWith(await signStripe(body, { now: NOW, ...options }));
const withHeader = (value: string) => requestWith({ headers: { "stripe-signature": value }, body });

/** The verdict of Stripe's own library. */
async function isTakenByStripe(request: { headers: Headers; body: string }, secret: string): Promise<boolean> {
  const header = request.headers.get("stripe-signature") ?? "";
  return stripeWebhooks
    .constructEventAsync(request.body, header, secret, 300, undefined, NOW)
    .then(() => true)
    .catch(() => false);
}

describe("the signature", () => {
  test("with the secret is accepted, also by Stripe's library", async () => {
    const request = await signed();
    expect(await verdictOf(stripe, request, [STRIPE_SECRET], tools)).toBeNull();
    expect(await isTakenByStripe(request, STRIPE_SECRET)).toBe(true);
  });

  test("with another secret is refused, also by Stripe's library", async () => {
    const request = await signed({ secret: OTHER });
    expect(await verdictOf(stripe, request, [STRIPE_SECRET], tools)).toBe("signature_invalid");
    expect(await isTakenByStripe(request, STRIPE_SECRET)).toBe(false);
  });

  test("by either of two secrets is accepted during a rotation, but not by a third", async () => {
    const secrets = [OTHER, STRIPE_SECRET];
    expect(await verdictOf(stripe, await signed(), secrets, tools)).toBeNull();
    expect(await verdictOf(stripe, await signed({ secret: OTHER }), secrets, tools)).toBeNull();
    expect(await verdictOf(stripe, await signed({ secret: "whsec_third" }), secrets, tools)).toBe("signature_invalid");
  });

  test("is found among several, as sent by Stripe while a secret is rolled", async () => {
    const request = await signed({ secret: OTHER, others: [STRIPE_SECRET] });
    expect(request.headers.get("stripe-signature")?.match(/v1=/g)).toHaveLength(2);
    expect(await verdictOf(stripe, request, [STRIPE_SECRET], tools)).toBeNull();
    expect(await isTakenByStripe(request, STRIPE_SECRET)).toBe(true);
  });

  test("is not searched for among more than any provider sends", async () => {
    const header = (await signed()).headers.get("stripe-signature") ?? "";
    const [time, own] = header.split(",");
    const padding = Array.from({ length: 20 }, () => `v1=${"0".repeat(64)}`).join(",");
    expect(await verdictOf(stripe, withHeader(`${time},${own},${padding}`), [STRIPE_SECRET], tools)).toBeNull();
    expect(await verdictOf(stripe, withHeader(`${time},${padding},${own}`), [STRIPE_SECRET], tools)).toBe(
      "signature_invalid",
    );
  });

  test("of another scheme is refused", async () => {
    const header = (await signed()).headers.get("stripe-signature") ?? "";
    expect(await verdictOf(stripe, withHeader(header.replace("v1=", "v0=")), [STRIPE_SECRET], tools)).toBe(
      "signature_missing",
    );
    expect(await verdictOf(stripe, withHeader(`${header},v0=${"0".repeat(64)}`), [STRIPE_SECRET], tools)).toBeNull();
  });

  test.each([
    ["", "signature_missing"],
    ["t=1768647924", "signature_missing"],
    [`v1=${"0".repeat(64)}`, "signature_missing"],
    [`t=1768647924x,v1=${"0".repeat(64)}`, "timestamp_out_of_range"],
    [`t=,v1=${"0".repeat(64)}`, "timestamp_out_of_range"],
    [`t=1768647924,v1=${"0".repeat(64)}`, "signature_invalid"],
    ["t=1768647924,v1=", "signature_invalid"],
  ])("%j is refused", async (header, code) => {
    expect(await verdictOf(stripe, withHeader(header), [STRIPE_SECRET], tools)).toBe(code);
  });

  test("is refused without a header or a secret", async () => {
    expect(await verdictOf(stripe, requestWith({ body }), [STRIPE_SECRET], tools)).toBe("signature_missing");
    expect(await verdictOf(stripe, await signed(), [], tools)).toBe("signature_invalid");
    expect(await verdictOf(stripe, await signed(), [""], tools)).toBe("signature_invalid");
  });

  const ages: [number, string | null][] = [
    [-300, null],
    [300, null],
    [-301, "timestamp_out_of_range"],
    [301, "timestamp_out_of_range"],
  ];
  test.each(ages)("made %d seconds from now", async (offset, code) => {
    const request = await signed({ now: NOW + offset * 1_000 });
    expect(await verdictOf(stripe, request, [STRIPE_SECRET], tools)).toBe(code);
  });

  test("covers every byte of body, id and time", { tags: ["deep"] }, async () => {
    await expectUnforgeable(stripe, await signed(), [STRIPE_SECRET], tools, { headers: ["stripe-signature"] });
  });
});

describe("the secret", () => {
  const { secret } = stripe;
  const check = (text: string) => secret.made_by === "provider" && secret.check(text);

  test("has the format that Stripe shows for the endpoint", () => {
    expect(() => check(STRIPE_SECRET)).not.toThrow();
  });

  test.each(["sk_live_51QEaHs", "we_1QEaHsJk7Yd3WbTn", "whsec_", "whsec_a b", ""])("cannot be %j", (text) => {
    expect(() => check(text)).toThrow(
      expect.objectContaining({ status: 422, code: "invalid_secret", field: "secret" }),
    );
  });
});
