import { Hono } from "hono";
import type { Env } from "../env.ts";

/** The affiliates' portal below /app. */
export function portalRoutes(_tools: { now: (request: Request) => number }): Hono<{ Bindings: Env }> {
  return new Hono<{ Bindings: Env }>();
}
