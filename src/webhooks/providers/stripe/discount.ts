/**
 * Stripe's discounts, of checkouts, invoices, customers and subscriptions. They name the promotion code and the coupon by id, not
 * by the text that the customer typed. Sources: the Discount object of its API, and its change in version 2025-09-30.
 */
import * as v from "valibot";
import { parseFields } from "../../../lib/validation.ts";
import { type MissingIds, type ProviderEvent, providerEvent } from "../../provider.ts";
import type { ParsedEvents } from "../../reading/parsed-events.ts";
import { readCoupons } from "../../reading/read-fields.ts";
import { eventInfoOf, eventWith, reference, seconds } from "./fields.ts";

/** Since version 2025-09-30 the coupon is in `source`. */
const discount = v.object({
  promotion_code: v.nullish(reference),
  coupon: v.nullish(reference),
  source: v.nullish(v.object({ coupon: v.nullish(reference) })),
});

const discounted = eventWith(
  v.object({
    ...discount.entries,
    customer: v.nullish(reference),
    subscription: v.nullish(reference),
    start: v.nullish(seconds),
  }),
);

type Discount = v.InferOutput<typeof discount>;

/** The codes of a checkout's discounts, and the promotion code whose text can be looked up. */
export function readDiscounts(applied: unknown): Pick<ProviderEvent, "coupon" | "coupons" | "missing"> {
  const used = listDiscounts(applied);
  return { ...readCoupons(codesOf(used)), ...lookUpFirst(used) };
}

/**
 * The codes of an invoice's discounts. Invoices of older API versions contain them; newer ones contain only their ids, for which
 * the invoice can be looked up. Earlier releases read no code from invoices, so `coupon` stays empty, and an event that such a
 * release received is the same event when it is sent again.
 */
export function readInvoiceDiscounts(invoice: { id: string; discount?: unknown; discounts?: unknown }): {
  coupons: string[];
  missing?: MissingIds;
} {
  const used = [...listDiscounts([invoice.discount]), ...listDiscounts(invoice.discounts)];
  const { coupon, coupons } = readCoupons(codesOf(used));
  const codes = [...(coupons ?? (coupon === null ? [] : [coupon]))];
  const isNamedOnly = used.length === 0 && Array.isArray(invoice.discounts) && invoice.discounts.length > 0;
  return { coupons: codes, ...(isNamedOnly ? { missing: { invoice: invoice.id } } : lookUpFirst(used)) };
}

/**
 * `customer.discount.created` and `.updated`: the coupon of a customer whose checkout the merchant built with Elements, where no
 * other event names it.
 */
export function readDiscount(json: unknown): ParsedEvents {
  const event = parseFields(discounted, json);
  const { customer, subscription, start } = event.data.object;
  const used = [event.data.object];
  const codes = readCoupons(codesOf(used));
  if (codes.coupon === null) return "The discount has neither a promotion code nor a coupon.";
  return [
    providerEvent({
      ...eventInfoOf(event),
      type: "touch",
      occurred_at: start ?? event.created,
      customer: { id: customer ?? null, email: null },
      subscription: subscription ? { id: subscription, interval: null } : null,
      ...codes,
      ...lookUpFirst(used),
    }),
  ];
}

function listDiscounts(applied: unknown): Discount[] {
  if (!Array.isArray(applied)) return [];
  return applied.flatMap((each: unknown) => {
    const read = v.safeParse(discount, each);
    return read.success ? [read.output] : [];
  });
}

/** The promotion codes before the coupons, since affiliates may have different codes of one coupon. */
function codesOf(used: readonly Discount[]): unknown[] {
  return [
    ...used.map(({ promotion_code }) => promotion_code),
    ...used.map(({ coupon, source }) => coupon ?? source?.coupon),
  ];
}

function lookUpFirst(used: readonly Discount[]): { missing?: MissingIds } {
  const id = used.find(({ promotion_code }) => promotion_code)?.promotion_code;
  return id ? { missing: { promotion_code: id } } : {};
}
