/** The fields that PayPal's events share. */
import * as v from "valibot";
import { instant } from "../../../lib/validation.ts";
import { parseWellFormedJson } from "../../../lib/well-formed.ts";
import type { ProviderEvent } from "../../provider.ts";
import { CLICK_FIELD, readCustomer, readId, readPayer } from "../../reading/read-fields.ts";

/** A required id. */
export const id = v.pipe(v.string(), v.minLength(1, "is empty"));

/** The links to an object and its relatives. */
export const links = v.nullish(v.array(v.object({ rel: v.string(), href: v.string() })));

/** The account that pays. */
export const payer = v.nullish(v.object({ payer_id: v.nullish(v.unknown()), email_address: v.nullish(v.unknown()) }));

/** The fields of every event. */
export const envelope = v.object({ id, event_type: v.string(), create_time: v.nullish(v.string()), links });

/** See {@link envelope}. */
export type Envelope = v.InferOutput<typeof envelope>;

/** Far longer than the order numbers that merchants put there. */
const BARE_TOKEN = /^[A-Za-z0-9_-]{60,200}$/;

/** The customer and the PayPal account that pays. */
export function buyerOf(account: v.InferOutput<typeof payer>): Pick<ProviderEvent, "customer" | "payer"> {
  const customer = readCustomer(readId(account?.payer_id), account?.email_address);
  return { customer, ...readPayer(customer.id, customer.email) };
}

/**
 * The fields in `custom_id`, the only text that a merchant can add to a payment: the click token alone, JSON, or a query string
 * (`order=7&lc_click=…`).
 */
export function readCustom(text: string | null | undefined): Record<string, unknown> {
  if (!text) return {};
  if (BARE_TOKEN.test(text)) return { [CLICK_FIELD]: text };
  try {
    return Object(parseWellFormedJson(text));
  } catch {
    return Object.fromEntries(new URLSearchParams(text));
  }
}

/** A time, or null if it is invalid: PayPal's own samples contain months above 12. */
export function readTime(text: unknown): number | null {
  const time = v.safeParse(instant, text);
  return time.success ? time.output : null;
}
