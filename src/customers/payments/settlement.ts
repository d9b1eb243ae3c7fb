/** The command that a payment's money has arrived, and the event it is stored as. */
import type { ConversionEvent, Receipt } from "../../webhooks/conversion-event.ts";
import { type Fact, nameConversion } from "../fact.ts";

/** The merchant has received the money of a sale. Times in ms. */
export interface Settlement {
  conversion: string;
  settled_at: number;
  now: number;
}

/** The answer to the settlement of a conversion that is no sale. */
export const NO_SALE: Receipt = {
  status: "conflict",
  conversion: null,
  attributed_to: null,
  reason: "conversion_not_a_sale",
  is_relayed: true,
};

/**
 * Creates the event for the settlement of the sale that a fact created, or null if it created none: a lead, or a trial that
 * wasn't paid for. A sale is settled once: repeated commands have the same id.
 */
export function settlementOf({ conversion, settled_at }: Settlement, maker: Fact): ConversionEvent | null {
  const { program_id, namespace, test, payment, type, amount } = maker.event;
  const settles = nameConversion(maker.id, maker.event);
  if (settles === null || !(type === "sale" || (type === "trial" && amount))) return null;
  return {
    ...{ program_id, endpoint: "settlement", namespace, test, id: conversion, type: "settlement" },
    occurred_at: settled_at,
    customer: { id: null, email_hash: null },
    ...{ click: null, coupon: null, payment, refund: null, amount: null, gross: null, currency: null },
    ...{ product: null, subscription: null, settles },
  };
}
