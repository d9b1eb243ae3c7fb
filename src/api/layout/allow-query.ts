/** Which query parameters a route has. All others are refused, so that a misspelled filter doesn't return everything. */
import type { MiddlewareHandler } from "hono";
import { matchedRoutes } from "hono/route";
import { Problem } from "../../lib/problem.ts";
import type { ApiCall, ApiEnv } from "./api-app.ts";

type Allowing = MiddlewareHandler<ApiEnv> & { query_parameters: readonly string[] };

/** The parameters of every list. */
export const PAGING = ["limit", "cursor"] as const;

/** Declares a route's query parameters. A route that doesn't declare any has none. */
export function allowQuery(...names: readonly string[]): Allowing {
  return Object.assign<MiddlewareHandler<ApiEnv>, Pick<Allowing, "query_parameters">>((_, next) => next(), {
    query_parameters: names,
  });
}

/**
 * Throws a 422 that lists the route's parameters, where a call has another one, and one for a parameter that it has twice: only one
 * of them would count. An unknown path is left to its 404.
 */
export function refuseUnknownQuery(c: ApiCall): void {
  // The router answers HEAD with the route of GET.
  const asked = c.req.method === "HEAD" ? "GET" : c.req.method;
  const routes = matchedRoutes(c).filter(({ method }) => method === asked);
  const known = routes.flatMap(({ handler }) => (isAllowing(handler) ? handler.query_parameters : []));
  const names = Object.keys(c.req.queries());
  const unknown = names.find((name) => !known.includes(name));
  if (routes.length === 0) return;
  if (unknown === undefined) {
    const repeated = names.find((name) => (c.req.queries(name)?.length ?? 0) > 1);
    if (repeated === undefined) return;
    throw new Problem(422, "repeated_parameter", `${repeated}: can be given only once.`, repeated);
  }
  const list =
    known.length === 0 ? "This call has no parameters." : `The parameters of this call are: ${known.join(", ")}.`;
  throw new Problem(422, "unknown_parameter", `${unknown}: is not a parameter of this call. ${list}`, unknown);
}

function isAllowing(handler: object): handler is Allowing {
  return "query_parameters" in handler;
}
