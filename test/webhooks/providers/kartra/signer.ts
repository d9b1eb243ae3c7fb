/** A notification as Kartra posts it, a form (IPN) or JSON (outbound API), to the URL that the merchant pasted. */
export function signKartra(body: string, { secret, currency = "USD" }: { secret: string; currency?: string }) {
  const type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
  return { method: "POST", path: secret, query: { currency }, headers: { "content-type": type }, body };
}
