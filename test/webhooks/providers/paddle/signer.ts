/** Webhooks signed as in Paddle's "Verify webhook signatures": `ts` and the body, joined by a colon. */
import { hmacSha256 } from "../body-hmac.ts";

/** A notification destination's secret key as shown by Paddle. */
export const PADDLE_SECRET = "pdl_ntfset_01kdzsx4m7p0s3v6y9b2e5h8k1_nQ7tWz3CfJ6mPs9VyBe2HkNq5TxAd8Gr";

export interface PaddleOptions {
  /** Milliseconds since the epoch. */
  now: number;
  secret?: string;
  /** Additional secrets that sign it, as during a rotation. */
  others?: string[];
}

/** A delivery of this body. */
export async function signPaddle(body: string, { now, secret = PADDLE_SECRET, others = [] }: PaddleOptions) {
  const ts = Math.floor(now / 1_000);
  const signatures = await Promise.all([secret, ...others].map((key) => hmacSha256(key, `${ts}:${body}`)));
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "paddle-signature": [`ts=${ts}`, ...signatures.map((bytes) => `h1=${bytes.toHex()}`)].join(";"),
      "user-agent": "Paddle",
    },
    body,
  };
}
