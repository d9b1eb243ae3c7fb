/** One sale as the demo's checkout reports it, and what became of it. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Receipt } from "../../src/webhooks/conversion-event.ts";
import type { DemoProgram } from "./cast.ts";
import type { DemoApi } from "./demo-api.ts";

const PATIENCE_MS = 4_000;
const POLL_MS = 100;

/** What the demo's shops sell: the second of the programme's products, as a subscription. */
export function productOf(program: DemoProgram): { name: string; amount: number } {
  const product = program.products[1] ?? program.products[0];
  if (product === undefined) throw new Error(`${program.slug} sells nothing`);
  return product;
}

/** A new customer's first payment for an order. `token` is the click that the shop kept, null for none. */
export function makeSale(program: DemoProgram, token: string | null, order: string, at: Date) {
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

/** Why a conversion was credited as it was, and what it earned. */
export interface SaleStory {
  text: string;
  commission: { amount: number; currency: string; clears_at: string } | null;
}

/** Asks for a conversion's explanation; null where it does not come in time, which is no fault of the sale. */
export async function readSaleStory(api: DemoApi, receipt: Receipt): Promise<SaleStory | null> {
  const deadline = Date.now() + PATIENCE_MS;
  let story: SaleStory | null = null;
  while (Date.now() < deadline) {
    const { status, json } = await api.call("GET", `/v1/conversions/${receipt.conversion}`);
    if (status === 200) {
      const { explanation, entries } = json as unknown as {
        explanation: { text: string };
        entries: NonNullable<SaleStory["commission"]>[];
      };
      story = { text: explanation.text, commission: entries[0] ?? null };
      // The ledger's entry comes a moment after the conversion.
      if (story.commission !== null || receipt.attributed_to === null) return story;
    }
    await sleep(POLL_MS);
  }
  return story;
}

/** 7900 USD minor units as USD 79.00. */
export function formatAmount(amount: number, currency: string): string {
  return `${currency} ${(amount / 100).toFixed(2)}`;
}
