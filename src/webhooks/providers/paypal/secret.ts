/** A PayPal endpoint's secret: the webhook's id and, to verify with PayPal's API, an app's credentials. */
import { invalidField } from "../../reading/read-fields.ts";

/** `webhook_id`: the webhook that PayPal signs for. It isn't secret, but no other webhook has it. */
export interface PaypalSecret {
  webhook_id: string;
  /** If set, PayPal's API verifies messages instead of its certificate. */
  credentials: PaypalCredentials | null;
}

/** The credentials of a REST app, in the live or the sandbox environment. */
export interface PaypalCredentials {
  client_id: string;
  client_secret: string;
  sandbox: boolean;
}

const SANDBOX = "sandbox";
const FORM = /^[A-Z0-9]{10,50}(?::[\w-]{20,200}:[\w-]{20,200}(?::sandbox)?)?$/;

/** Parses `WEBHOOK_ID`, or `WEBHOOK_ID:CLIENT_ID:CLIENT_SECRET[:sandbox]`; null for an empty text. */
export function readPaypalSecret(text: string): PaypalSecret | null {
  const [webhook_id = "", client_id = "", client_secret = "", world] = text.split(":");
  if (webhook_id === "") return null;
  const credentials = { client_id, client_secret, sandbox: world === SANDBOX };
  return { webhook_id, credentials: client_secret === "" ? null : credentials };
}

/**
 * Throws a 422 for text that isn't a webhook's id: `WH-…` is an event's id, and `WEBHOOK_ID` is the id that PayPal's simulator
 * uses for everyone.
 */
export function checkPaypalSecret(text: string): void {
  if (FORM.test(text)) return;
  throw invalidField(
    "secret",
    "must be the webhook's ID that PayPal's dashboard shows next to the URL, such as 9XL90610J3647323C (WH-… is the ID of an event), or WEBHOOK_ID:CLIENT_ID:CLIENT_SECRET, followed by :sandbox for the sandbox",
  );
}
