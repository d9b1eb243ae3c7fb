/** The formats of ids, times and amounts in Stripe's objects. */
import * as v from "valibot";
import { rescale } from "../../../lib/currency.ts";
import { portionOf } from "../../../lib/money.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import type { ProviderEvent } from "../../provider.ts";
import { planEvery } from "../../reading/billing-plan.ts";
import { invalidField } from "../../reading/read-fields.ts";

/** The id of another object, which is sent as the id or, if it was expanded, as the object. */
export const reference = v.union(
  [
    v.pipe(v.string(), v.minLength(1)),
    v.pipe(
      v.object({ id: v.string() }),
      v.transform(({ id }) => id),
    ),
  ],
  "must be an id or an object with an id",
);

/** Seconds since the epoch, to milliseconds. */
export const seconds = v.pipe(
  v.number(),
  v.safeInteger("is not a time in seconds"),
  v.minValue(0, "must not be before 1970"),
  v.transform((number) => number * 1_000),
);

/** An amount in Stripe's minor units of the currency; negative in credits. */
export const units = v.pipe(v.number(), v.safeInteger("must be an integer of minor units"));

/** Metadata in any format; only the click is read from it. */
export const metadata = v.nullish(v.unknown());

const price = v.object({
  product: v.nullish(reference),
  recurring: v.nullish(v.object({ interval: v.nullish(v.string()), interval_count: v.nullish(v.number()) })),
});

/** The price of an invoice's line or a subscription's item; `plan` is its older name. */
export const priced = {
  price: v.nullish(price),
  plan: v.nullish(
    v.object({
      product: v.nullish(reference),
      interval: v.nullish(v.string()),
      interval_count: v.nullish(v.number()),
    }),
  ),
};

interface Priced {
  price?: v.InferOutput<typeof price> | null | undefined;
  plan?:
    | {
        product?: string | null | undefined;
        interval?: string | null | undefined;
        interval_count?: number | null | undefined;
      }
    | null
    | undefined;
}

/** The product, or null if it is not sent. */
export function productOf(item: Priced | undefined): string | null {
  return item?.price?.product ?? item?.plan?.product ?? null;
}

/** The billing interval (`day`, `week`, `month` or `year`), or null if it is not sent. */
export function intervalOf(item: Priced | undefined): string | null {
  return item?.price?.recurring?.interval ?? item?.plan?.interval ?? null;
}

/** The interval with its count, or null if it is not sent. */
export function planOf(item: Priced | undefined): BillingPlan | null {
  const { interval, interval_count } = item?.price?.recurring ?? item?.plan ?? {};
  return planEvery(interval, interval_count ?? 1);
}

/** An event that contains this object. */
export const eventWith = <const Schema extends v.GenericSchema>(object: Schema) =>
  v.object({
    id: v.pipe(v.string(), v.minLength(1)),
    created: seconds,
    livemode: v.boolean(),
    account: v.nullish(v.string()),
    data: v.object({ object }),
  });

/** An event's id, mode and account. `account` is set in events of a platform's connected accounts (Stripe Connect). */
export function eventInfoOf(event: {
  id: string;
  livemode: boolean;
  account?: string | null | undefined;
}): Pick<ProviderEvent, "id" | "test" | "account"> {
  return { id: event.id, test: !event.livemode, account: event.account ?? null };
}

/** "Zero-decimal currencies" on the page "Supported currencies", without UGX. */
const ZERO_DECIMAL: ReadonlySet<string> = new Set(
  "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "),
);

/** "Three-decimal currencies" on the same page. */
const THREE_DECIMAL: ReadonlySet<string> = new Set("BHD JOD KWD OMR TND".split(" "));

/**
 * The number of decimals in Stripe's minor unit of a currency. According to "Special cases" on the same page, ISK and UGX have
 * two, although they have no smaller unit, and MGA has none, although ISO 4217 gives it two.
 */
function stripeDigitsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** An amount in minor units of ISO 4217. Throws a 422 that names the field for a fraction of a unit. */
export function readUnits(integer: number, currency: string, field: string): number {
  const iso = rescale(integer, stripeDigitsOf(currency), currency);
  if (iso === null) throw invalidField(field, `is not an amount of ${currency}`);
  return iso;
}

/**
 * The base of the commission and the gross payment, in minor units of ISO 4217. `total` is the amount due, above 0, and `net` its
 * part without tax and shipping. `paid` is less than `total` if a credit covered the rest, and more if it also paid an earlier
 * debt, which isn't part of this sale. Throws a 422 that names the field of `paid`.
 */
export function readPaid(
  { net, total, paid }: { net: number; total: number; paid: number },
  currency: string,
  field: string,
): { amount: number; gross: number } {
  if (net < 0 || net > total) throw invalidField(field, "is less than its tax and shipping");
  const gross = readUnits(paid, currency, field);
  return { amount: portionOf(net, paid > total ? readUnits(total, currency, field) : gross, total), gross };
}
