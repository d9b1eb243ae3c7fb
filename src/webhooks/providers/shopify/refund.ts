/** Shopify's refunds: the Refund resource of its Admin API. */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  anyTime,
  decimal,
  providerId,
  readDecimal,
  readPaidDecimal,
} from "../../reading/provider-fields.ts";
import { invalidField } from "../../reading/read-fields.ts";

/** The statuses of transactions that refund money now or soon. */
const REFUNDING: ReadonlySet<string> = new Set(["success", "pending"]);

/** The adjustment for shipping. Other adjustments mean that a different sum than the items' was refunded. */
const SHIPPING = "shipping_refund";

/** Rates are fractions such as 0.2; six decimals are enough for every rate. */
const MILLIONTHS = 1_000_000;

const shopMoney = v.object({ shop_money: v.object({ amount: decimal, currency_code: anyCaseCurrency }) });

const refund = v.object({
  id: providerId,
  order_id: providerId,
  created_at: anyTime,
  processed_at: anyTime,
  total_duties_set: v.nullish(shopMoney),
  refund_line_items: v.array(
    v.object({
      subtotal_set: shopMoney,
      total_tax_set: shopMoney,
      line_item: v.object({
        gift_card: v.nullish(v.boolean()),
        tax_lines: v.array(v.object({ rate: v.nullish(v.number()) })),
      }),
    }),
  ),
  order_adjustments: v.nullish(
    v.array(v.object({ kind: v.nullish(v.string()), amount_set: shopMoney, tax_amount_set: shopMoney })),
  ),
  refund_shipping_lines: v.nullish(v.array(v.unknown())),
  transactions: v.array(
    v.object({
      kind: v.string(),
      status: v.string(),
      amount: decimal,
      currency: anyCaseCurrency,
      test: v.nullish(v.boolean()),
    }),
  ),
});

type Refund = v.InferOutput<typeof refund>;
type Amounts = Pick<ProviderEvent, "amount" | "gross">;
type Line = Refund["refund_line_items"][number];

/** The refund in a body of `refunds/create`, still without its shop, or why there is nothing to record. */
export function shopifyRefund(json: unknown): ParsedEvents {
  const fields = parseFields(refund, json);
  const paid = fields.transactions.filter(({ kind, status }) => kind === "refund" && REFUNDING.has(status));
  // Items can be removed without a refund, such as when an order is edited before it is paid.
  if (paid.length === 0) return "No money was refunded.";
  const currency = shopCurrencyOf(fields);
  const amounts = amountsOf(fields, paid, currency);
  if (amounts.amount === 0) return "Only tax, shipping or gift cards were refunded.";
  return [
    providerEvent({
      id: `refunds/create:${fields.id}`,
      type: "refund",
      occurred_at: fields.processed_at ?? fields.created_at,
      payment: fields.order_id,
      refund: `refund-${fields.id}`,
      ...amounts,
      currency,
      test: paid.some(({ test }) => test === true),
    }),
  ];
}

/** Transactions are in the currency that the buyer was shown; all other amounts are also in the shop's currency. */
function shopCurrencyOf({ refund_line_items, order_adjustments, total_duties_set, transactions }: Refund): string {
  const money =
    refund_line_items[0]?.subtotal_set ?? order_adjustments?.[0]?.amount_set ?? total_duties_set ?? undefined;
  const currency = money?.shop_money.currency_code ?? transactions[0]?.currency;
  if (currency === undefined) throw invalidField("transactions.currency", "is missing");
  return currency;
}

/**
 * The amounts refunded for the items and in total. If the merchant refunded a different sum than the items', or a sum without
 * items, only the total is known.
 */
function amountsOf(fields: Refund, paid: Refund["transactions"], currency: string): Amounts {
  const { refund_line_items: lines, order_adjustments, refund_shipping_lines } = fields;
  const adjustments = order_adjustments ?? [];
  const isOtherSum = adjustments.some(
    ({ kind, amount_set }) => kind !== SHIPPING && read(amount_set, currency, "order_adjustments.amount_set") !== 0,
  );
  const gross = paid.every((transaction) => transaction.currency === currency)
    ? paid.reduce((total, { amount }) => total + readPaidDecimal(amount, currency, "transactions.amount"), 0)
    : null;
  if (lines.length > 0 && (!isOtherSum || gross === null)) {
    const includesTax = gross === null ? null : includesTaxOf(fields, gross, currency);
    return { amount: lines.reduce((total, line) => total + netOf(line, currency, includesTax), 0), gross };
  }
  const isShipping = adjustments.length > 0 || (refund_shipping_lines ?? []).length > 0;
  if (lines.length === 0 && !isOtherSum && isShipping) return { amount: 0, gross };
  return { amount: null, gross: gross ?? wholeOf(adjustments, currency) };
}

type Adjustments = NonNullable<Refund["order_adjustments"]>;

/** Without items, the adjustments are the whole refund. */
function wholeOf(adjustments: Adjustments, currency: string): number {
  const sum = sumOf(adjustments, currency);
  if (sum === 0)
    throw invalidField("transactions.currency", "is not the shop's currency, and the refund has no amount in it");
  return sum;
}

/** Their sign only says in whose favor they are. */
function sumOf(adjustments: Adjustments, currency: string): number {
  return Math.abs(
    adjustments
      .flatMap(({ amount_set, tax_amount_set }) => [amount_set, tax_amount_set])
      .reduce((total, money) => total + read(money, currency, "order_adjustments"), 0),
  );
}

/**
 * Whether the items' prices include tax, which a refund doesn't say, unlike its order: so if the money paid back is the sum of the
 * subtotals, and not if it is that sum with the tax on top. Null where it is neither.
 */
function includesTaxOf(
  { refund_line_items, order_adjustments }: Refund,
  gross: number,
  currency: string,
): boolean | null {
  const shipping = (order_adjustments ?? []).filter(({ kind }) => kind === SHIPPING);
  const items = gross - sumOf(shipping, currency);
  const lines = refund_line_items.map((line) => amountsIn(line, currency));
  const subtotal = lines.reduce((total, line) => total + line.subtotal, 0);
  const tax = lines.reduce((total, line) => total + line.tax, 0);
  if (items === subtotal) return true;
  return items === subtotal + tax ? false : null;
}

/**
 * An item's subtotal without the tax that its price may include; nothing for a gift card, which wasn't part of the sale. Where
 * `includesTax` isn't known, this compares the stated tax with the tax on top of the subtotal and the tax within it.
 */
function netOf(line: Line, currency: string, includesTax: boolean | null): number {
  if (line.line_item.gift_card) return 0;
  const { subtotal, tax } = amountsIn(line, currency);
  const rate = line.line_item.tax_lines.reduce((total, { rate }) => total + Math.round((rate ?? 0) * MILLIONTHS), 0);
  const onTop = (subtotal * rate) / MILLIONTHS;
  const within = (subtotal * rate) / (MILLIONTHS + rate);
  const isWithin = includesTax ?? Math.abs(tax - within) < Math.abs(tax - onTop);
  return isWithin ? subtotal - tax : subtotal;
}

function amountsIn({ subtotal_set, total_tax_set }: Line, currency: string): { subtotal: number; tax: number } {
  const field = "refund_line_items.subtotal_set.shop_money.amount";
  return {
    subtotal: readPaidDecimal(subtotal_set.shop_money.amount, currency, field),
    tax: read(total_tax_set, currency, "refund_line_items.total_tax_set"),
  };
}

function read(money: v.InferOutput<typeof shopMoney>, currency: string, field: string): number {
  return readDecimal(money.shop_money.amount, currency, `${field}.shop_money.amount`);
}
