/** The PayPal adapter's signature: PayPal's own signed message, the certificate, and invalid variants. */
import { describe, expect, test } from "vitest";
import type { VerifyTools } from "../../../../src/webhooks/provider.ts";
import { paypal } from "../../../../src/webhooks/providers/paypal/adapter.ts";
import capture from "../../../fixtures/paypal/capture-completed.json";
import ownBody from "../../../fixtures/paypal/signed-by-paypal.txt?raw";
import ownCertificate from "../../../fixtures/paypal/signed-by-paypal-certificate.txt?raw";
import { expectUnforgeable, requestWith, verdictOf } from "../../adapter.ts";
import { CERTIFICATE_URLS, PAYPAL_CERTIFICATES, signPaypal } from "./signer.ts";

const WEBHOOK = "4JH86294D6297924G";
const NOW = Date.parse("2026-03-02T09:16:00Z");
const DAY = 86_400_000;
const body = JSON.stringify(capture);

/** Tools at a time that serve PayPal's certificates and record the requested URLs. */
function toolsAt(now: number, served: Readonly<Record<string, string>> = PAYPAL_CERTIFICATES) {
  const asked: string[] = [];
  const request: VerifyTools["request"] = async (url) => {
    asked.push(url);
    const pem = served[url];
    return pem === undefined ? new Response("not found", { status: 404 }) : new Response(pem);
  };
  return { now, request, asked };
}

async function signed(options: Partial<Parameters<typeof signPaypal>[1]> = {}, text = body) {
  return requestWith(await signPaypal(text, { webhook_id: WEBHOOK, at: NOW, ...options }));
}

describe("PayPal's own signed message", () => {
  // Sent by PayPal's webhooks simulator on August 2, 2024, with the certificate that its host served then.
  const own = requestWith({
    headers: {
      "paypal-transmission-id": "51730200-5106-11ef-9a30-157053fd3e43",
      "paypal-transmission-time": "2024-08-02T19:35:04Z",
      "paypal-transmission-sig":
        "ff31fhZxoix1VbYc2wPp991eiUBdhALb71NFSq8VOMkbaBdx3Gm4lFZmQDL/lUXl4rImLjUdDvBMp4DOCN7T5WmyY7G88yzMJJCngENSA7+r1NXweP+TLy5/jyGoNU2j3VEUSr9gwNF1tKrCpixnJbzwTA7tI8s4c53xfdtPuYKd4KNjH7jRQXt/YH+sR9hwNZTPWpIUm1LrdGFxCH1iHoM5/mO1E7EngRuTf8zYAFIJE/vBcY2dLoD2gTJPfLbo5D+KSSMqgrD+xuCPJtZnQjP9QbA0rUAenRYAbRxPh2u3dLTiAaRMP7mZBI4d9ecPkdk0HgtUAPVhJTTBmx+Lag==",
      "paypal-auth-version": "v2",
      "paypal-cert-url": "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1a5f47cb",
      "paypal-auth-algo": "SHA256withRSA",
    },
    body: ownBody,
  });
  const served = { "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-1a5f47cb": ownCertificate };
  const sentAt = Date.parse("2024-08-02T19:35:04Z");

  test("is accepted for the simulator's webhook id only", async () => {
    expect(await verdictOf(paypal, own, ["WEBHOOK_ID"], toolsAt(sentAt, served))).toBeNull();
    expect(await verdictOf(paypal, own, [WEBHOOK], toolsAt(sentAt, served))).toBe("signature_invalid");
  });

  test("is parsed", () => {
    expect(paypal.parse(own)).toMatchObject({
      type: "PAYMENT.CAPTURE.REFUNDED",
      events: [{ type: "refund", payment: "0JF852973C016714D", refund: "1Y107995YT783435V", gross: 99 }],
    });
  });

  test("is refused with any byte changed", { tags: ["deep"] }, async () => {
    await expectUnforgeable(paypal, own, ["WEBHOOK_ID"], toolsAt(sentAt, served), {
      headers: ["paypal-transmission-id", "paypal-transmission-time", "paypal-transmission-sig"],
    });
  });
});

describe("a signature", () => {
  test("is accepted with the live and the sandbox certificate", async () => {
    expect(await verdictOf(paypal, await signed(), [WEBHOOK], toolsAt(NOW))).toBeNull();
    const sandbox = await signed({ cert_url: CERTIFICATE_URLS.sandbox });
    expect(await verdictOf(paypal, sandbox, [WEBHOOK], toolsAt(NOW))).toBeNull();
  });

  test("is for one webhook, or either of two during a rotation, but not a third", async () => {
    const two = [WEBHOOK, "0EH40505U7160970P"];
    expect(await verdictOf(paypal, await signed(), two, toolsAt(NOW))).toBeNull();
    expect(await verdictOf(paypal, await signed({ webhook_id: "0EH40505U7160970P" }), two, toolsAt(NOW))).toBeNull();
    expect(await verdictOf(paypal, await signed({ webhook_id: "1JE4291016473214C" }), two, toolsAt(NOW))).toBe(
      "signature_invalid",
    );
  });

  test("needs one fetch of the certificate for any number of possible webhooks", async () => {
    const tools = toolsAt(NOW);
    await paypal.verify(await signed(), ["0EH40505U7160970P", "1JE4291016473214C", WEBHOOK], tools);
    expect(tools.asked).toEqual([CERTIFICATE_URLS.live]);
  });

  test("is refused without a fetch by an endpoint that has no secret", async () => {
    for (const secrets of [[], [""]]) {
      const tools = toolsAt(NOW);
      const forNobody = await signed({ webhook_id: "" });
      expect(await verdictOf(paypal, forNobody, secrets, tools)).toBe("signature_invalid");
      expect(tools.asked).toEqual([]);
    }
  });

  test("covers the bytes of a non-ASCII body", async () => {
    const text = JSON.stringify({ ...capture, summary: "Zahlung über 64,00 € – Dank 感謝" });
    expect(await verdictOf(paypal, await signed({}, text), [WEBHOOK], toolsAt(NOW))).toBeNull();
  });

  test.each([
    "paypal-transmission-id",
    "paypal-transmission-time",
    "paypal-transmission-sig",
    "paypal-cert-url",
    "paypal-auth-algo",
  ])("is missing without %s", async (name) => {
    const request = await signed();
    request.headers.delete(name);
    expect(await verdictOf(paypal, request, [WEBHOOK], toolsAt(NOW))).toBe("signature_missing");
  });

  test("has the one supported algorithm, in base64", async () => {
    const request = await signed();
    request.headers.set("paypal-auth-algo", "SHA1withRSA");
    expect(await verdictOf(paypal, request, [WEBHOOK], toolsAt(NOW))).toBe("signature_invalid");
    const garbled = await signed();
    garbled.headers.set("paypal-transmission-sig", "no base64");
    expect(await verdictOf(paypal, garbled, [WEBHOOK], toolsAt(NOW))).toBe("signature_invalid");
  });
});

describe("the time of transmission", () => {
  test.each([
    [4 * DAY, null],
    [4 * DAY + 1_000, "timestamp_out_of_range"],
    [-300_000, null],
    [-301_000, "timestamp_out_of_range"],
  ])("%i ms ago: %s", async (age, verdict) => {
    expect(await verdictOf(paypal, await signed({ at: NOW - age }), [WEBHOOK], toolsAt(NOW))).toBe(verdict);
  });

  test("must be valid, and is checked before any fetch", async () => {
    const request = await signed();
    request.headers.set("paypal-transmission-time", "yesterday");
    const tools = toolsAt(NOW);
    expect(await verdictOf(paypal, request, [WEBHOOK], tools)).toBe("timestamp_out_of_range");
    expect(tools.asked).toEqual([]);
  });
});

describe("the certificate", () => {
  test.each([
    "http://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10",
    "https://api.paypal.com.evil.example/v1/notifications/certs/CERT-7a2b4c10",
    "https://evil.example/v1/notifications/certs/CERT-7a2b4c10",
    "https://www.paypal.com/v1/notifications/certs/CERT-7a2b4c10",
    "https://api.paypal.com@evil.example/v1/notifications/certs/CERT-7a2b4c10",
    "https://user@api.paypal.com/v1/notifications/certs/CERT-7a2b4c10",
    "https://api.paypal.com:8443/v1/notifications/certs/CERT-7a2b4c10",
    "https://api.paypal.com:443/v1/notifications/certs/CERT-7a2b4c10",
    "https://api.paypal.com/v1/notifications/certs/../../../evil",
    "https://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10/more",
    "https://api.paypal.com/v1/notifications/certs/",
    "https://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10?x=1",
    "https://api.paypal.com/v1/notifications/certs/CERT-7a2b4c10#x",
    "https://api.paypal.com/v1/oauth2/CERT-7a2b4c10",
    "https://API.paypal.com/v1/notifications/certs/CERT-7a2b4c10",
    "https:\\\\api.paypal.com/v1/notifications/certs/CERT-7a2b4c10",
    "file:///v1/notifications/certs/CERT-7a2b4c10",
    "CERT-7a2b4c10",
  ])("is never fetched from %s", async (cert_url) => {
    const tools = toolsAt(NOW);
    expect(await verdictOf(paypal, await signed({ cert_url }), [WEBHOOK], tools)).toBe("signature_invalid");
    expect(tools.asked).toEqual([]);
  });

  // The first has the signer's name, but as its organization.
  test("must be the message-signing one, with an RSA key", async () => {
    for (const cert_url of [CERTIFICATE_URLS.other_name, CERTIFICATE_URLS.elliptic]) {
      expect(await verdictOf(paypal, await signed({ cert_url }), [WEBHOOK], toolsAt(NOW))).toBe("signature_invalid");
    }
  });

  test.each([
    ["live", "2025-09-30T23:59:59Z", "signature_invalid"],
    ["live", "2025-10-01T00:00:00Z", null],
    ["live", "2049-10-31T23:59:59Z", null],
    ["live", "2049-11-01T00:00:00Z", "signature_invalid"],
    // From 2050 on, certificates have four-digit years.
    ["sandbox", "2055-10-31T23:59:59Z", null],
    ["sandbox", "2055-11-01T00:00:00Z", "signature_invalid"],
  ] as const)("%s is valid only in its period: %s, %s", async (which, time, verdict) => {
    const at = Date.parse(time);
    const request = await signed({ at, cert_url: CERTIFICATE_URLS[which] });
    expect(await verdictOf(paypal, request, [WEBHOOK], toolsAt(at))).toBe(verdict);
  });

  test.each([
    ["is not found", async () => new Response("", { status: 404 })],
    ["is elsewhere", async () => new Response(PAYPAL_CERTIFICATES[CERTIFICATE_URLS.live], { status: 302 })],
    ["does not arrive", () => Promise.reject(new Error("timed out"))],
    ["is none", async () => new Response("<html>maintenance</html>")],
    ["is broken", async () => new Response((PAYPAL_CERTIFICATES[CERTIFICATE_URLS.live] ?? "").replace("MII", "MIJ"))],
    ["is endless", async () => new Response(`${" ".repeat(40_000)}${PAYPAL_CERTIFICATES[CERTIFICATE_URLS.live]}`)],
  ] satisfies [string, VerifyTools["request"]][])("causes a redelivery when it %s", async (_, request) => {
    const verdict = Promise.resolve(paypal.verify(await signed(), [WEBHOOK], { now: NOW, request }));
    await expect(verdict).rejects.toMatchObject({ status: 503, code: "certificate_unavailable" });
  });
});
