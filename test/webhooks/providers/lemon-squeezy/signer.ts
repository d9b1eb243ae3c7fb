import { hmacSha256 } from "../body-hmac.ts";

/** A delivery as in "Signing Requests" and "Webhook Requests" of Lemon Squeezy's documentation. */
export async function signLemonSqueezy(
  body: string,
  { secret, event = JSON.parse(body).meta?.event_name ?? "order_created" }: { secret: string; event?: string },
): Promise<{ headers: Record<string, string>; body: string }> {
  const signature = await hmacSha256(secret, body);
  return {
    headers: {
      "Content-Type": "application/json",
      "X-Event-Name": event,
      "X-Signature": [...signature].map((byte) => byte.toString(16).padStart(2, "0")).join(""),
    },
    body,
  };
}
