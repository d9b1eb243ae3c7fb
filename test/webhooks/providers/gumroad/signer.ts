/** An unsigned ping as posted by Gumroad to the merchant's endpoint URL. */
export function signGumroad(body: string, { secret }: { secret: string }) {
  const type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
  return { method: "POST", path: secret, query: {}, headers: { "content-type": type }, body };
}
