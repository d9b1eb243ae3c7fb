/**
 * Signs like Braintree's gateway. Braintree's library has a testing helper that signs, but runs in Node only; its
 * signatures are stored in `fixtures/braintree/signed-by-braintree.json`.
 */

const LINE = /.{60}/g;

const utf8 = new TextEncoder();

/** A notification's XML as posted, signed with keys `PUBLIC_KEY:PRIVATE_KEY`, with other pairs before and after the signature. */
export async function signBraintree(
  xml: string,
  secret: string,
  beside: { before?: string[]; after?: string[] } = {},
): Promise<{ method: string; headers: Record<string, string>; body: string; signature: string; payload: string }> {
  const [publicKey = "", privateKey = ""] = secret.split(":");
  // Base64 as written by Ruby: lines of sixty characters, each with a line break.
  const payload = `${utf8.encode(xml).toBase64().replace(LINE, "$&\n")}\n`;
  const pairs = [...(beside.before ?? []), `${publicKey}|${await hmac(privateKey, payload)}`, ...(beside.after ?? [])];
  const signature = pairs.join("&");
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ bt_signature: signature, bt_payload: payload }).toString(),
    signature,
    payload,
  };
}

async function hmac(privateKey: string, text: string): Promise<string> {
  const hashed = await crypto.subtle.digest("SHA-1", utf8.encode(privateKey));
  const key = await crypto.subtle.importKey("raw", hashed, { name: "HMAC", hash: "SHA-1" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text))).toHex();
}
