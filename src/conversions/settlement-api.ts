/** The merchant confirms that a sale's money has arrived, for terms that pay only after that. */
import * as v from "valibot";
import type { ApiApp } from "../api/layout/api-app.ts";
import { auditActorOf } from "../api/layout/commit-change.ts";
import { permit } from "../api/layout/permit.ts";
import { readJson } from "../api/layout/read-json.ts";
import { describeChange } from "../audit/audit-store.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { Problem } from "../lib/problem.ts";
import { instant } from "../lib/validation.ts";
import type { Receipt } from "../webhooks/conversion-event.ts";
import { conversionNotFound, findCustomer, orBusy } from "./dispute-api.ts";

/** The body of `POST …/settlement`. */
export const newSettlement = v.strictObject({ settled_at: v.optional(instant) });

export function addSettlementRoutes(app: ApiApp): void {
  app.post("/conversions/:id/settlement", permit("write", { checks_programs: true }), async (c) => {
    const { now } = c.var;
    const conversion = c.req.param("id");
    const { settled_at = now } = await readJson(c.req, newSettlement);
    if (settled_at > now) {
      throw new Problem(422, "invalid_settled_at", "settled_at: must not be in the future.", "settled_at");
    }
    const { program_id, customer_key } = await findCustomer(c, conversion);
    const change = { action: "conversion.settled", program_id, subject_type: "conversion", subject: conversion };
    const after = { settled_at: toIsoTime(settled_at) };
    const audit = describeChange(auditActorOf(c), { ...change, before: null, after }, now);
    const receipt = await orBusy(
      async (): Promise<Receipt | null> =>
        c.env.CUSTOMERS.getByName(customer_key).settle({ conversion, settled_at, now }, audit),
    );
    if (receipt === null) throw conversionNotFound();
    if (receipt.status === "conflict") {
      throw new Problem(409, "conversion_not_a_sale", "Only a sale, or a trial that was paid for, can be settled.");
    }
    const is_new = receipt.status === "recorded";
    return c.json({ conversion, status: receipt.status, ...(is_new && { settled_at: toIsoTime(settled_at) }) });
  });
}
