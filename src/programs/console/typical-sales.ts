/** Ten typical sales, to show what terms would pay: a monthly plan, a yearly plan, a single purchase and a refund. */

import { addMonths } from "../../lib/calendar.ts";
import { minorDigitsOf } from "../../lib/currency.ts";

/** A sale in the body of the preview, and what it is. */
export interface TypicalSale {
  label: string;
  sale: {
    occurred_at: string;
    amount: number;
    customer: string;
    subscription?: string;
    interval?: string;
    refunded?: number;
    refunded_at?: string;
  };
}

const MONTHLY = 49;
const YEARLY = 490;
const SINGLE = 120;
const RENEWALS = 6;

/** The sales, the first of them now (ms), in the currency. */
export function listTypicalSales(currency: string, now: number): TypicalSale[] {
  const unit = 10 ** minorDigitsOf(currency);
  const at = (months: number) => new Date(addMonths(now, months)).toISOString();
  const monthly = Array.from({ length: RENEWALS }, (_, place) => ({
    label: place === 0 ? "Monthly plan, first payment" : `Monthly plan, payment ${place + 1}`,
    sale: {
      ...{ occurred_at: at(place), amount: MONTHLY * unit },
      ...{ customer: "first", subscription: "monthly", interval: "month" },
    },
  }));
  const yearly = [0, 12].map((months) => ({
    label: months === 0 ? "Yearly plan, first payment" : "Yearly plan, payment 2",
    sale: {
      ...{ occurred_at: at(months), amount: YEARLY * unit },
      ...{ customer: "second", subscription: "yearly", interval: "year" },
    },
  }));
  const single = { occurred_at: at(0), amount: SINGLE * unit };
  return [
    ...monthly,
    ...yearly,
    { label: "Single purchase", sale: { ...single, customer: "third" } },
    {
      label: "Single purchase, refunded in full",
      sale: { ...single, customer: "fourth", refunded: single.amount, refunded_at: at(0) },
    },
  ];
}
