/** Webhooks signed as Polar's server does: with the library of Standard Webhooks, and a key that depends on the secret's age. */
import { Webhook } from "standardwebhooks";

/** Secrets as Polar creates them, since and before 2026-09-08. Only the newer one is a key in base64. */
export const POLAR_SECRET = "whsec_Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9mIGtleS4=";
export const POLAR_OLDER_SECRET = "whsec_qN3xV7pT1bK9wZ5mR2cH8yL4dF6gJ0sAeUiOoPlMnBv";

export interface PolarOptions {
  /** Milliseconds since the epoch. */
  now: number;
  secret?: string;
  /** Whether the text of the secret is the key. */
  is_older?: boolean;
  id?: string;
}

/** A delivery of this body. */
export function signPolar(
  body: string,
  { now, secret = POLAR_SECRET, is_older = secret === POLAR_OLDER_SECRET, id = "evt" }: PolarOptions,
) {
  const time = new Date(Math.floor(now / 1_000) * 1_000);
  const key = is_older ? btoa(secret) : secret;
  return {
    method: "POST",
    headers: {
      "user-agent": "polar.sh webhooks",
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(time.getTime() / 1_000),
      "webhook-signature": new Webhook(key).sign(id, time, body),
      "webhook-api-version": "2026-10",
    },
    body,
  };
}
