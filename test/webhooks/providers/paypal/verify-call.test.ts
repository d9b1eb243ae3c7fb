/** Verification by a call to PayPal, and the accepted forms of an endpoint's secret. */
import { describe, expect, test } from "vitest";
import type { Problem } from "../../../../src/lib/problem.ts";
import type { VerifyTools } from "../../../../src/webhooks/provider.ts";
import { paypal } from "../../../../src/webhooks/providers/paypal/adapter.ts";
import capture from "../../../fixtures/paypal/capture-completed.json";
import { requestWith, verdictOf } from "../../adapter.ts";
import { CERTIFICATE_URLS, signPaypal } from "./signer.ts";

const WEBHOOK = "4JH86294D6297924G";
const CLIENT = "AXc9Qm-2hV7dLkTzR4wYp0sNfGuEoJbI8aHxK1vC3";
const CLIENT_SECRET = "EBt5Zr_8nWq1MyUkD7jPc2vXhSgLoFaI4eJdN6R0";
const SECRET = `${WEBHOOK}:${CLIENT}:${CLIENT_SECRET}`;
const NOW = Date.parse("2026-03-02T09:16:00Z");
// Unusual formatting, because the verified text must be the original and not reserialized.
const body = JSON.stringify(capture, null, 3);

/** Tools that answer each URL with a status and a text, and record the requests. */
function toolsWith(answers: Record<string, [number, string]>) {
  const asked: { url: string; method: string; headers: Headers; body: string }[] = [];
  const request: VerifyTools["request"] = async (url, init) => {
    const { method, headers, body } = new Request(url, init);
    asked.push({ url, method, headers, body: body === null ? "" : await new Response(body).text() });
    const [status, text] = answers[new URL(url).pathname] ?? [404, ""];
    return new Response(text, { status });
  };
  return { now: NOW, request, asked };
}

const answering = (verification_status: string) =>
  toolsWith({
    "/v1/oauth2/token": [
      200,
      JSON.stringify({ access_token: "A21AAL_token", token_type: "Bearer", expires_in: 32_400 }),
    ],
    "/v1/notifications/verify-webhook-signature": [200, JSON.stringify({ verification_status })],
  });

const request = async (text = body) => requestWith(await signPaypal(text, { webhook_id: WEBHOOK, at: NOW }));

describe("PayPal's verification", () => {
  test("is requested with the app's credentials and the unchanged event", async () => {
    const tools = answering("SUCCESS");
    const message = await request();
    expect(await verdictOf(paypal, message, [SECRET], tools)).toBeNull();
    const [token, verification, ...rest] = tools.asked;
    expect(rest).toEqual([]);
    expect(token).toMatchObject({
      url: "https://api-m.paypal.com/v1/oauth2/token",
      method: "POST",
      body: "grant_type=client_credentials",
    });
    expect(token?.headers.get("authorization")).toBe(`Basic ${btoa(`${CLIENT}:${CLIENT_SECRET}`)}`);
    expect(token?.headers.get("content-type")).toBe("application/x-www-form-urlencoded");
    expect(verification).toMatchObject({
      url: "https://api-m.paypal.com/v1/notifications/verify-webhook-signature",
      method: "POST",
    });
    expect(verification?.headers.get("authorization")).toBe("Bearer A21AAL_token");
    expect(verification?.headers.get("content-type")).toBe("application/json");
    expect(verification?.body).toContain(`"webhook_event":${body}`);
    expect(JSON.parse(verification?.body ?? "")).toEqual({
      transmission_id: message.headers.get("paypal-transmission-id"),
      transmission_time: "2026-03-02T09:16:00Z",
      cert_url: CERTIFICATE_URLS.live,
      auth_algo: "SHA256withRSA",
      transmission_sig: message.headers.get("paypal-transmission-sig"),
      webhook_id: WEBHOOK,
      webhook_event: capture,
    });
  });

  test("is requested in the sandbox if the credentials are for the sandbox", async () => {
    const tools = answering("SUCCESS");
    expect(await verdictOf(paypal, await request(), [`${SECRET}:sandbox`], tools)).toBeNull();
    expect(tools.asked.map(({ url }) => new URL(url).host)).toEqual(Array(2).fill("api-m.sandbox.paypal.com"));
  });

  test("refuses an event if it fails", async () => {
    expect(await verdictOf(paypal, await request(), [SECRET], answering("FAILURE"))).toBe("signature_invalid");
  });

  test("is not requested for invalid JSON, which could add fields to the request", async () => {
    const tools = answering("SUCCESS");
    const more = await request(`{"id":"WH-1"},"webhook_id":"1JE4291016473214C","rest":{}`);
    expect(await verdictOf(paypal, more, [SECRET], tools)).toBe("signature_invalid");
    expect(tools.asked).toEqual([]);
  });

  test("is not requested for a message that is too old or names a certificate on another host", async () => {
    const tools = answering("SUCCESS");
    const old = requestWith(await signPaypal(body, { webhook_id: WEBHOOK, at: NOW - 400_000_000 }));
    expect(await verdictOf(paypal, old, [SECRET], tools)).toBe("timestamp_out_of_range");
    const foreign = await request();
    foreign.headers.set("paypal-cert-url", "https://evil.example/v1/notifications/certs/CERT-1");
    expect(await verdictOf(paypal, foreign, [SECRET], tools)).toBe("signature_invalid");
    expect(tools.asked).toEqual([]);
  });

  test("works for either of two apps during a rotation", async () => {
    const tools = toolsWith({
      "/v1/oauth2/token": [200, JSON.stringify({ access_token: "A21AAL_token" })],
      "/v1/notifications/verify-webhook-signature": [200, JSON.stringify({ verification_status: "FAILURE" })],
    });
    expect(await verdictOf(paypal, await request(), [SECRET, SECRET.replace("4JH", "0EH")], tools)).toBe(
      "signature_invalid",
    );
    const asked = tools.asked.filter(({ url }) => url.endsWith("signature")).map(({ body }) => JSON.parse(body));
    expect(asked.map(({ webhook_id }) => webhook_id)).toEqual([WEBHOOK, "0EH86294D6297924G"]);
  });

  test.each([
    ["gives no token", { "/v1/oauth2/token": [401, `{"error":"invalid_client"}`] }],
    ["gives an empty token", { "/v1/oauth2/token": [200, `{"access_token":""}`] }],
    [
      "gives no status",
      {
        "/v1/oauth2/token": [200, `{"access_token":"A21"}`],
        "/v1/notifications/verify-webhook-signature": [500, `{"verification_status":"SUCCESS"}`],
      },
    ],
    [
      "gives an unknown status",
      {
        "/v1/oauth2/token": [200, `{"access_token":"A21"}`],
        "/v1/notifications/verify-webhook-signature": [200, `{"verification_status":"PENDING"}`],
      },
    ],
  ] satisfies [string, Record<string, [number, string]>][])(
    "causes a redelivery when PayPal %s",
    async (_, answers) => {
      const verdict = Promise.resolve(paypal.verify(await request(), [SECRET], toolsWith(answers)));
      await expect(verdict).rejects.toMatchObject({ status: 503, code: "verification_unavailable" });
    },
  );
});

describe("a secret", () => {
  const check = (text: string) => {
    if (paypal.secret.made_by !== "provider") throw new Error("PayPal makes it");
    paypal.secret.check(text);
  };

  test.each([WEBHOOK, SECRET, `${SECRET}:sandbox`])("can be %s", (text) => {
    expect(() => check(text)).not.toThrow();
  });

  test.each([
    "",
    "WEBHOOK_ID",
    "WH-58D329510W468432D-8HN650336L201105X",
    "https://example.com/v1/webhooks/ep_1",
    `${WEBHOOK}:${CLIENT}`,
    `${SECRET}:live`,
    ` ${WEBHOOK}`,
  ])("cannot be %s", (text) => {
    try {
      check(text);
    } catch (error) {
      const { status, code, field } = error as Problem;
      expect({ status, code, field }).toEqual({ status: 422, code: "invalid_secret", field: "secret" });
      return;
    }
    throw new Error("it was accepted");
  });
});
