/** Chargebee signs nothing: who knows the user name and the password is believed. */
import { describe, expect, test } from "vitest";
import { chargebee } from "../../../../src/webhooks/providers/chargebee/adapter.ts";
import paid from "../../../fixtures/chargebee/payment-succeeded.json";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signChargebee } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 0, 3, 10));
const SECRET = makeSecret(7);
const OTHER = makeSecret(8);
const THIRD = makeSecret(9);

function makeSecret(byte: number): string {
  if (chargebee.secret.made_by !== "us") throw new Error("the secret is ours");
  return chargebee.secret.make(new Uint8Array(32).fill(byte));
}

describe("the credentials", () => {
  const body = JSON.stringify(paid);
  const signed = (secret: string) => requestWith(signChargebee(body, { secret }));

  test("are basic authentication, by the example of RFC 7617", async () => {
    const request = requestWith({ headers: { Authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" } });
    expect(await verdictOf(chargebee, request, ["Aladdin:open sesame"], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, request, ["Aladdin:open sesam"], TOOLS)).toBe("signature_invalid");
  });

  test("of the secret's holder are accepted, whenever they come", async () => {
    expect(await verdictOf(chargebee, signed(SECRET), [SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, signed(SECRET), [SECRET], toolsAt(0))).toBeNull();
  });

  test("are either secret's while secrets rotate, not a third's", async () => {
    expect(await verdictOf(chargebee, signed(SECRET), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, signed(OTHER), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, signed(THIRD), [OTHER, SECRET], TOOLS)).toBe("signature_invalid");
  });

  test.each([
    ["none", {}, "signature_missing"],
    ["no basic ones", { Authorization: `Bearer ${btoa(SECRET)}` }, "signature_missing"],
    ["empty ones", { Authorization: "Basic " }, "signature_missing"],
    ["the secret as it is", { Authorization: `Basic ${SECRET}` }, "signature_invalid"],
    ["and more", { Authorization: `Basic ${btoa(SECRET)} x` }, "signature_invalid"],
  ])("are refused: %s", async (_, headers, code) => {
    expect(await verdictOf(chargebee, requestWith({ body, headers }), [SECRET], TOOLS)).toBe(code);
  });

  test("are refused where there is no secret", async () => {
    expect(await verdictOf(chargebee, signed(SECRET), [], TOOLS)).toBe("signature_invalid");
    expect(await verdictOf(chargebee, requestWith({ headers: { Authorization: "Basic =" } }), [""], TOOLS)).toBe(
      "signature_invalid",
    );
  });

  test("cannot be had by changing a byte; the body is not signed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(chargebee, signed(SECRET), [SECRET], TOOLS, { body: false, headers: ["Authorization"] });
  });

  test("are a user name and a password", () => {
    expect(SECRET).toMatch(/^lastclick:[A-Za-z0-9_-]{43}$/);
  });
});
