/**
 * The Worker of `src/` with what the console's benchmark asks for:
 *
 *     GET /bench/routes                the paths of the console's pages, as the router has them
 *     any request with `bench-meter`   is answered with the cost of its queries in `bench-cost`
 */
import { Hono } from "hono";
import { consoleRoutes } from "../../src/console/routes.tsx";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import type { Click } from "../../src/redirect/click.ts";
import { type Meter, meterDatabase } from "./meter.ts";

export { Account, Customer } from "../../src/index.ts";

export default {
  ...worker,
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/routes") {
      const { routes } = consoleRoutes({ now: () => 0, api: new Hono() });
      const pages = routes.filter(({ method, path }) => method === "GET" && !path.includes("*"));
      return Response.json([...new Set(pages.map(({ path }) => path))]);
    }
    if (!request.headers.has("bench-meter")) {
      return worker.fetch?.(request, env, ctx) ?? new Response(null, { status: 500 });
    }
    const meter: Meter = { calls: 0, statements: 0, rows_read: 0, rows_written: 0, size_after: 0 };
    const answer = await worker.fetch?.(request, { ...env, DB: meterDatabase(env.DB, meter) }, ctx);
    const { calls, statements, rows_read } = meter;
    return new Response(answer?.body, {
      status: answer?.status ?? 500,
      headers: { "bench-cost": JSON.stringify({ calls, statements, rows_read }) },
    });
  },
} satisfies ExportedHandler<Env, Click[]>;
