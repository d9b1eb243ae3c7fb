/** A hook as Kajabi's API posts it to the merchant's endpoint URL. It sends no signature. */
export function signKajabi(body: string, { secret, query = "" }: { secret: string; query?: string }) {
  return { method: "POST", path: secret, query, headers: { "content-type": "application/json" }, body };
}
