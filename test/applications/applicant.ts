/** Someone who joins a program: submits forms to a Worker whose emails are kept. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import worker from "../support/current-worker.ts";
import type { SentEmail } from "../support/sent-email.ts";
import { ORIGIN } from "../support/story.ts";

const fetchBy = worker.fetch as (request: Request, bindings: unknown, ctx: ExecutionContext) => Promise<Response>;

let networks = 0;

/** Makes a request; each one from another network. Fields are posted as a form. */
export async function visit(
  path: string,
  options: {
    fields?: Record<string, string> | [string, string][];
    cookie?: string;
    headers?: Record<string, string>;
    network?: string;
    sends_emails?: boolean;
    json?: unknown;
  } = {},
) {
  networks += 1;
  const emails: SentEmail[] = [];
  const EMAIL = {
    async send(email: SentEmail) {
      emails.push(email);
      return { messageId: "1" };
    },
  };
  const headers = {
    "CF-Connecting-IP": options.network ?? `2001:db8:${networks.toString(16)}::1`,
    "Sec-Fetch-Site": "same-origin",
    Cookie: options.cookie ?? "",
    ...options.headers,
  };
  const init: RequestInit =
    options.json !== undefined
      ? { method: "POST", headers, body: JSON.stringify(options.json) }
      : options.fields === undefined
        ? { headers }
        : { method: "POST", headers, body: new URLSearchParams(options.fields) };
  const ctx = createExecutionContext();
  const request = new Request(new URL(path, ORIGIN), { redirect: "manual", ...init });
  const response = await fetchBy(request, { ...env, EMAIL: options.sends_emails === false ? undefined : EMAIL }, ctx);
  const body = await response.text();
  await waitOnExecutionContext(ctx);
  return {
    status: response.status,
    location: response.headers.get("location"),
    cookie: response.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; "),
    policy: response.headers.get("content-security-policy"),
    html: body,
    emails,
  };
}

/** An admin's call to a Worker whose emails are kept. */
export async function decide(path: string, json: unknown) {
  const { status, html, emails } = await visit(path, { json, headers: { Authorization: `Bearer ${env.ADMIN_TOKEN}` } });
  return { status, json: JSON.parse(html), emails };
}

/** The first link of an email. */
export const linkIn = (email: SentEmail | undefined) => /^https?:\S+$/m.exec(email?.text ?? "")?.[0] ?? "";

/** Opens the link that confirms the address, and selects its button. */
export function confirm(email: SentEmail | undefined) {
  const url = new URL(linkIn(email));
  return visit(url.pathname, { fields: { token: url.searchParams.get("token") ?? "" } });
}
