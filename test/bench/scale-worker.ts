/**
 * The Worker of `src/` with two more routes, which answer with the cost that D1 reports:
 *
 *     POST /bench/fill          {traffic, from, to, batch}: stores clicks as the queue consumer does, `batch` at a time
 *     GET  /bench/cost?path=…   calls the API
 */
import { recordClicks } from "../../src/clicks/click-store.ts";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import type { Click } from "../../src/redirect/click.ts";
import { type Meter, meterDatabase } from "./meter.ts";
import { makeTraffic, type Traffic } from "./traffic.ts";

export { Account, Customer } from "../../src/index.ts";

/** Which clicks to store, and how many in one batch. */
export interface Fill {
  traffic: Traffic;
  /** The place of the first click. */
  from: number;
  /** The place after the last click. */
  to: number;
  batch: number;
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const meter: Meter = { calls: 0, statements: 0, rows_read: 0, rows_written: 0, size_after: 0 };
    const metered = { ...env, DB: meterDatabase(env.DB, meter) };
    if (url.pathname === "/bench/fill") {
      await fill(metered.DB, await request.json<Fill>());
      return Response.json(meter);
    }
    if (url.pathname === "/bench/cost") {
      const call = new Request(new URL(url.searchParams.get("path") ?? "", url), request);
      const response = await worker.fetch?.(call as typeof request, metered, ctx);
      return response?.ok ? Response.json(meter) : new Response("The call failed.", { status: 502 });
    }
    return worker.fetch?.(request, env, ctx) ?? new Response(null, { status: 500 });
  },
} satisfies ExportedHandler<Env, Click[]>;

async function fill(db: D1Database, { traffic, from, to, batch }: Fill): Promise<void> {
  const clickAt = makeTraffic(traffic);
  for (let first = from; first < to; first += batch) {
    const clicks = Array.from({ length: Math.min(batch, to - first) }, (_, place) => clickAt(first + place));
    await recordClicks(db, clicks);
  }
}
