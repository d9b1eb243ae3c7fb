/**
 * Looks up at Stripe's API what its webhooks name by id only: the text of a promotion code, the discounts of an invoice since API
 * version 2025-03-31, and a price's interval. Sources: the Promotion Code, Invoice and Price objects of its API reference.
 */
import * as v from "valibot";
import { type LookedUp, type LookupTools, LookupUnavailable, type MissingIds } from "../../provider.ts";
import { planEvery } from "../../reading/billing-plan.ts";
import { invalidField } from "../../reading/read-fields.ts";

const API = "https://api.stripe.com/v1";
/** The version whose fields are read here, whatever the account's default is. */
const VERSION = "2024-06-20";

const promotionCode = v.object({ code: v.string() });
const invoice = v.object({
  discounts: v.nullish(
    v.array(v.object({ promotion_code: v.nullish(promotionCode), coupon: v.nullish(v.object({ id: v.string() })) })),
  ),
});
const price = v.object({
  product: v.nullish(v.string()),
  recurring: v.nullish(v.object({ interval: v.string(), interval_count: v.nullish(v.number()) })),
});

/** Throws a 422 for anything but a restricted key: a secret key could move money. */
export function checkApiKey(text: string): void {
  if (/^rk_(?:live|test)_\S+$/.test(text)) return;
  throw invalidField("api_key", "must be a restricted key, rk_…");
}

/** See `Provider.look_up`: `promotion_code`, `invoice` and `price` are ids. */
export async function lookUpAtStripe(missing: MissingIds, tools: LookupTools): Promise<LookedUp> {
  const found: LookedUp = {};
  if (missing.promotion_code !== undefined) {
    const { code } = await get(promotionCode, `promotion_codes/${encodeURIComponent(missing.promotion_code)}`, tools);
    found.coupons = [code];
  }
  if (missing.invoice !== undefined) {
    const path = `invoices/${encodeURIComponent(missing.invoice)}?expand[]=discounts.promotion_code`;
    const { discounts } = await get(invoice, path, tools);
    const codes = (discounts ?? []).flatMap(({ promotion_code }) => promotion_code?.code ?? []);
    const coupons = (discounts ?? []).flatMap(({ coupon }) => coupon?.id ?? []);
    found.coupons = [...(found.coupons ?? []), ...codes, ...coupons];
  }
  if (missing.price !== undefined) {
    const { product, recurring } = await get(price, `prices/${encodeURIComponent(missing.price)}`, tools);
    const plan = planEvery(recurring?.interval, recurring?.interval_count ?? 1);
    if (product) found.product = product;
    if (plan !== null) found.plan = plan;
  }
  return found;
}

async function get<const Schema extends v.GenericSchema>(
  schema: Schema,
  path: string,
  { api_key, request }: LookupTools,
): Promise<v.InferOutput<Schema>> {
  const response = await request(`${API}/${path}`, {
    headers: { authorization: `Bearer ${api_key}`, "stripe-version": VERSION },
  });
  if (response.status === 429 || response.status >= 500)
    throw new LookupUnavailable(`Stripe answered ${response.status}`);
  if (response.status !== 200) throw new Error(`Stripe answered ${response.status}`);
  return v.parse(schema, await response.json());
}
