/** The fields that WooCommerce's orders and subscriptions share. */
import * as v from "valibot";
import { instant } from "../../../lib/validation.ts";
import type { ProviderEvent } from "../../provider.ts";
import { readCustomer, readId } from "../../reading/read-fields.ts";

/** The statuses of an order that is not known to be paid. Plugins add statuses for the time after the payment. */
export const UNPAID: ReadonlySet<string> = new Set([
  "pending",
  "on-hold",
  "failed",
  "cancelled",
  "checkout-draft",
  "auto-draft",
  "draft",
  "trash",
]);

/** A time such as `2026-01-03T10:00:00`, in UTC as its field's name says. */
export const utc = v.pipe(
  v.string(),
  v.transform((text) => `${text}Z`),
  instant,
);

/** {@link utc}; a time in the future is null in orders and empty in subscriptions. */
export const utcOrNone = v.nullish(
  v.union([
    v.pipe(
      v.literal(""),
      v.transform(() => null),
    ),
    utc,
  ]),
);

/** The buyer and the first item. */
export const buyer = {
  customer_id: v.nullish(v.unknown()),
  billing: v.nullish(v.object({ email: v.nullish(v.unknown()) })),
  meta_data: v.nullish(v.unknown()),
  line_items: v.nullish(v.array(v.object({ product_id: v.nullish(v.unknown()) }))),
};

type Buyer = v.InferOutput<v.ObjectSchema<typeof buyer, undefined>>;

/** The customer. The id of a guest is 0. */
export function customerOf({ customer_id, billing }: Buyer): ProviderEvent["customer"] {
  const id = readId(customer_id);
  return readCustomer(id === "0" ? null : id, billing?.email);
}

/** A value of the metadata, null where there is none. */
export function metaOf(meta: unknown, key: string): unknown {
  if (!Array.isArray(meta)) return null;
  return meta.find((entry: unknown) => Object(entry).key === key)?.value ?? null;
}
