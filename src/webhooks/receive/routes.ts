/** The paths that checkouts send requests to. */
import { type Context, Hono } from "hono";
import type { Env } from "../../env.ts";
import { toProblemResponse } from "../../lib/platform/problem-response.ts";
import { Problem } from "../../lib/problem.ts";
import { readTrackingKey } from "../providers/firstpromoter/adapter.ts";
import { readBody } from "./read-body.ts";
import { type IncomingRequest, methodNotAllowed, probeWebhook, receiveWebhook } from "./webhook-handler.ts";

/** The clock of the webhook routes. */
export interface WebhookClock {
  /** The time of a request, in milliseconds since the epoch. */
  now: (request: Request) => number;
}

type WebhookContext = Context<{ Bindings: Env }>;
type Target = Pick<IncomingRequest, "endpoint" | "path">;

/** Webhooks, postbacks, and the tracking API that is compatible with FirstPromoter's. Each names its endpoint differently. */
export function webhookRoutes({ now }: WebhookClock): Hono<{ Bindings: Env }> {
  const app = new Hono<{ Bindings: Env }>();
  const incoming = (c: WebhookContext, target: Target) => ({
    ...target,
    request: c.req.raw,
    now: now(c.req.raw),
  });
  const receive = (c: WebhookContext, target: Target) => receiveWebhook(incoming(c, target), c.env, c.executionCtx);

  app.all("/v1/postback", async (c) => {
    // Hono routes HEAD to GET handlers; a link checker would record a sale.
    if (c.req.raw.method !== "GET" && c.req.raw.method !== "POST") {
      const refusal = toProblemResponse(methodNotAllowed("A postback accepts GET and POST only."));
      refusal.headers.set("Allow", "GET, POST");
      return refusal;
    }
    return receive(c, await readPostbackTarget(c.req.raw));
  });

  app.all("/api/:version{v1|v2}/track/:call{signup|sale|refund|cancellation}", (c) => {
    if (c.req.raw.method !== "POST") throw methodNotAllowed("The tracking API accepts POST only.");
    const key = readTrackingKey(c.req.raw.headers);
    if (key === null) throw trackingKeyNeeded("api_key_missing");
    return receive(c, { endpoint: key.endpoint, path: c.req.param("call") }).catch((error) => {
      // The endpoint is part of the key.
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
        return probeWebhook(incoming(c, target), c.env);
      default:
        throw methodNotAllowed("A webhook endpoint accepts POST only.");
    }
  });
  return app;
}

function trackingKeyNeeded(code: string): Problem {
  return new Problem(401, code, "This call requires the endpoint's key: Authorization: Bearer <key>.");
}

/** The endpoint of a postback: from its query, else from its form or JSON body. */
async function readPostbackTarget(request: Request): Promise<Target> {
  const named = new URL(request.url).searchParams.get("endpoint");
  const endpoint = named ?? (request.method === "POST" ? await readEndpointField(request.clone()) : null);
  if (endpoint === null) {
    throw new Problem(
      422,
      "invalid_endpoint",
      "endpoint is missing: add the id of the postback's endpoint.",
      "endpoint",
    );
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
