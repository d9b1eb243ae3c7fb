/** WooCommerce's orders: payments, what reverses them, and their refunds. */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import type { PaymentState } from "../../conversion-event.ts";
import { type ProviderEvent, providerEvent } from "../../provider.ts";
import { type ParsedEvents, touchOrNote } from "../../reading/parsed-events.ts";
import {
  anyCaseCurrency,
  decimal,
  lenient,
  providerId,
  readDecimal,
  readPaidDecimal,
  readRest,
} from "../../reading/provider-fields.ts";
import { invalidField, readClick, readCommissionable, readCoupons, readId } from "../../reading/read-fields.ts";
import { buyer, customerOf, metaOf, UNPAID, utc, utcOrNone } from "./fields.ts";

const order = v.object({
  ...buyer,
  id: providerId,
  status: v.string(),
  currency: anyCaseCurrency,
  date_modified_gmt: v.string(),
  date_paid_gmt: utcOrNone,
  total: decimal,
  total_tax: decimal,
  shipping_total: decimal,
  fee_lines: v.nullish(v.array(v.object({ total: decimal }))),
  coupon_lines: v.nullish(v.array(v.object({ code: v.string() }))),
  refunds: v.array(v.object({ id: providerId, total: decimal })),
  // Of the plugin Gift Cards, "REST API Reference": they are subtracted from the total, but not from the tax.
  gift_cards: lenient(v.array(v.unknown())),
});

// "If a resource has been deleted, just include the ID." (class WC_Webhook)
const deleted = v.object({ id: providerId });

type Order = v.InferOutput<typeof order>;

/** `order.created` and `order.updated`: the whole order, with its sale and all of its refunds, as it is now. */
export function readOrder(json: unknown): ParsedEvents {
  const fields = parseFields(order, json);
  return readEvents(fields, { name: `order:${fields.id}:${fields.date_modified_gmt}`, at: modifiedAt(fields) });
}

/**
 * `order.restored`: an order that is no longer in the trash. Its state is as new as this delivery, like that of `order.deleted`,
 * which doesn't say when the order was deleted.
 */
export function readRestoredOrder(json: unknown): ParsedEvents {
  const fields = parseFields(order, json);
  return readEvents(fields, { name: `order:${fields.id}:${fields.date_modified_gmt}:restored`, at: null });
}

/** `order.deleted`: the order was moved to the trash. This reverses its sale, if it had one. */
export function readDeletedOrder(json: unknown): ParsedEvents {
  const { id } = parseFields(deleted, json);
  return [
    providerEvent({
      id: `order:${id}:deleted`,
      type: "refund",
      occurred_at: null,
      payment: id,
      refund: "deleted",
      payment_state: { at: null, is_paid: false, refunds: [] },
    }),
  ];
}

/** What an order reports: the id of its sale's event, and since when it is so. */
interface Report {
  name: string;
  at: PaymentState["at"];
}

function readEvents(fields: Order, report: Report): ParsedEvents {
  const payment_state = stateOf(fields, report.at);
  const events = [
    ...readSale(fields, report.name, payment_state),
    ...fields.refunds.flatMap((refund, index) => readRefund(fields, refund, index, payment_state)),
  ];
  if (events.length > 0) return events;
  if (!fields.date_paid_gmt) return "The order is not paid yet.";
  return UNPAID.has(fields.status) ? `The order is ${fields.status}.` : "Nothing was paid, or only tax and shipping.";
}

/**
 * The order as a whole, null before it is paid. A paid order that fails or is canceled, such as by a lost dispute, keeps its
 * `date_paid_gmt`. A refund that the merchant deletes is missing in the next update.
 */
function stateOf({ status, date_paid_gmt, refunds }: Order, at: PaymentState["at"]): PaymentState | null {
  if (!date_paid_gmt) return null;
  return { at, is_paid: !UNPAID.has(status), refunds: refunds.map(({ id }) => id) };
}

function modifiedAt({ date_modified_gmt }: Order): PaymentState["at"] {
  const time = v.safeParse(utc, date_modified_gmt);
  return time.success ? time.output : null;
}

/** The sale of an order that was paid, also if it is no longer paid: its state says so. */
function readSale(fields: Order, name: string, payment_state: PaymentState | null): ProviderEvent[] {
  const { id, currency, date_paid_gmt } = fields;
  if (payment_state === null || !date_paid_gmt) return [];
  const gross = readPaidDecimal(fields.total, currency, "total");
  const amount = readBase(fields);
  const isPaidOtherwise = gross === 0 || (fields.gift_cards ?? []).length > 0;
  if (amount < 0 && !isPaidOtherwise) throw invalidField("total", "is less than its tax, shipping and fees");
  // The order of a plan change names the subscription before the change.
  const renewed = ["_subscription_renewal", "_subscription_switch"]
    .map((key) => readId(metaOf(fields.meta_data, key)))
    .find((subscription) => subscription !== null);
  const common = {
    // An update may change other data of the sale, such as the email: it is the same sale, but another event.
    id: payment_state.is_paid ? name : `${name}:unpaid`,
    occurred_at: date_paid_gmt,
    customer: customerOf(fields),
    click: readClick(fields.meta_data),
    ...readCoupons((fields.coupon_lines ?? []).map(({ code }) => code)),
  };
  if (amount <= 0) {
    if (!payment_state.is_paid) return [];
    const touch = touchOrNote(common, "Nothing was paid, or only tax and shipping.");
    return typeof touch === "object" ? touch : [];
  }
  return [
    providerEvent({
      ...common,
      type: "sale",
      payment: id,
      amount,
      gross,
      currency,
      payment_state,
      ...readCommissionable(fields.meta_data),
      product: readId(fields.line_items?.[0]?.product_id),
      subscription: renewed === undefined ? null : { id: renewed, interval: null },
    }),
  ];
}

/**
 * The total without tax, which includes the tax on shipping and fees, without shipping, and without fees such as a surcharge for a
 * payment method. A negative fee is a discount. Refunds don't change these amounts.
 */
function readBase({ total, total_tax, shipping_total, fee_lines, currency }: Order): number {
  const fees = (fee_lines ?? []).flatMap(({ total: fee }, index): [string, string][] => {
    const field = `fee_lines.${index}.total`;
    return readDecimal(fee, currency, field) > 0 ? [[field, fee]] : [];
  });
  const parts = { total_tax, shipping_total, ...Object.fromEntries(fees) };
  return readRest<string>({ total, ...parts }, "total", Object.keys(parts), currency);
}

/** An order contains only the totals of its refunds, as negative amounts, without their times or items. */
function readRefund(
  { id, currency }: Order,
  refund: Order["refunds"][number],
  index: number,
  payment_state: PaymentState | null,
): ProviderEvent[] {
  const total = readDecimal(refund.total, currency, `refunds.${index}.total`);
  // A refund can be without money.
  if (total === 0) return [];
  return [
    providerEvent({
      id: `refund:${id}:${refund.id}`,
      type: "refund",
      occurred_at: null,
      payment: id,
      refund: refund.id,
      gross: Math.abs(total),
      currency,
      ...(payment_state !== null && { payment_state }),
    }),
  ];
}
