/** A delivery as sent by RevenueCat, with the Authorization header that the merchant set for the webhook. */
export function signRevenuecat(
  body: string,
  { secret }: { secret: string },
): { method: string; headers: Record<string, string>; body: string } {
  return { method: "POST", headers: { "content-type": "application/json", authorization: secret }, body };
}
