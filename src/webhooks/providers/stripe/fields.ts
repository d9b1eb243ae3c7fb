/** What Stripe's objects have in common: how they write ids, times and money. */
import * as v from "valibot";
import { rescale } from "../../../lib/currency.ts";
import { portionOf } from "../../../lib/money.ts";
import type { BillingPlan } from "../../conversion-event.ts";
import type { ProviderEvent } from "../../provider.ts";
import { planEvery } from "../../reading/billing-plan.ts";
import { invalidField } from "../../reading/read-fields.ts";

/** A reference to another object: its id, or the object itself where it was expanded, to its id. */
export const reference = v.union(
  [
    v.pipe(v.string(), v.minLength(1)),
    v.pipe(
      v.object({ id: v.string() }),
      v.transform(({ id }) => id),
    ),
  ],
  "is neither an id nor an object with one",
);

/** Seconds since the epoch, to milliseconds. */
export const seconds = v.pipe(
  v.number(),
  v.safeInteger("is not a time in seconds"),
  v.minValue(0, "must not be before 1970"),
  v.transform((number) => number * 1_000),
);

/** An integer of what Stripe takes for the currency's minor unit; negative in credits. */
export const units = v.pipe(v.number(), v.safeInteger("must be an integer of minor units"));

/** Metadata of any shape: only the click is looked for in it. */
export const metadata = v.nullish(v.unknown());

const price = v.object({
  product: v.nullish(reference),
  recurring: v.nullish(v.object({ interval: v.nullish(v.string()), interval_count: v.nullish(v.number()) })),
});

/** What an invoice's line or a subscription's item has of its price; `plan` is the older word for it. */
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

/** The product that is sold, null where it is not told. */
export function productOf(item: Priced | undefined): string | null {
  return item?.price?.product ?? item?.plan?.product ?? null;
}

/** How often it is paid for: `day`, `week`, `month` or `year`, null where it is not told. */
export function intervalOf(item: Priced | undefined): string | null {
  return item?.price?.recurring?.interval ?? item?.plan?.interval ?? null;
}

/** The same with its count; null where it is not told. */
export function planOf(item: Priced | undefined): BillingPlan | null {
  const { interval, interval_count } = item?.price?.recurring ?? item?.plan ?? {};
  return planEvery(interval, interval_count ?? 1);
}

/** An event with this object in it. */
export const eventWith = <const Schema extends v.GenericSchema>(object: Schema) =>
  v.object({
    id: v.pipe(v.string(), v.minLength(1)),
    created: seconds,
    livemode: v.boolean(),
    account: v.nullish(v.string()),
    data: v.object({ object }),
  });

/** What every event says of itself. `account` is there where a platform hears of its connected accounts (Connect). */
export function marksOf(event: {
  id: string;
  livemode: boolean;
  account?: string | null | undefined;
}): Pick<ProviderEvent, "id" | "test" | "account"> {
  return { id: event.id, test: !event.livemode, account: event.account ?? null };
}

/** "Zero-decimal currencies" of the page "Supported currencies", without UGX. */
const ZERO_DECIMAL: ReadonlySet<string> = new Set(
  "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF".split(" "),
);

/** "Three-decimal currencies" of the same page. */
const THREE_DECIMAL: ReadonlySet<string> = new Set("BHD JOD KWD OMR TND".split(" "));

/**
 * How many digits Stripe counts a currency with. By "Special cases" of the same page ISK and UGX have two, though they have
 * no smaller coin, and the ariary (MGA) has none, though ISO 4217 gives it two.
 */
function stripeDigitsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0;
  return THREE_DECIMAL.has(currency) ? 3 : 2;
}

/** ISO minor units of an amount that moved. Throws a 422 that names the field for a fraction of one. */
export function readUnits(integer: number, currency: string, field: string): number {
  const iso = rescale(integer, stripeDigitsOf(currency), currency);
  if (iso === null) throw invalidField(field, `is not an amount of ${currency}`);
  return iso;
}

/**
 * What a commission is based on, and all that was paid, in ISO minor units. `total` is what was to be paid, positive, and
 * `net` as much of it as is neither tax nor shipping; `paid` is less where a credit paid the rest, and more where a debt was
 * paid with it, which is no part of this sale. Throws a 422 that names the field of `paid`.
 */
export function readPaid(
  { net, total, paid }: { net: number; total: number; paid: number },
  currency: string,
  field: string,
): { amount: number; gross: number } {
  if (net < 0 || net > total) throw invalidField(field, "does not fit the tax and shipping in it");
  const gross = readUnits(paid, currency, field);
  return { amount: portionOf(net, paid > total ? readUnits(total, currency, field) : gross, total), gross };
}
