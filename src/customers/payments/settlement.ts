/** The command that a payment's money has arrived, and the event it is stored as. */
import type { ConversionEvent } from "../../webhooks/conversion-event.ts";

/** The merchant has received the money of a sale. Times in ms. */
export interface Settlement {
  conversion: string;
  settled_at: number;
  now: number;
}

/** Creates the event for the settlement of a sale. A sale is settled once: repeated commands have the same id. */
export function settlementOf({ conversion, settled_at }: Settlement, sale: ConversionEvent): ConversionEvent {
  const { program_id, namespace, test, payment } = sale;
  return {
    ...{ program_id, endpoint: "settlement", namespace, test, id: conversion, type: "settlement" },
    occurred_at: settled_at,
    customer: { id: null, email_hash: null },
    ...{ click: null, coupon: null, payment, refund: null, amount: null, gross: null, currency: null },
    ...{ product: null, subscription: null },
  };
}
