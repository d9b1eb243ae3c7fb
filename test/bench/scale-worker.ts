/**
 * The Worker of `src/` with two doors of its own, so that nothing stands between a measurement and D1:
 *
 *     POST /bench/fill          {traffic, from, to, batch} stores clicks as the queue's consumer does, `batch` at a time
 *     GET  /bench/cost?path=…   calls the API, and says what that cost
 *
 * Both answer with what D1 metered.
 */
import { recordClicks } from "../../src/clicks/click-store.ts";
import type { Env } from "../../src/env.ts";
import worker from "../../src/index.ts";
import type { Click } from "../../src/redirect/click.ts";
import { type Meter, meterDatabase } from "./meter.ts";
import { makeTraffic, type Traffic } from "./traffic.ts";

export { Account, Customer } from "../../src/index.ts";

/** Which clicks of which traffic are stored, and how many together. */
export interface Fill {
  traffic: Traffic;
  /** The first click's place. */
  from: number;
  /** The place after the last one. */
  to: number;
  batch: number;
}

export default {
  ...worker,
  async fetch(request, env, ctx) {
    const url = new URL(request.url);
    const meter: Meter = { rows_read: 0, rows_written: 0, size_after: 0 };
    const metered = { ...env, DB: meterDatabase(env.DB, meter) };
    if (url.pathname === "/bench/fill") {
      await fill(metered.DB, await request.json<Fill>());
      return Response.json(meter);
    }
    if (url.pathname === "/bench/cost") {
      const call = new Request(new URL(url.searchParams.get("path") ?? "", url), request);
      const response = await worker.fetch?.(call as typeof request, metered, ctx);
      return response?.ok ? Response.json(meter) : new Response("the call was refused", { status: 502 });
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
