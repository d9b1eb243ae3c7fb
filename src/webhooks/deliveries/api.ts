import { allowQuery, PAGING } from "../../api/layout/allow-query.ts";
import type { ApiApp } from "../../api/layout/api-app.ts";
import { commitChange } from "../../api/layout/commit-change.ts";
import { findProgram } from "../../api/layout/find-records.ts";
import { permit } from "../../api/layout/permit.ts";
import { readPage } from "../../api/layout/read-page.ts";
import { readSettings } from "../../env.ts";
import { Problem } from "../../lib/problem.ts";
import { hideClaims } from "../reading/attribution-claim.ts";
import { DELIVERY_ID } from "./delivery-id.ts";
import { OUTCOMES, readDeliveries, readDelivery } from "./queries.ts";
import { redeliver } from "./redelivery-handler.ts";
import { unsealRequest } from "./request-store.ts";
import { loadDelivery } from "./retry-store.ts";

/** The API of the delivery log: list, read one with its request, replay one. */
export function addDeliveryRoutes(app: ApiApp): void {
  app.get("/programs/:program/deliveries", allowQuery("endpoint", "outcome", ...PAGING), async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { endpoint = null, outcome, ...paging } = c.req.query();
    const filter = { program_id: program.id, endpoint, outcome: readOutcome(outcome) };
    return c.json(await readDeliveries(db, filter, readPage(paging, DELIVERY_ID)));
  });

  app.get("/programs/:program/deliveries/:delivery", permit("read_requests"), async (c) => {
    const { db } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const found = await readDelivery(db, program.id, c.req.param("delivery"));
    if (found === null) throw deliveryNotFound();
    const { view, sealed_request } = found;
    const request =
      sealed_request === null
        ? null
        : JSON.parse(
            await unsealRequest({ vault_key: readSettings(c.env).vault_key, delivery_id: view.id }, sealed_request),
          );
    return c.json({ ...view, request: request && { ...request, body: hideClaims(request.body) } });
  });

  app.post("/programs/:program/deliveries/:delivery/replay", permit("webhooks"), async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const delivery = await loadDelivery(db, program.id, c.req.param("delivery"));
    if (delivery === null) throw deliveryNotFound();
    const { problem, ...outcome } = await redeliver(c.env, delivery, now);
    if (problem !== null) throw problem;
    const { id: subject, program_id } = delivery;
    const change = { action: "delivery.replayed", program_id, subject_type: "delivery", subject };
    return commitChange(c, [], [{ ...change, before: null, after: {} }], { status: 200, body: outcome });
  });
}

function readOutcome(text: string | undefined) {
  if (text === undefined) return null;
  const outcome = OUTCOMES.find((known) => known === text);
  if (outcome !== undefined) return outcome;
  throw new Problem(422, "invalid_outcome", `outcome must be one of: ${OUTCOMES.join(", ")}.`, "outcome");
}

function deliveryNotFound(): Problem {
  return new Problem(404, "delivery_not_found", "This program has no such delivery.");
}
