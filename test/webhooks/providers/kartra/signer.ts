/** A notification as posted by Kartra to the merchant's endpoint URL: a form (IPN) or JSON (outbound API). */
export function signKartra(body: string, { secret, currency = "USD" }: { secret: string; currency?: string }) {
  const type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
  return { method: "POST", path: secret, query: { currency }, headers: { "content-type": type }, body };
}
