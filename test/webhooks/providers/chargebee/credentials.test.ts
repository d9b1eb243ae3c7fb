/** Chargebee does not sign requests, but sends a username and password. */
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

  test("are basic authentication, as in the example of RFC 7617", async () => {
    const request = requestWith({ headers: { Authorization: "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==" } });
    expect(await verdictOf(chargebee, request, ["Aladdin:open sesame"], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, request, ["Aladdin:open sesam"], TOOLS)).toBe("signature_invalid");
  });

  test("with the secret are accepted at any time", async () => {
    expect(await verdictOf(chargebee, signed(SECRET), [SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, signed(SECRET), [SECRET], toolsAt(0))).toBeNull();
  });

  test("are accepted with either of two secrets during a rotation, but not with a third", async () => {
    expect(await verdictOf(chargebee, signed(SECRET), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, signed(OTHER), [OTHER, SECRET], TOOLS)).toBeNull();
    expect(await verdictOf(chargebee, signed(THIRD), [OTHER, SECRET], TOOLS)).toBe("signature_invalid");
  });

  test.each([
    ["none", {}, "signature_missing"],
    ["another scheme than basic", { Authorization: `Bearer ${btoa(SECRET)}` }, "signature_missing"],
    ["empty ones", { Authorization: "Basic " }, "signature_missing"],
    ["the unencoded secret", { Authorization: `Basic ${SECRET}` }, "signature_invalid"],
    ["and more", { Authorization: `Basic ${btoa(SECRET)} x` }, "signature_invalid"],
  ])("are refused: %s", async (_, headers, code) => {
    expect(await verdictOf(chargebee, requestWith({ body, headers }), [SECRET], TOOLS)).toBe(code);
  });

  test("are refused without a secret", async () => {
    expect(await verdictOf(chargebee, signed(SECRET), [], TOOLS)).toBe("signature_invalid");
    expect(await verdictOf(chargebee, requestWith({ headers: { Authorization: "Basic =" } }), [""], TOOLS)).toBe(
      "signature_invalid",
    );
  });

  test("are refused with any byte changed; the body is not signed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(chargebee, signed(SECRET), [SECRET], TOOLS, { body: false, headers: ["Authorization"] });
  });

  test("are a username and a password", () => {
    expect(SECRET).toMatch(/^lastclick:[A-Za-z0-9_-]{43}$/);
  });
});
