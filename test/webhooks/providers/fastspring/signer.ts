/** Webhooks signed as on FastSpring's page "Message Security": the HMAC-SHA256 of the body in base64. */
import { hmacSha256 } from "../body-hmac.ts";

/** A delivery of this body. */
export async function signFastspring(body: string, { secret }: { secret: string }) {
  const signature = await hmacSha256(secret, body);
  return {
    method: "POST",
    headers: { "content-type": "application/json", "x-fs-signature": signature.toBase64() },
    body,
  };
}
