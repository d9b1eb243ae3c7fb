/** The Braintree adapter: signatures of notifications, the URL check, and keys. */
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../../src/lib/problem.ts";
import type { Provider } from "../../../../src/webhooks/provider.ts";
import { braintree } from "../../../../src/webhooks/providers/braintree/adapter.ts";
import own from "../../../fixtures/braintree/signed-by-braintree.json";
import charged from "../../../fixtures/braintree/subscription-charged.txt?raw";
import { expectUnforgeable, parseFault, requestWith, toolsAt, verdictOf } from "../../adapter.ts";
import { signBraintree } from "./signer.ts";

const SECRET = "s4zr9vn2kq8d7txm:5f1c0a9e7b3d48628a4f6c2e9d017b35";

const OTHER = "8mfqj27d3zcwt6kr:c3a85e017d6f4b92ae5c1f08d7b94e26";

const tools = toolsAt(Date.parse("2026-03-02T10:06:00Z"));

const formOf = (bt_signature: string, bt_payload: string) =>
  requestWith({ body: new URLSearchParams({ bt_signature, bt_payload }).toString() });

describe("a request signed by Braintree's library", () => {
  const secret = `${own.public_key}:${own.private_key}`;

  test.each(own.notifications)("is accepted: $kind", async ({ kind, bt_signature, bt_payload }) => {
    const request = formOf(bt_signature, bt_payload);
    expect(await verdictOf(braintree, request, [secret], tools)).toBeNull();
    expect(await verdictOf(braintree, request, [OTHER], tools)).toBe("signature_invalid");
    // The library's samples lack fields that every real transaction has.
    const incomplete = ["subscription_charged_successfully"].includes(kind);
    if (incomplete) expect(parseFault(braintree, request).field).toContain("transactions.0.currency_iso_code");
    else expect(braintree.parse(request).type).toBe(kind);
  });

  test("is accepted for our own notification, and our signer gives the same signature", async () => {
    const { bt_signature, bt_payload } = own.subscription_charged;
    expect(await verdictOf(braintree, formOf(bt_signature, bt_payload), [secret], tools)).toBeNull();
    const ours = await signBraintree(charged, secret);
    expect([ours.signature, ours.payload]).toEqual([bt_signature, bt_payload]);
  });

  test("is the answer to the URL check", async () => {
    const query = { bt_challenge: own.challenge.text };
    const answer = await braintree.probe?.(requestWith({ method: "GET", query }), [secret, OTHER]);
    expect(answer).toEqual({
      status: 200,
      headers: { "Content-Type": "text/plain" },
      body: own.challenge.answer,
    });
  });
});

describe("a signature", () => {
  const accepts = async (request: { body: string }, secrets = [SECRET]) =>
    verdictOf(braintree, requestWith(request), secrets, tools);

  test("is accepted by either of two key pairs during a rotation, but not by a third", async () => {
    const two = [SECRET, OTHER];
    expect(await accepts(await signBraintree(charged, SECRET), two)).toBeNull();
    expect(await accepts(await signBraintree(charged, OTHER), two)).toBeNull();
    const third = await signBraintree(charged, SECRET.replace("5f1c", "5f1d"));
    expect(await accepts(third, two)).toBe("signature_invalid");
    const foreign = await signBraintree(charged, SECRET.replace("s4zr", "s4zs"));
    expect(await accepts(foreign, two)).toBe("signature_invalid");
  });

  test("is found among signatures by other keys", async () => {
    const beside = { before: [`${OTHER.slice(0, 16)}|${"0".repeat(40)}`, "nonsense"], after: ["x|y|z"] };
    expect(await accepts(await signBraintree(charged, SECRET, beside))).toBeNull();
  });

  test("survives the loss of the payload's last line break", async () => {
    const { signature, payload } = await signBraintree(charged, SECRET);
    expect(await accepts(formOf(signature, payload.trimEnd()))).toBeNull();
  });

  test("is refused without a secret", async () => {
    const request = await signBraintree(charged, ":");
    for (const secrets of [[], [""], [":"], ["s4zr9vn2kq8d7txm:"]]) {
      expect(await accepts(request, secrets)).toBe("signature_invalid");
    }
  });

  test("and the payload are required", async () => {
    const { signature, payload } = await signBraintree(charged, SECRET);
    for (const request of [formOf("", payload), formOf(signature, ""), { body: "" }, { body: charged }]) {
      expect(await accepts(request)).toBe("signature_missing");
    }
  });

  test("of a probe is not valid for a notification", async () => {
    const bt_challenge = "20f9f8ed05f77439fe955c977e4c8a53";
    const answer = await braintree.probe?.(requestWith({ method: "GET", query: { bt_challenge } }), [SECRET]);
    expect(await accepts(formOf(String(answer?.body), bt_challenge))).toBe("signature_invalid");
  });

  test("covers the payload, and neither can be changed", { tags: ["deep"] }, async () => {
    // A form can be encoded in several ways, so the search changes the form's fields.
    const { signature, payload } = await signBraintree(charged, SECRET);
    const spelled: Provider = {
      ...braintree,
      verify: (request, ...rest) =>
        braintree.verify(
          formOf(request.body.slice(0, signature.length), request.body.slice(signature.length)),
          ...rest,
        ),
    };
    await expectUnforgeable(spelled, requestWith({ body: signature + payload }), [SECRET], tools, {});
  });
});

describe("a probe", () => {
  test.each(["", "20f9", "20F9F8ED05F77439FE955C977E4C8A53", "20f9f8ed05f77439fe955c977e4c8a530", "subscription"])(
    "with an invalid challenge is not signed: %s",
    async (bt_challenge) => {
      const answer = await braintree.probe?.(requestWith({ method: "GET", query: { bt_challenge } }), [SECRET]);
      expect(answer?.status).toBe(400);
    },
  );

  test("without a challenge or a secret is not signed", async () => {
    expect((await braintree.probe?.(requestWith({ method: "GET" }), [SECRET]))?.status).toBe(400);
    const query = { bt_challenge: own.challenge.text };
    expect((await braintree.probe?.(requestWith({ method: "GET", query }), []))?.status).toBe(400);
  });
});

describe("a secret", () => {
  const checkSecret = (text: string) => {
    if (braintree.secret.made_by !== "provider") throw new Error("Braintree makes it");
    braintree.secret.check(text);
  };

  test("is a public and a private key", () => {
    expect(() => checkSecret(SECRET)).not.toThrow();
  });

  test.each(["", "s4zr9vn2kq8d7txm", "s4zr9vn2kq8d7txm:", `${SECRET}:x`, `${SECRET} `, "sandbox_5rnd8vqz_fieldguides"])(
    "cannot be %s",
    (text) => {
      try {
        checkSecret(text);
      } catch (error) {
        const { status, code, field } = error as Problem;
        expect({ status, code, field }).toEqual({ status: 422, code: "invalid_secret", field: "secret" });
        return;
      }
      throw new Error("it was accepted");
    },
  );
});
