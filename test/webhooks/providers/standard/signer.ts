/** The generic event as a merchant's backend signs it with the libraries of Standard Webhooks and of Svix. */
import { Webhook } from "standardwebhooks";
import { Webhook as SvixWebhook } from "svix";

/** The options of a signature; there are several `secrets` during a rotation. */
export interface StandardOptions {
  secrets: readonly string[];
  /** Milliseconds since the epoch. */
  now: number;
  id?: string;
  by?: "webhook" | "svix";
}

/** A signed delivery, with the header names of either library. */
export function signStandard(body: string, { secrets, now, id = "msg_1", by = "webhook" }: StandardOptions) {
  const Library = by === "svix" ? SvixWebhook : Webhook;
  const time = new Date(Math.floor(now / 1_000) * 1_000);
  const signatures = secrets.map((secret) => new Library(secret).sign(id, time, body));
  const headers: Record<string, string> = {
    [`${by}-id`]: id,
    [`${by}-timestamp`]: String(time.getTime() / 1_000),
    [`${by}-signature`]: signatures.join(" "),
    "content-type": "application/json",
  };
  return { method: "POST", headers, body };
}
