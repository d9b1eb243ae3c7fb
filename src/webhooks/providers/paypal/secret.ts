/** What a merchant gives us to prove PayPal by: the webhook's id, and where PayPal is to be asked, an app's credentials. */
import { invalidField } from "../../reading/read-fields.ts";

/** `webhook_id`: what PayPal's signature is for. It is no secret of PayPal's, only nobody else's. */
export interface PaypalSecret {
  webhook_id: string;
  /** Where they are there, PayPal is asked instead of its certificate. */
  credentials: PaypalCredentials | null;
}

/** A REST app's, and which of PayPal's two worlds it is of. */
export interface PaypalCredentials {
  client_id: string;
  client_secret: string;
  sandbox: boolean;
}

const SANDBOX = "sandbox";
const FORM = /^[A-Z0-9]{10,50}(?::[\w-]{20,200}:[\w-]{20,200}(?::sandbox)?)?$/;

/** `WEBHOOK_ID`, or `WEBHOOK_ID:CLIENT_ID:CLIENT_SECRET[:sandbox]`; null for an empty one. */
export function readPaypalSecret(text: string): PaypalSecret | null {
  const [webhook_id = "", client_id = "", client_secret = "", world] = text.split(":");
  if (webhook_id === "") return null;
  const credentials = { client_id, client_secret, sandbox: world === SANDBOX };
  return { webhook_id, credentials: client_secret === "" ? null : credentials };
}

/**
 * Throws a 422 for what is no id of a webhook: `WH-…` is an event's, and `WEBHOOK_ID` is the one by which PayPal's
 * simulator signs anything for anyone.
 */
export function checkPaypalSecret(text: string): void {
  if (FORM.test(text)) return;
  throw invalidField(
    "secret",
    "must be the webhook's ID as PayPal's dashboard shows it beside the URL, such as 9XL90610J3647323C (WH-… is an event's), alone or as WEBHOOK_ID:CLIENT_ID:CLIENT_SECRET, with :sandbox behind it for the sandbox",
  );
}
