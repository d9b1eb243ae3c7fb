/** Calls to a running Lastclick: the merchant's API, a checkout's webhooks, and a visitor's click. */
import { Webhook } from "standardwebhooks";
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import { DemoError } from "./demo-error.ts";
import type { DemoEndpoint } from "./demo-file.ts";

/** An answer, read. */
export interface Answer {
  status: number;
  json: Record<string, unknown>;
}

/** The merchant's API with its key. */
export interface DemoApi {
  origin: string;
  call: (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>;
  /** A GET that must succeed. */
  read: <T>(path: string) => Promise<T>;
}

/** Opens the merchant's API. */
export function openApi(origin: string, adminToken: string): DemoApi {
  const call: DemoApi["call"] = async (method, path, body, headers = {}) => {
    const response = await reach(`${origin}${path}`, {
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

/** A webhook as it is sent: the signature covers exactly this body. */
export interface SignedEvent {
  url: string;
  headers: Record<string, string>;
  body: string;
}

/** Signs an event as Standard Webhooks says. The time signed is now: what lies in the past is the event's `occurred_at`. */
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

/** Posts a signed event. A 200 carries a {@link Receipt}, anything else a problem. */
export async function postSigned({ url, headers, body }: SignedEvent): Promise<Answer & { receipt: Receipt | null }> {
  const response = await reach(url, { method: "POST", headers, body });
  const json = await readObject(response);
  return { status: response.status, json, receipt: response.ok ? (json as unknown as Receipt) : null };
}

/** Follows a link, up to where it leads: `location` and `token` are null where it leads nowhere. */
export async function followLink(url: string, init: { method?: string; headers?: Record<string, string> } = {}) {
  const response = await reach(url, { ...init, redirect: "manual" });
  await response.arrayBuffer();
  const location = response.headers.get("location");
  return {
    status: response.status,
    location,
    token: location === null ? null : new URL(location).searchParams.get("lc_click"),
    cookie: response.headers.get("set-cookie")?.split(";")[0] ?? null,
  };
}

async function reach(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { origin } = new URL(url);
    throw new DemoError(`Lastclick does not answer at ${origin}. Start it with: npm run dev\n(${describe(error)})`);
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
