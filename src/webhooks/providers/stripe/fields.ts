/** The formats of ids, times and amounts in Stripe's objects. */
import * as v from "valibot";
import type { BillingPlan } from "../../conversion-event.ts";
import type { ProviderEvent } from "../../provider.ts";
import { planEvery } from "../../reading/billing-plan.ts";

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
