/** Webhooks signed as on Creem's page "Webhooks": the HMAC-SHA256 of the body in hex. */
import { hmacSha256 } from "../body-hmac.ts";

/** A signing secret as Creem shows it. */
export const CREEM_SECRET = "whsec_4tRbXk7LqVn2TmWcYs8PzHd";

/** A delivery of this body. */
export async function signCreem(body: string, secret = CREEM_SECRET) {
  const signature = await hmacSha256(secret, body);
  return {
    method: "POST",
    headers: { "content-type": "application/json", "creem-signature": signature.toHex() },
    body,
  };
}
