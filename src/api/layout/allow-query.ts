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

/** Throws a 422 that lists the route's parameters, where a call has another one. An unknown path is left to its 404. */
export function refuseUnknownQuery(c: ApiCall): void {
  const routes = matchedRoutes(c).filter(({ method }) => method === c.req.method);
  const known = routes.flatMap(({ handler }) => (isAllowing(handler) ? handler.query_parameters : []));
  const unknown = Object.keys(c.req.query()).find((name) => !known.includes(name));
  if (routes.length === 0 || unknown === undefined) return;
  const list =
    known.length === 0 ? "This call has no parameters." : `The parameters of this call are: ${known.join(", ")}.`;
  throw new Problem(422, "unknown_parameter", `${unknown}: is not a parameter of this call. ${list}`, unknown);
}

function isAllowing(handler: object): handler is Allowing {
  return "query_parameters" in handler;
}
