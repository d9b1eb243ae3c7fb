/** Fetches the order that a webhook of BigCommerce names, with the store's API token. */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { parseFields } from "../../../lib/validation.ts";
import { type LookupTools, LookupUnavailable } from "../../provider.ts";
import { providerId } from "../../reading/provider-fields.ts";
import { readJsonBody } from "../../reading/read-fields.ts";

const API = "https://api.bigcommerce.com/stores";

/** The webhooks of orders that change what is recorded. */
export const ORDER_SCOPES: ReadonlySet<string> = new Set([
  "store/order/created",
  "store/order/updated",
  "store/order/statusUpdated",
  "store/order/refund/created",
]);

export const hook = v.object({ scope: v.pipe(v.string(), v.maxLength(100)), hash: v.nullish(v.unknown()) });

const orderHook = v.object({
  producer: v.pipe(v.string(), v.regex(/^stores\/[A-Za-z0-9]{1,50}$/, "is not a store")),
  data: v.object({ id: v.pipe(providerId, v.regex(/^[0-9]{1,20}$/, "is not an order's id")) }),
});

/** Throws a 422 for text that isn't an access token. */
export function checkToken(text: string): void {
  if (/^[A-Za-z0-9]{20,100}$/.test(text)) return;
  throw new Problem(
    422,
    "invalid_api_key",
    "api_key: must be the access token of a BigCommerce API account.",
    "api_key",
  );
}

/** The webhook with its `order`, and the order's `coupons`, `products` and `refunds`. Other webhooks stay as they are. */
export async function completeHook(body: string, tools: LookupTools): Promise<string> {
  const json = readJsonBody(body);
  const { scope, hash } = parseFields(hook, json);
  if (!ORDER_SCOPES.has(scope)) return body;
  const { producer, data } = parseFields(orderHook, json);
  const at = (path: string) => get(`${API}/${producer.replace("stores/", "")}/${path}`, tools);
  const [order, coupons, products, refunds] = await Promise.all([
    at(`v2/orders/${data.id}`),
    at(`v2/orders/${data.id}/coupons`),
    at(`v2/orders/${data.id}/products?limit=1`),
    at(`v3/orders/${data.id}/payment_actions/refunds`),
  ]);
  return JSON.stringify({ scope, hash, order, coupons, products, refunds: Object(refunds).data });
}

/** Null for an empty list, which is answered with 204. */
async function get(url: string, { api_key, request }: LookupTools): Promise<unknown> {
  const response = await request(url, { headers: { "x-auth-token": api_key, accept: "application/json" } });
  const { status } = response;
  if (status === 429 || status >= 500) throw new LookupUnavailable(`BigCommerce answered ${status}`);
  if (status === 204) return null;
  if (status !== 200) throw new Error(`BigCommerce answered ${status}`);
  return readJsonBody(await response.text());
}
