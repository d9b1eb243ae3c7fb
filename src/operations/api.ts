import type { ApiApp } from "../api/layout/api-app.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { logError } from "../lib/platform/log.ts";
import { worstOf } from "./status.ts";
import { readStatus } from "./status-handler.ts";
import { readSince } from "./status-queries.ts";

export function addStatusRoutes(app: ApiApp): void {
  app.get("/status", async (c) => {
    const { now } = c.var;
    const [items, since] = await Promise.all([readStatus(c.env, now), readSinceOrNone(c.env.DB)]);
    const shown = items.map(({ name, status, ...item }) => ({
      name,
      status,
      since: status === "ok" ? null : toIsoTime(since.get(name) ?? null),
      ...item,
    }));
    return c.json({ status: worstOf(items), checked_at: toIsoTime(now), items: shown });
  });
}

/** The status is shown while the database lacks its migration, too. */
async function readSinceOrNone(db: D1Database): Promise<Map<string, number>> {
  try {
    return await readSince(db);
  } catch (error) {
    logError("status_not_read", { item: "since", error });
    return new Map();
  }
}
