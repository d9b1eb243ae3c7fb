/** A ping as Gumroad posts it to the URL that the merchant pasted: nothing of it is signed. */
export function signGumroad(body: string, { secret }: { secret: string }) {
  const type = body.startsWith("{") ? "application/json" : "application/x-www-form-urlencoded";
  return { method: "POST", path: secret, query: {}, headers: { "content-type": type }, body };
}
