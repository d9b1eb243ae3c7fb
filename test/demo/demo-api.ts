/** Calls to a running Lastclick: the merchant's API, a checkout's webhooks and a visitor's click. */
import { Webhook } from "standardwebhooks";
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import { DemoError } from "./demo-error.ts";

/** A webhook endpoint of a program. The API shows its secret only once. */
export interface DemoEndpoint {
  id: string;
  secret: string;
}

/** By program. */
export type Endpoints = Record<string, DemoEndpoint>;

/** Sends a request over HTTP or inside the seed Worker. */
export type Send = (url: string, init: RequestInit) => Promise<Response>;

/** The response to a call. */
export interface Answer {
  status: number;
  json: Record<string, unknown>;
}

/** The merchant's API with its key. */
export interface DemoApi {
  origin: string;
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** Sends a GET and returns its JSON. Throws if the status is not 200. */
  read: <T>(path: string) => Promise<T>;
}

/** Opens the merchant's API. */
export function openApi(origin: string, adminToken: string, send: Send = sendOverHttp): DemoApi {
  const call: DemoApi["call"] = async (method, path, body, headers = {}) => {
    const response = await send(`${origin}${path}`, {
      method,
      headers: { Authorization: `Bearer ${adminToken}`, ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await readObject(response) };
  };
  const read = async <T>(path: string): Promise<T> => {
    const { status, json } = await call("GET", path);
    if (status !== 200) throw new Error(`GET ${path} answered ${status}: ${JSON.stringify(json)}`);
    return json as T;
  };
  return { origin, call, read };
}

/** A webhook ready to be sent. The signature covers exactly this body. */
export interface SignedEvent {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Signs an event with Standard Webhooks at the current time; a past event only has another `occurred_at`. */
export function signEvent(origin: string, endpoint: DemoEndpoint, id: string, event: unknown): SignedEvent {
  const body = JSON.stringify(event, null, 2);
  const now = new Date();
  return {
    url: `${origin}/v1/webhooks/${endpoint.id}`,
    headers: {
      "content-type": "application/json",
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(now.getTime() / 1_000)),
      "webhook-signature": new Webhook(endpoint.secret).sign(id, now, body),
    },
    body,
  };
}

/** Posts a signed event. The receipt is null unless the event was accepted. */
export async function postSigned(
  { url, headers, body }: SignedEvent,
  send: Send = sendOverHttp,
): Promise<Answer & { receipt: Receipt | null }> {
  const response = await send(url, { method: "POST", headers, body });
  const json = await readObject(response);
  return { status: response.status, json, receipt: response.ok ? (json as unknown as Receipt) : null };
}

/** Follows a link without loading its destination. `location` and `token` are null if it does not redirect. */
export async function followLink(
  url: string,
  init: { method?: string; headers?: Record<string, string> } = {},
  send: Send = sendOverHttp,
) {
  const response = await send(url, { ...init, redirect: "manual" });
  await response.arrayBuffer();
  const location = response.headers.get("location");
  return {
    status: response.status,
    location,
    token: location === null ? null : new URL(location).searchParams.get("lc_click"),
    cookie: response.headers.get("set-cookie")?.split(";")[0] ?? null,
  };
}

async function sendOverHttp(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { origin } = new URL(url);
    throw new DemoError(`Lastclick does not answer at ${origin} (${describe(error)}). Start it with: npm run dev`);
  }
}

async function readObject(response: Response): Promise<Record<string, unknown>> {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}

function describe(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message || String((cause as { code?: string }).code) : String(cause);
}
