/** Postbacks as sent by merchants' servers and pages, with a key and no signature. */

/** Where the fields and the key go. */
export interface PostbackOptions {
  endpoint: string;
  secret: string;
  /** `query` is a GET; the others POST. The key goes with the fields unless `key` says otherwise. */
  as?: "query" | "form" | "json";
  key?: "bearer" | "verification_token" | "security_token";
}

/** A request to `/v1/postback`. `fields` is a query string, or an object where it is sent as JSON. */
export function signPostback(fields: string | Record<string, unknown>, options: PostbackOptions) {
  const { endpoint, secret, as = typeof fields === "string" ? "query" : "json", key } = options;
  const headers: Record<string, string> = key === "bearer" ? { authorization: `Bearer ${secret}` } : {};
  const own = { endpoint, ...(key === "bearer" ? {} : { [key ?? "key"]: secret }) };
  const path = "/v1/postback";
  if (as === "json") {
    const given = typeof fields === "string" ? Object.fromEntries(new URLSearchParams(fields)) : fields;
    const body = JSON.stringify({ ...own, ...given });
    return { method: "POST", path, query: "", headers: { ...headers, "content-type": "application/json" }, body };
  }
  if (typeof fields !== "string") throw new Error("a query string is needed");
  const text = `${new URLSearchParams(own)}&${fields}`;
  if (as === "query") return { method: "GET", path, query: text, headers, body: "" };
  const type = { "content-type": "application/x-www-form-urlencoded" };
  return { method: "POST", path, query: "", headers: { ...headers, ...type }, body: text };
}
