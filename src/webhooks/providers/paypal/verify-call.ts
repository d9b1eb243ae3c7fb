/** Verifies a message with PayPal's API: `POST /v1/notifications/verify-webhook-signature`, with an app's OAuth credentials. */

import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { isJson } from "../../../lib/well-formed.ts";
import type { VerifyTools } from "../../provider.ts";
import type { Proof } from "./proof.ts";
import type { PaypalCredentials } from "./secret.ts";

const LIVE_API = "https://api-m.paypal.com";
const SANDBOX_API = "https://api-m.sandbox.paypal.com";

const token = v.object({ access_token: v.pipe(v.string(), v.minLength(1)) });
const confirmation = v.object({ verification_status: v.picklist(["SUCCESS", "FAILURE"]) });

/** Whether PayPal confirms that it sent a message. Throws a 503 if PayPal can't be reached or refuses the credentials. */
export async function isConfirmed(
  proof: Proof & { webhook_id: string },
  body: string,
  { client_id, client_secret, sandbox }: PaypalCredentials,
  tools: VerifyTools,
): Promise<boolean> {
  // The checksum covers the exact text, so the body is inserted unchanged. It must be JSON, or it could inject other fields.
  if (!isJson(body)) return false;
  const api = sandbox ? SANDBOX_API : LIVE_API;
  const { access_token } = await call(tools, token, `${api}/v1/oauth2/token`, {
    authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
    "content-type": "application/x-www-form-urlencoded",
    body: "grant_type=client_credentials",
  });
  const proofText = JSON.stringify(proof).slice(0, -1);
  const { verification_status } = await call(tools, confirmation, `${api}/v1/notifications/verify-webhook-signature`, {
    authorization: `Bearer ${access_token}`,
    "content-type": "application/json",
    body: `${proofText},"webhook_event":${body}}`,
  });
  return verification_status === "SUCCESS";
}

async function call<const Schema extends v.GenericSchema>(
  { request }: VerifyTools,
  schema: Schema,
  url: string,
  { body, ...headers }: Record<"authorization" | "content-type" | "body", string>,
): Promise<v.InferOutput<Schema>> {
  try {
    const response = await request(url, { method: "POST", headers, body });
    if (response.status === 200) return v.parse(schema, await response.json());
  } catch {
    // Handled below, like an unexpected status.
  }
  throw new Problem(
    503,
    "verification_unavailable",
    "PayPal couldn't be reached to verify the webhook. Send it again.",
  );
}
