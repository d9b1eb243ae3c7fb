/**
 * WooCommerce. Sources: the pages "Webhooks" and "Orders" of its REST API, its class WC_Webhook, and the REST API of the
 * Subscriptions plugin, whose renewals are ordinary orders.
 */
import { Problem } from "../../../lib/problem.ts";
import type { Provider, SignedRequest } from "../../provider.ts";
import { acknowledgeConflict } from "../../provider-answers.ts";
import { type ParsedEvents, toReading } from "../../reading/parsed-events.ts";
import { readHeader } from "../../reading/provider-fields.ts";
import { readJsonBody } from "../../reading/read-fields.ts";
import { verifyBodySignature } from "../../signatures/body-signature.ts";
import { fromBase64 } from "../../signatures/signature.ts";
import { readDeletedOrder, readOrder, readRestoredOrder } from "./order.ts";
import { readSubscription } from "./subscription.ts";

/** The shop's URL. */
const SOURCE = "X-WC-Webhook-Source";

/** Sent unsigned when the webhook is enabled; the shop shows an error unless it gets a 200. */
const PING = /^webhook_id=\d{1,20}$/;

export const woocommerce: Provider = {
  source: "woocommerce",

  ids: "provider",

  // The shop decodes HTML entities in the secret; base64url contains none.
  secret: { made_by: "us", make: (random) => random.toBase64({ alphabet: "base64url", omitPadding: true }) },

  headers: ["x-wc-webhook-topic", "x-wc-webhook-source"],

  verify: (request, secrets) =>
    verifyBodySignature(request, secrets, { header: "X-WC-Webhook-Signature", decode: fromBase64 }),

  parse(request) {
    const topic = readHeader(request, "X-WC-Webhook-Topic");
    // X-WC-Webhook-Delivery-ID is different each time.
    return toReading({ type: topic, event_id: null }, () =>
      inShop(READERS.get(topic)?.(readJsonBody(request.body)), request),
    );
  },

  // The unsigned request that the shop sends when the webhook is enabled.
  probe: (request) => (isPing(request) ? { status: 200 } : null),

  // A refused webhook is never sent again, and the shop disables its webhook.
  disables_after: 5,

  answer: acknowledgeConflict,
};

/** The events of a body, still without their shop. */
const READERS: ReadonlyMap<string, (json: unknown) => ParsedEvents> = new Map([
  ["order.created", readOrder],
  ["order.updated", readOrder],
  ["order.deleted", readDeletedOrder],
  ["order.restored", readRestoredOrder],
  ["subscription.created", readSubscription],
  ["subscription.updated", readSubscription],
  ["subscription.switched", readSubscription],
]);

function isPing({ body, headers }: SignedRequest): boolean {
  return PING.test(body) && !headers.has("x-wc-webhook-signature");
}

function inShop(found: ParsedEvents, request: SignedRequest): ParsedEvents {
  if (!Array.isArray(found)) return found;
  // The header isn't signed, so it may set the account but must not be part of the event's id.
  const account = shopOf(readHeader(request, SOURCE));
  return found.map((event) => ({ ...event, account }));
}

/**
 * `https://www.Shop.example/de/` → `shop.example`, because a shop may change its protocol, and the path depends on the buyer's
 * language. Throws a 422 for an invalid URL.
 */
function shopOf(address: string): string {
  const url = URL.parse(/^https?:\/\//i.test(address) ? address : `https://${address}`);
  if (url === null) throw new Problem(422, "invalid_header", `${SOURCE} is not a URL.`, SOURCE);
  return url.host.replace(/^www\./, "");
}
