/** Calls of FirstPromoter's tracking API as made by its clients, with a key and no signature. */

/** The settings of a client. */
export interface TrackingOptions {
  endpoint: string;
  secret: string;
  call: "signup" | "sale" | "refund" | "cancellation";
  /** v1 sends forms and `x-api-key`, v2 JSON, a bearer key and the account. */
  version?: "v1" | "v2";
}

/** A request to `/api/<version>/track/<call>`. */
export function signFirstpromoter(body: string, { endpoint, secret, call, version = "v2" }: TrackingOptions) {
  const key = `${endpoint}.${secret}`;
  const headers: Record<string, string> =
    version === "v1"
      ? { "x-api-key": key, "content-type": "application/x-www-form-urlencoded" }
      : { authorization: `Bearer ${key}`, "account-id": "acc_123456", "content-type": "application/json" };
  return { method: "POST", path: `/api/${version}/track/${call}`, query: "", headers, body };
}
