import { hmacSha256 } from "../body-hmac.ts";

/** As ClickFunnels' documentation shows one. */
export const CLICKFUNNELS_SECRET = "839d0d645bedefbaf76e3269d1b1141ef07683c179cc3bb0aee9348c90517a7";

/** A webhook as ClickFunnels posts it: the signature covers the time in seconds, a dot and the body. */
export async function signClickfunnels(body: string, { secret, now }: { secret?: string; now: number }) {
  const timestamp = String(Math.floor(now / 1_000));
  const signature = await hmacSha256(secret ?? CLICKFUNNELS_SECRET, `${timestamp}.${body}`);
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-webhook-clickfunnels-timestamp": timestamp,
      "x-webhook-clickfunnels-signature": signature.toHex(),
    },
    body,
  };
}
