/** Webhooks signed as Dodo Payments documents it: with the library of Standard Webhooks. */
import { Webhook } from "standardwebhooks";

/** A signing secret as Dodo Payments shows it. */
export const DODO_SECRET = "whsec_Zm9yIHRlc3RzIG9ubHksIDMyIGJ5dGVzIG9mIGtleS4=";

export interface DodoOptions {
  /** Milliseconds since the epoch. */
  now: number;
  secret?: string;
  id?: string;
}

/** A delivery of this body. */
export function signDodo(body: string, { now, secret = DODO_SECRET, id = "msg_1" }: DodoOptions) {
  const time = new Date(Math.floor(now / 1_000) * 1_000);
  return {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(time.getTime() / 1_000),
      "webhook-signature": new Webhook(secret).sign(id, time, body),
    },
    body,
  };
}
