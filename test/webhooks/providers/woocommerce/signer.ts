import { hmacSha256 } from "../body-hmac.ts";

/** A delivery as sent by WooCommerce: `deliver` and `generate_signature` of its class WC_Webhook. */
export async function signWooCommerce(
  body: string,
  options: { secret: string; topic: string; source?: string; deliveryId?: string },
): Promise<{ headers: Record<string, string>; body: string }> {
  const { secret, topic, source = "https://www.werkstatt.example/" } = options;
  const { deliveryId = "0f1e2d3c4b5a69788796a5b4c3d2e1f0" } = options;
  const [resource = "", event = ""] = topic.split(".");
  return {
    headers: {
      "Content-Type": "application/json",
      "User-Agent": "WooCommerce/10.3.4 Hookshot (WordPress/6.9)",
      "X-WC-Webhook-Source": source,
      "X-WC-Webhook-Topic": topic,
      "X-WC-Webhook-Resource": resource,
      "X-WC-Webhook-Event": event,
      "X-WC-Webhook-Signature": btoa(String.fromCharCode(...(await hmacSha256(secret, body)))),
      "X-WC-Webhook-ID": "12",
      "X-WC-Webhook-Delivery-ID": deliveryId,
    },
    body,
  };
}

/** The unsigned request that activates a webhook: `deliver_ping`. */
export function pingWooCommerce(webhookId = 12): { headers: Record<string, string>; body: string } {
  return {
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      "User-Agent": "WooCommerce/10.3.4 Hookshot (WordPress/6.9)",
    },
    body: `webhook_id=${webhookId}`,
  };
}
