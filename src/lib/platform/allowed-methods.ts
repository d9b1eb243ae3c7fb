/** Which methods a path has, for the answer to one that it doesn't have (RFC 9110, section 15.5.6). */
import type { Hono } from "hono";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/** The methods for which the app has a handler at this path, besides middleware for all of them. */
export function listMethods(app: Pick<Hono, "router">, path: string): string[] {
  return METHODS.filter((method) => app.router.match(method, path)[0].some(([[, route]]) => route.method === method));
}
