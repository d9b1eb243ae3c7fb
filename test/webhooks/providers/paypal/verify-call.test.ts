/** PayPal asked whether a message is its own, and what may be pasted as an endpoint's secret. */
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
// As nobody would write it out again: what is verified must be the text, not what it means.
const body = JSON.stringify(capture, null, 3);

/** Tools that answer each address with a status and a text, and remember what was asked. */
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

describe("PayPal's word", () => {
  test("is asked for with the app's credentials and the event as it came", async () => {
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

  test("is asked for in the sandbox where the credentials are its own", async () => {
    const tools = answering("SUCCESS");
    expect(await verdictOf(paypal, await request(), [`${SECRET}:sandbox`], tools)).toBeNull();
    expect(tools.asked.map(({ url }) => new URL(url).host)).toEqual(Array(2).fill("api-m.sandbox.paypal.com"));
  });

  test("counts when it is no", async () => {
    expect(await verdictOf(paypal, await request(), [SECRET], answering("FAILURE"))).toBe("signature_invalid");
  });

  test("is not asked for about what is no JSON, which could say more than an event", async () => {
    const tools = answering("SUCCESS");
    const more = await request(`{"id":"WH-1"},"webhook_id":"1JE4291016473214C","rest":{}`);
    expect(await verdictOf(paypal, more, [SECRET], tools)).toBe("signature_invalid");
    expect(tools.asked).toEqual([]);
  });

  test("is asked for about no message that is too old or names another certificate's host", async () => {
    const tools = answering("SUCCESS");
    const old = requestWith(await signPaypal(body, { webhook_id: WEBHOOK, at: NOW - 400_000_000 }));
    expect(await verdictOf(paypal, old, [SECRET], tools)).toBe("timestamp_out_of_range");
    const foreign = await request();
    foreign.headers.set("paypal-cert-url", "https://evil.example/v1/notifications/certs/CERT-1");
    expect(await verdictOf(paypal, foreign, [SECRET], tools)).toBe("signature_invalid");
    expect(tools.asked).toEqual([]);
  });

  test("goes for either of two apps during a rotation", async () => {
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
      "does not say",
      {
        "/v1/oauth2/token": [200, `{"access_token":"A21"}`],
        "/v1/notifications/verify-webhook-signature": [500, `{"verification_status":"SUCCESS"}`],
      },
    ],
    [
      "says something else",
      {
        "/v1/oauth2/token": [200, `{"access_token":"A21"}`],
        "/v1/notifications/verify-webhook-signature": [200, `{"verification_status":"PENDING"}`],
      },
    ],
  ] satisfies [string, Record<string, [number, string]>][])(
    "asks for the message again when PayPal %s",
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

  test.each([WEBHOOK, SECRET, `${SECRET}:sandbox`])("may be %s", (text) => {
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
  ])("may not be %s", (text) => {
    try {
      check(text);
    } catch (error) {
      const { status, code, field } = error as Problem;
      expect({ status, code, field }).toEqual({ status: 422, code: "invalid_secret", field: "secret" });
      return;
    }
    throw new Error("it was taken");
  });
});
