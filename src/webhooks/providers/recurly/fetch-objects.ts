/** Fetches the invoice or subscription that a webhook of Recurly names, with an API key of the site. */
import * as v from "valibot";
import { Problem } from "../../../lib/problem.ts";
import { parseFields } from "../../../lib/validation.ts";
import { type LookupTools, LookupUnavailable } from "../../provider.ts";
import { lenient } from "../../reading/provider-fields.ts";
import { readJsonBody } from "../../reading/read-fields.ts";

const VERSION = "application/vnd.recurly.v2021-02-25";
/** The prefix that the merchant writes before the API key of a site in the EU data center. */
const EU = "eu:";

/** An id, which becomes part of a URL. */
const objectId = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,50}$/, "is not an id"));

/** A webhook in JSON. */
export const hook = v.object({
  id: objectId,
  object_type: v.string(),
  event_type: v.string(),
  event_time: v.nullish(v.unknown()),
});

const invoiceIds = v.object({
  previous_invoice_id: lenient(objectId),
  subscription_ids: lenient(v.array(objectId)),
});
const list = v.object({ data: v.array(v.object({ id: objectId, type: lenient(v.string()) })) });

/** Throws a 422 for text that isn't a private API key, alone or after `eu:`. */
export function checkKey(text: string): void {
  if (/^(eu:)?[A-Za-z0-9]{20,100}$/.test(text)) return;
  const words = "api_key: must be a private API key of Recurly, with eu: before it for a site in the EU.";
  throw new Problem(422, "invalid_api_key", words, "api_key");
}

/**
 * The webhook with its `invoice` and that invoice's first `subscription`, or its `subscription`. A refund's invoice without the
 * id of the purchase's gets it. Webhooks that need nothing stay as they are.
 */
export async function completeHook(body: string, tools: LookupTools): Promise<string> {
  const json = parseFields(hook, readJsonBody(body));
  const { id, object_type, event_type } = json;
  switch (`${object_type}.${event_type}`) {
    case "charge_invoice.paid": {
      const invoice = await get(`invoices/${id}`, tools);
      const [first] = parseFields(invoiceIds, invoice).subscription_ids ?? [];
      const subscription = first === undefined ? null : await get(`subscriptions/${first}`, tools);
      return JSON.stringify({ ...json, invoice, subscription });
    }
    case "credit_invoice.created":
    case "credit_invoice.voided": {
      const invoice = await get(`invoices/${id}`, tools);
      const { previous_invoice_id } = parseFields(invoiceIds, invoice);
      const purchase = previous_invoice_id ?? (await findPurchase(id, tools));
      return JSON.stringify({ ...json, invoice: { ...Object(invoice), previous_invoice_id: purchase } });
    }
    case "subscription.created":
      return JSON.stringify({ ...json, subscription: await get(`subscriptions/${id}`, tools) });
    default:
      return body;
  }
}

/** Sites with "Only Bill What Changed" name the purchase only among the related invoices. */
async function findPurchase(id: string, tools: LookupTools): Promise<string | null> {
  const { data } = parseFields(list, await get(`invoices/${id}/related_invoices`, tools));
  return data.find(({ type }) => type === "charge")?.id ?? null;
}

async function get(path: string, { api_key, request }: LookupTools): Promise<unknown> {
  const isEu = api_key.startsWith(EU);
  const key = isEu ? api_key.slice(EU.length) : api_key;
  const headers = { authorization: `Basic ${btoa(`${key}:`)}`, accept: VERSION };
  const response = await request(`https://v3.${isEu ? "eu." : ""}recurly.com/${path}`, { headers });
  const { status } = response;
  if (status === 429 || status >= 500) throw new LookupUnavailable(`Recurly answered ${status}`);
  if (status !== 200) throw new Error(`Recurly answered ${status}`);
  return readJsonBody(await response.text());
}
