/** Plays a story on a Worker through its HTTP interface, queues and crons, at the story's times. */
import { Webhook } from "standardwebhooks";
import { type Country, type QueueMessage, SETTINGS, type Sent, type Server, type ServerRequest } from "./server.ts";

/** The host of the portal, the API and the links in the shared namespace. */
export const ORIGIN = "https://go.example.com";

const EVERY_MINUTE = "* * * * *";
const EVERY_HOUR = "7 * * * *";
const BROWSER =
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36";

/** JSON of a response; tests and stories read fields whose shape they know. */
// biome-ignore lint/suspicious/noExplicitAny: the test asserts the response's shape.
export type Json = any;

/** The response to a call. */
export interface Answer {
  status: number;
  body: Json;
}

/** A webhook endpoint as it was created. */
export interface Endpoint {
  id: string;
  url: string;
  secret: string;
}

/** A visitor: a browser with an IP address and cookies. */
export interface Visitor {
  ip: string;
  user_agent: string;
  country: Country;
  cookies: Record<string, string>;
}

/** A new visitor, identified by a number. */
export function newVisitor(number: number, changes: Partial<Visitor> = {}): Visitor {
  return { ip: `203.0.113.${number}`, user_agent: BROWSER, country: "US", cookies: {}, ...changes };
}

/** The result of a visitor's click. */
export interface Landing {
  status: number;
  location: string | null;
  /** The click token of the landing page; empty without one. */
  token: string;
  set_cookie: string | null;
}

/** A story's time in ms, from text such as `2026-01-10 10:00` (UTC). */
export function timeOf(at: string): number {
  return Date.parse(`${at.replace(" ", "T")}:00Z`);
}

/** Plays on one Worker. Every call sets the clock, and waits until all resulting work has ended. */
export class Player {
  readonly server: Server;
  /** The Worker's emails up to the last call of {@link take}. */
  readonly emails: Sent["emails"] = [];

  constructor(server: Server) {
    this.server = server;
  }

  /** A request at a time. */
  async send(at: string, url: string, request: ServerRequest = {}): Promise<Response> {
    const response = await this.server.fetch(new URL(url, ORIGIN).href, timeOf(at), request);
    await this.server.settle();
    return response;
  }

  /** A call of the API, with the first admin key by default. */
  async call(
    at: string,
    method: string,
    path: string,
    body?: unknown,
    { idempotency_key, key = SETTINGS.ADMIN_TOKEN }: { idempotency_key?: string; key?: string } = {},
  ): Promise<Answer> {
    const headers = {
      Authorization: `Bearer ${key}`,
      ...(idempotency_key !== undefined && { "Idempotency-Key": idempotency_key }),
    };
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const request = { method, headers, ...(body !== undefined && { body: text }) };
    if (method !== "GET") return readAnswer(await this.send(at, path, request));
    return readAnswer(await this.server.fetch(new URL(path, ORIGIN).href, timeOf(at), request));
  }

  /** A call that must succeed; its JSON. */
  async must(...call: Parameters<Player["call"]>): Promise<Json> {
    const { status, body } = await this.call(...call);
    if (status < 300) return body;
    throw new Error(`${call.slice(1, 3).join(" ")}: ${status} ${JSON.stringify(body)}`);
  }

  /** A generic event sent to an endpoint, signed at the time. It also happened then by default. */
  async event(at: string, endpoint: Endpoint, id: string, event: Record<string, unknown>): Promise<Answer> {
    const sent = new Date(timeOf(at));
    const body = JSON.stringify({ occurred_at: sent.toISOString(), ...event });
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(sent.getTime() / 1_000),
      "webhook-signature": new Webhook(endpoint.secret).sign(id, sent, body),
    };
    return readAnswer(await this.send(at, endpoint.url, { method: "POST", headers, body }));
  }

  /** A hit on a link. Keeps the response's cookies. */
  async visit(
    at: string,
    visitor: Visitor,
    link: string,
    { method = "GET", headers = {} }: Pick<ServerRequest, "method" | "headers"> = {},
  ): Promise<Landing> {
    const cookie = Object.entries(visitor.cookies).map(([name, value]) => `${name}=${value}`);
    const response = await this.send(at, link, {
      method,
      headers: {
        "User-Agent": visitor.user_agent,
        "CF-Connecting-IP": visitor.ip,
        ...(cookie.length > 0 && { Cookie: cookie.join("; ") }),
        ...headers,
      },
      country: visitor.country,
    });
    const location = response.headers.get("location");
    const set_cookie = response.headers.get("set-cookie");
    Object.assign(visitor.cookies, readCookies(response));
    const token = location === null ? "" : (new URL(location).searchParams.get("lc_click") ?? "");
    return { status: response.status, location, token, set_cookie };
  }

  /** A form of the portal submitted by an affiliate. */
  async form(at: string, path: string, fields: Record<string, string>, cookies: Record<string, string> = {}) {
    return this.send(at, path, {
      method: "POST",
      headers: {
        Origin: ORIGIN,
        "Content-Type": "application/x-www-form-urlencoded",
        Cookie: writeCookies(cookies),
      },
      body: new URLSearchParams(fields).toString(),
    });
  }

  /** A page of the portal opened by a signed-in affiliate. */
  async page(at: string, path: string, cookies: Record<string, string>): Promise<Response> {
    return this.send(at, path, { headers: { Cookie: writeCookies(cookies) } });
  }

  /** Delivers packs of clicks to the queue's consumer. */
  async deliverClicks(at: string, packs: readonly unknown[], attempts = 1): Promise<void> {
    await this.#deliver(at, "lastclick-clicks", packs, attempts);
  }

  /** Delivers messages to the consumer of the dead-letter queue. */
  async deliverDeadClicks(at: string, packs: readonly unknown[], attempts = 1): Promise<void> {
    await this.#deliver(at, "lastclick-clicks-dead", packs, attempts);
  }

  /** Removes the messages from the Worker's queues without delivering them. */
  async take(): Promise<Pick<Sent, "clicks" | "dead_clicks">> {
    const { emails, ...messages } = await this.server.takeSent();
    this.emails.push(...emails);
    return messages;
  }

  /** Delivers the messages in the Worker's queues. */
  async flush(at: string): Promise<void> {
    const { clicks, dead_clicks } = await this.take();
    if (clicks.length > 0) await this.deliverClicks(at, clicks);
    if (dead_clicks.length > 0) await this.deliverDeadClicks(at, dead_clicks);
  }

  /** The cron that runs every minute. */
  async minute(at: string): Promise<void> {
    await this.server.runCron(EVERY_MINUTE, timeOf(at));
    await this.server.settle();
  }

  /** The cron that runs every hour. */
  async hour(at: string): Promise<void> {
    await this.server.runCron(EVERY_HOUR, timeOf(at));
    await this.server.settle();
  }

  async #deliver(at: string, queue: string, packs: readonly unknown[], attempts: number): Promise<void> {
    await this.server.setClock(timeOf(at));
    const timestamp = new Date(timeOf(at));
    const messages = packs.map((body, n): QueueMessage => ({ id: `message-${n}`, timestamp, attempts, body }));
    await this.server.deliver(queue, messages);
    await this.server.settle();
  }
}

/** The cookies that a response sets, by name. */
export function readCookies(response: Response): Record<string, string> {
  const pairs = response.headers.getSetCookie().map((cookie) => cookie.split(";", 1)[0] ?? "");
  return Object.fromEntries(pairs.map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]));
}

function writeCookies(cookies: Record<string, string>): string {
  return Object.entries(cookies)
    .map(([name, value]) => `${name}=${value}`)
    .join("; ");
}

/** The status of a response, and its body, parsed if it is JSON. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /\bjson\b/.test(response.headers.get("content-type") ?? "");
  return { status: response.status, body: isJson ? JSON.parse(text) : text };
}
