/** PayPal's own word on a message: `POST /v1/notifications/verify-webhook-signature`, with an app's OAuth credentials. */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import type { VerifyTools } from "../../provider.ts";
import type { Proof } from "./proof.ts";
import type { PaypalCredentials } from "./secret.ts";

const LIVE_API = "https://api-m.paypal.com";
const SANDBOX_API = "https://api-m.sandbox.paypal.com";

const token = v.object({ access_token: v.pipe(v.string(), v.minLength(1)) });
const confirmation = v.object({ verification_status: v.picklist(["SUCCESS", "FAILURE"]) });

/** Whether PayPal says that it sent this. Throws a 503 where it does not say: away, or the credentials are not its app's. */
export async function isConfirmed(
  proof: Proof & { webhook_id: string },
  body: string,
  { client_id, client_secret, sandbox }: PaypalCredentials,
  tools: VerifyTools,
): Promise<boolean> {
  // PayPal's sum is over the event's own spelling, so it goes in as it came; what is no JSON could say more than an event.
  if (!isJson(body)) return false;
  const api = sandbox ? SANDBOX_API : LIVE_API;
  const { access_token } = await ask(tools, token, `${api}/v1/oauth2/token`, {
    authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
    "content-type": "application/x-www-form-urlencoded",
    body: "grant_type=client_credentials",
  });
  const said = JSON.stringify(proof).slice(0, -1);
  const { verification_status } = await ask(tools, confirmation, `${api}/v1/notifications/verify-webhook-signature`, {
    authorization: `Bearer ${access_token}`,
    "content-type": "application/json",
    body: `${said},"webhook_event":${body}}`,
  });
  return verification_status === "SUCCESS";
}

async function ask<const Schema extends v.GenericSchema>(
  { request }: VerifyTools,
  schema: Schema,
  url: string,
  { body, ...headers }: Record<"authorization" | "content-type" | "body", string>,
): Promise<v.InferOutput<Schema>> {
  try {
    const response = await request(url, { method: "POST", headers, body });
    if (response.status === 200) return v.parse(schema, await response.json());
  } catch {
    // Said below, as for a status that is no answer.
  }
  throw new Problem(
    503,
    "verification_unavailable",
    "PayPal couldn't be reached to verify the webhook. Send it again.",
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
