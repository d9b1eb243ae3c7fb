/** Retries deliveries every minute. */

import { openDatabase } from "../../db/database.ts";
import type { Env } from "../../env.ts";
import { logError } from "../../lib/platform/log.ts";
import { redeliver } from "./redelivery-handler.ts";
import { lockDueDeliveries, postponeDelivery } from "./retry-store.ts";

/** More than a minute brings, and far below D1's 1,000 queries per invocation. */
const DELIVERIES_PER_RUN = 50;

/** Handles due deliveries again: left open by a crash, spooled, or waiting for a customer that is known by now. */
export async function retryDueDeliveries(env: Env, now: number): Promise<void> {
  const db = openDatabase(env.DB);
  for (const delivery of await lockDueDeliveries(db, now, DELIVERIES_PER_RUN)) {
    try {
      await redeliver(env, delivery, now);
    } catch (error) {
      logError("delivery_not_retried", { delivery_id: delivery.id, error });
      await postponeDelivery(db, delivery, now).catch((failure) =>
        logError("delivery_not_postponed", { delivery_id: delivery.id, error: failure }),
      );
    }
  }
}
