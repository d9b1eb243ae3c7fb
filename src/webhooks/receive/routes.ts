/** The doors that checkouts come to. */
import { type Context, Hono } from "hono";
import type { Env } from "../../env.ts";
import { toProblemResponse } from "../../lib/platform/problem-response.ts";
import { Problem } from "../../lib/problem.ts";
import { readTrackingKey } from "../providers/firstpromoter/adapter.ts";
import { readBody } from "./read-body.ts";
import { methodNotAllowed, probeWebhook, receiveWebhook, type Target } from "./receive-routes.ts";
import { openWebhookTools } from "./tools-store.ts";

/** What the doors are given by the wiring. */
export interface DoorClock {
  /** Milliseconds since the epoch. */
  now: (request: Request) => number;
}

type DoorContext = Context<{ Bindings: Env }>;

/** Webhooks, postbacks and the FirstPromoter-shaped tracking API: three ways to say which endpoint it is. */
export function webhookRoutes({ now }: DoorClock): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  const receive = (c: DoorContext, target: Target) =>
    receiveWebhook(c.req.raw, target, openWebhookTools(c.env, c.executionCtx, now(c.req.raw)));

  app.all("/v1/postback", async (c) => {
    // A HEAD would be handed on as a GET, and a link checker make a sale.
    if (c.req.raw.method !== "GET" && c.req.raw.method !== "POST") {
      const refusal = toProblemResponse(methodNotAllowed("A postback is a GET or a POST."));
      refusal.headers.set("Allow", "GET, POST");
      return refusal;
    }
    return receive(c, await readPostbackTarget(c.req.raw));
  });

  app.all("/api/:version{v1|v2}/track/:call{signup|sale|refund|cancellation}", (c) => {
    if (c.req.raw.method !== "POST") throw methodNotAllowed("The tracking API takes POST.");
    const key = readTrackingKey(c.req.raw.headers);
    if (key === null) throw trackingKeyNeeded("api_key_missing");
    return receive(c, { endpoint: key.endpoint, path: c.req.param("call") }).catch((error) => {
      // The key is all that names the endpoint.
      throw error instanceof Problem && error.code === "endpoint_not_found"
        ? trackingKeyNeeded("api_key_invalid")
        : error;
    });
  });

  app.all("/v1/webhooks/:endpoint/:path?", (c) => {
    const target = { endpoint: c.req.param("endpoint"), path: c.req.param("path") ?? "" };
    switch (c.req.method) {
      case "POST":
        return receive(c, target);
      case "GET":
      case "HEAD":
        return probeWebhook(c.req.raw, target, openWebhookTools(c.env, c.executionCtx, now(c.req.raw)));
      default:
        throw methodNotAllowed("A webhook endpoint takes POST.");
    }
  });
  return app;
}

function trackingKeyNeeded(code: string): Problem {
  return new Problem(401, code, "This call needs the endpoint's key: Authorization: Bearer <key>.");
}

/** The endpoint that a postback names: in its query, else in its form or JSON. */
async function readPostbackTarget(request: Request): Promise<Target> {
  const named = new URL(request.url).searchParams.get("endpoint");
  const endpoint = named ?? (request.method === "POST" ? await readEndpointField(request.clone()) : null);
  if (endpoint === null) {
    throw new Problem(422, "invalid_endpoint", "endpoint is missing: the id of the postback's endpoint.", "endpoint");
  }
  return { endpoint, path: "" };
}

async function readEndpointField(request: Request): Promise<string | null> {
  const body = await readBody(request);
  try {
    const { endpoint } = Object(JSON.parse(body)) as Record<string, unknown>;
    return typeof endpoint === "string" ? endpoint : null;
  } catch {
    return new URLSearchParams(body).get("endpoint");
  }
}
