/** A delivery as sent by Chargebee, with the username and password of its "Webhook settings" (RFC 7617). */
export function signChargebee(
  body: string,
  { secret }: { secret: string },
): { headers: Record<string, string>; body: string } {
  return {
    headers: { "Content-Type": "application/json;charset=UTF-8", Authorization: `Basic ${btoa(secret)}` },
    body,
  };
}
