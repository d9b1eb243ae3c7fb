/** The sale event that the demo shop sends, and Lastclick's explanation of its credit. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import type { DemoApi } from "./demo-api.ts";
import type { DemoProgram } from "./programs.ts";

const TIMEOUT_MS = 4_000;
const POLL_MS = 100;

/** The product of a program's demo shop: the program's second product, as a subscription. */
export function productOf(program: DemoProgram): { name: string; amount: number } {
  const product = program.products[1] ?? program.products[0];
  if (product === undefined) throw new Error(`The program ${program.slug} has no products.`);
  return product;
}

/** Creates the event of a new customer's first payment. `token` is the click that the shop stored, null for none. */
export function createSaleEvent(program: DemoProgram, token: string | null, order: string, at: Date) {
  const { name, amount } = productOf(program);
  return {
    type: "sale",
    occurred_at: at.toISOString(),
    customer: { id: `cus_${order}`, email: `${order}@example.com` },
    ...(token !== null && { click: token }),
    payment: `pay_${order}`,
    amount,
    currency: program.currency,
    product: name,
    subscription: { id: `sub_${order}`, interval: program.interval },
  };
}

/** The reason for a conversion's credit, and its commission. */
export interface SaleExplanation {
  text: string;
  commission: { amount: number; currency: string; clears_at: string } | null;
}

/** Reads a conversion's explanation; null if it is not available in time. The sale is recorded either way. */
export async function readExplanation(api: DemoApi, receipt: Receipt): Promise<SaleExplanation | null> {
  const deadline = Date.now() + TIMEOUT_MS;
  let found: SaleExplanation | null = null;
  while (Date.now() < deadline) {
    const { status, json } = await api.call("GET", `/v1/conversions/${receipt.conversion}`);
    if (status === 200) {
      const { explanation, entries } = json as unknown as {
        explanation: { text: string };
        entries: NonNullable<SaleExplanation["commission"]>[];
      };
      found = { text: explanation.text, commission: entries[0] ?? null };
      // The ledger entry follows the conversion a moment later.
      if (found.commission !== null || receipt.attributed_to === null) return found;
    }
    await sleep(POLL_MS);
  }
  return found;
}

/** 7900 USD minor units as USD 79.00. */
export function formatAmount(amount: number, currency: string): string {
  return `${currency} ${(amount / 100).toFixed(2)}`;
}
