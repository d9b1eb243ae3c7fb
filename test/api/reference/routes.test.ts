/** Every call has one description, and each description is of a call. */
import { expect, test } from "vitest";
import { calls } from "../../../src/api/reference/calls.ts";
import { apiRoutes } from "../../../src/api/routes.ts";
import { webhookRoutes } from "../../../src/webhooks/receive/routes.ts";

const routes = apiRoutes({ now: () => 0, links: { forget: async () => {} } }).routes;

/** The router has an entry for each handler of a route. */
const handlersOf = Map.groupBy(
  routes.filter(({ method }) => method !== "ALL"),
  ({ method, path }) => `${method} ${path}`,
);

/** Paths from the root, which other routers have. */
const isElsewhere = (route: string) => /^[A-Z]+ \/\//.test(route) || route === "GET /openapi.json";

test("every route is described once, and every description has its route", () => {
  const described = calls.flatMap(({ route, aliases = [] }) => [route as string, ...aliases]);
  expect(new Set(described).size).toBe(described.length);
  const known = [...handlersOf.keys()];
  expect(known.length).toBeGreaterThan(80);
  expect(known.filter((route) => !described.includes(route))).toEqual([]);
  expect(described.filter((route) => !isElsewhere(route) && !known.includes(route))).toEqual([]);
});

test("the described query parameters are those that the route allows", () => {
  for (const { route, query = {} } of calls.filter((call) => !isElsewhere(call.route))) {
    const allowed = (handlersOf.get(route) ?? []).flatMap(({ handler }) =>
      "query_parameters" in handler && Array.isArray(handler.query_parameters) ? handler.query_parameters : [],
    );
    expect([route, Object.keys(query).sort()]).toEqual([route, allowed.sort()]);
  }
});

test("the paths of checkouts are those that the router has", () => {
  const known = webhookRoutes({ now: () => 0 }).routes.map(({ path }) => path);
  const described = calls.flatMap(({ route, auth }) => (auth === "signature" ? [route.replace(/^[A-Z]+ \//, "")] : []));
  expect([...new Set(described)].sort()).toEqual([...new Set(known)].sort());
});
