import { hmacSha256 } from "../body-hmac.ts";

/** A delivery as in "Webhooks delivery structure" and "Verify webhook deliveries" of Shopify's documentation. */
export async function signShopify(
  body: string,
  options: { secret: string; topic: string; shop?: string; webhookId?: string; eventId?: string },
): Promise<{ headers: Record<string, string>; body: string }> {
  const { secret, topic, shop = "nordlicht-tee.myshopify.com" } = options;
  const { webhookId = "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043", eventId = "98880550-7158-44d4-b7cd-2c97c8a091b5" } =
    options;
  return {
    headers: {
      "Content-Type": "application/json",
      "X-Shopify-API-Version": "2026-01",
      "X-Shopify-Event-Id": eventId,
      "X-Shopify-Hmac-Sha256": btoa(String.fromCharCode(...(await hmacSha256(secret, body)))),
      "X-Shopify-Shop-Domain": shop,
      "X-Shopify-Topic": topic,
      "X-Shopify-Triggered-At": "2026-01-03T10:04:45.123456789Z",
      "X-Shopify-Webhook-Id": webhookId,
    },
    body,
  };
}
