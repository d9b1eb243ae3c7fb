/** Webhooks signed as on Recurly's page "Signature verification", and Recurly's API. */
import { hmacSha256 } from "../body-hmac.ts";

/** The secret key of an endpoint, as in the tests of Recurly's libraries, and an API key. */
export const RECURLY_SECRET = "354fab5bd35f5a0d50845ee7e30165244468b13c2c343f104e4e730a59326d9d";
export const RECURLY_KEY = "c4b81f07a25d4e6399f10b7ed8c6a352";

export interface RecurlyOptions {
  /** Milliseconds since the epoch. */
  now: number;
  secret?: string;
  /** Signatures with other secrets. */
  others?: readonly string[];
}

/** A delivery of this body. */
export async function signRecurly(body: string, { now, secret = RECURLY_SECRET, others = [] }: RecurlyOptions) {
  const signatures = await Promise.all([...others, secret].map((key) => hmacSha256(key, `${now}.${body}`)));
  return {
    method: "POST",
    headers: {
      "content-type": "application/json; charset=utf-8",
      "recurly-signature": [now, ...signatures.map((bytes) => bytes.toHex())].join(","),
    },
    body,
  };
}

/** Recurly's API, which answers these URLs; a number is a status. */
export function serveRecurly(answers: Readonly<Record<string, unknown>>, key = RECURLY_KEY) {
  const asked: string[] = [];
  async function request(url: string, init?: RequestInit): Promise<Response> {
    asked.push(url);
    const headers = new Headers(init?.headers);
    if (headers.get("accept") !== "application/vnd.recurly.v2021-02-25") return new Response(null, { status: 406 });
    if (headers.get("authorization") !== `Basic ${btoa(`${key}:`)}`) return new Response(null, { status: 401 });
    const answer = answers[url];
    if (answer === undefined) return new Response(null, { status: 404 });
    return typeof answer === "number" ? new Response(null, { status: answer }) : Response.json(answer);
  }
  return { asked, request };
}
