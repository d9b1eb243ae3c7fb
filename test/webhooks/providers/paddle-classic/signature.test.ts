import { describe, expect, test } from "vitest";
import type { Provider } from "../../../../src/webhooks/provider.ts";
import { paddleClassic } from "../../../../src/webhooks/providers/paddle-classic/adapter.ts";
import keys from "../../../fixtures/paddle-classic/keys.json";
import paid from "../../../fixtures/paddle-classic/payment-succeeded.txt?raw";
import signed from "../../../fixtures/paddle-classic/payment-succeeded-signed.txt?raw";
import own from "../../../fixtures/paddle-classic/signed-by-paddle.json";
import renewal from "../../../fixtures/paddle-classic/subscription-payment-succeeded.txt?raw";
import { expectUnforgeable, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { changeForm } from "../change-form.ts";
import { OTHER_KEY, PADDLE_CLASSIC_KEY, signPaddleClassic } from "./signer.ts";

const TOOLS = toolsAt(Date.UTC(2026, 0, 5, 20));

const judge = (body: string, secrets: readonly string[]) =>
  verdictOf(paddleClassic, requestWith({ body }), secrets, TOOLS);
const formOf = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

describe("an alert that Paddle signed, with the public key of its account", () => {
  const { p_signature, ...fields } = own.fields;

  test("is accepted", async () => {
    expect(await judge(formOf(own.fields), [own.public_key])).toBeNull();
    expect(await judge(formOf(own.fields), [PADDLE_CLASSIC_KEY])).toBe("signature_invalid");
    expect(paddleClassic.parse(requestWith({ body: formOf(own.fields) }))).toMatchObject({
      type: "subscription_created",
      event_id: "2091557455",
      events: [{ type: "trial", subscription: { id: "6" } }],
    });
  });

  test("is accepted with its fields in any order", async () => {
    const reversed = Object.fromEntries(Object.entries({ p_signature, ...fields }).reverse());
    expect(await judge(formOf(reversed), [own.public_key])).toBeNull();
  });

  test.each([
    ["another field", { ...own.fields, foo: "bar" }],
    ["a changed field", { ...own.fields, quantity: "24" }],
    ["a field less", { ...fields, p_signature, user_id: "" }],
  ])("is refused with %s", async (_, changed) => {
    expect(await judge(formOf(changed), [own.public_key])).toBe("signature_invalid");
  });
});

describe("a signature", () => {
  test("of the docs' sample was made with OpenSSL, and our signer gives the same", async () => {
    expect(await judge(signed, [PADDLE_CLASSIC_KEY])).toBeNull();
    expect((await signPaddleClassic(paid)).body).toBe(signed);
  });

  test.each([
    ["by the only key", paid, [PADDLE_CLASSIC_KEY], null],
    ["by the older of two keys", paid, [OTHER_KEY, PADDLE_CLASSIC_KEY], null],
    ["by another key", paid, [OTHER_KEY], "signature_invalid"],
    ["of text with umlauts, whose lengths are in bytes", renewal, [PADDLE_CLASSIC_KEY], null],
    ["for an endpoint without a key", paid, [], "signature_invalid"],
    ["for an endpoint with an empty key", paid, [""], "signature_invalid"],
  ])("%s", async (_, body, secrets, code) => {
    const alert = await signPaddleClassic(body);
    expect(await judge(alert.body, secrets)).toBe(code);
  });

  test.each([
    ["is required", null, "signature_missing"],
    ["must not be empty", "", "signature_missing"],
    ["must be base64", "not base64!", "signature_invalid"],
    ["must be of the right length", "AAAA", "signature_invalid"],
  ])("%s", async (_, p_signature, code) => {
    const { body } = await signPaddleClassic(paid);
    expect(await judge(changeForm(body, { p_signature }), [PADDLE_CLASSIC_KEY])).toBe(code);
  });

  test.each(["", "{}", '{"alert_name": "payment_succeeded"}', "p_signature[]=AAAA"])(
    "is missing in a body that isn't an alert: %j",
    async (body) => {
      expect(await judge(body, [PADDLE_CLASSIC_KEY])).toBe("signature_missing");
    },
  );

  test("covers every field, and neither can be changed", { tags: ["deep"] }, async () => {
    // A form can be encoded in several ways, so the search changes the form's decoded text: one field or name a line.
    const { body } = await signPaddleClassic(paid);
    const spelled: Provider = {
      ...paddleClassic,
      verify: (request, ...rest) => {
        const lines = request.body.split("\n");
        const pairs = lines.flatMap((line, at) => (at % 2 === 0 ? [[line, lines[at + 1] ?? ""]] : []));
        return paddleClassic.verify({ ...request, body: new URLSearchParams(pairs).toString() }, ...rest);
      },
    };
    const text = [...new URLSearchParams(body)].flat().join("\n");
    await expectUnforgeable(spelled, requestWith({ body: text }), [OTHER_KEY, PADDLE_CLASSIC_KEY], TOOLS, {});
  });
});

describe("a pasted public key", () => {
  const { secret } = paddleClassic;
  if (secret.made_by !== "provider") throw new Error("Paddle makes the key");

  test.each([
    ["in PEM", PADDLE_CLASSIC_KEY],
    ["with Windows line ends", PADDLE_CLASSIC_KEY.replaceAll("\n", "\r\n")],
    ["in one line", PADDLE_CLASSIC_KEY.replaceAll("\n", " ")],
  ])("%s", async (_, text) => {
    expect(() => secret.check(text)).not.toThrow();
    expect(await judge((await signPaddleClassic(paid)).body, [text])).toBeNull();
  });

  test.each([
    ["without its first and last line", keys.pkcs8],
    ["that is a vendor auth code", "5f1c0a9e7b3d48628a4f6c2e9d017b35"],
    ["that is Paddle Billing's secret", "pdl_ntfset_01h04vsbhqc62t8hmd4z3b578c"],
    ["that is empty", ""],
  ])("is refused: one %s", async (_, text) => {
    const refusal = { status: 422, code: "invalid_secret", field: "secret" };
    expect(() => secret.check(text)).toThrow(expect.objectContaining(refusal));
  });

  test("that is base64 but not a key accepts no signature", async () => {
    const text = "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----";
    expect(await judge((await signPaddleClassic(paid)).body, [text])).toBe("signature_invalid");
  });
});
