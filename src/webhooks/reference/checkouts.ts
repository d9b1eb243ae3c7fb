/** The calls that checkouts make, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { named, oneOf, orNull, text } from "../../api/layout/reference/fields.ts";

const received = named("Received", {
  status: oneOf(["recorded", "duplicate", "ignored", "waiting", "spooled"], "What became of the event."),
  conversion: orNull(text("The conversion that it is about.", "cv_0b7f3a52c19e4d868f3d5a1c9be27d40")),
  attributed_to: orNull(text("The credited affiliate's username.", "maya")),
  reason: text("Why, as a stable code.", "last_click"),
  delivery: text("The delivery's id.", "dl_0mhk3v9c2aB3dE5fG7hJ9"),
});

/** The statuses of refusals. Their codes are those of each checkout. */
const REFUSALS = [401, 403, 404, 405, 409, 413, 422, 429, 503];

const SALE = {
  type: "sale",
  occurred_at: "2026-03-02T09:30:00Z",
  customer: { id: "cus_1", email: "eve@example.com" },
  click: "<the click token from the landing URL>",
  payment: "pay_1",
  amount: 9_900,
  currency: "USD",
  product: "starter",
  subscription: { id: "sub_1", interval: "month" },
};

const ENDPOINT = { text: "The endpoint's id.", example: "ep_V1StGXR8Z5jdHi6BmyT7a" };

/** The lines that click Ada's link and sign a sale as Standard Webhooks specifies. */
const SIGNED_SALE = [
  `ENDPOINT=$(api "$ORIGIN/v1/programs/acme/endpoints" -d '{"source": "standard"}')`,
  `CLICK=$(curl -sS -o /dev/null -w '%{redirect_url}' -A "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36" "$ORIGIN/ada-news" | sed 's/.*lc_click=//; s/&.*//')`,
  `SALE='{"type": "sale", "occurred_at": "'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'", "click": "'"$CLICK"'", "customer": {"id": "cus_1"}, "payment": "pay_1", "amount": 9900, "currency": "USD"}'`,
  `ID="evt_$(openssl rand -hex 8)" TIME=$(date +%s)`,
  `HEX=$(jq -r .secret <<<"$ENDPOINT" | sed 's/^whsec_//' | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')`,
  `SIGNATURE=$(printf %s "$ID.$TIME.$SALE" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$HEX" -binary | openssl base64 -A)`,
];

/** The calls of `receive/routes.ts`. */
export const checkoutCalls: readonly Call[] = [
  {
    route: "POST //v1/webhooks/:endpoint/:path?",
    documented_path: "//v1/webhooks/{endpoint}",
    id: "receiveWebhook",
    tag: "Checkouts",
    summary: "Receive a checkout's webhook",
    text: "Each checkout has its own events, signature and answers: see [Checkouts](/docs/checkouts). This is the event of `standard`, signed as [Standard Webhooks](https://www.standardwebhooks.com) specifies: HMAC-SHA-256 of `webhook-id`, `webhook-timestamp` and the body, with a full stop between them, in `webhook-signature`. The answer comes once the event is durable. The same event again is a `duplicate`.",
    auth: "signature",
    path: { endpoint: ENDPOINT },
    body: {
      types: ["application/json"],
      text: "The event. `type` is `lead`, `trial`, `sale`, `refund`, `chargeback`, `chargeback_won`, `cancellation` or `referral`.",
      example: JSON.stringify(SALE),
    },
    answers: { 200: received, 202: received },
    refusals: REFUSALS,
    sample: {
      path: { endpoint: '$(jq -r .id <<<"$ENDPOINT")' },
      before: SIGNED_SALE,
      options: `-H "webhook-id: $ID" -H "webhook-timestamp: $TIME" -H "webhook-signature: v1,$SIGNATURE" -d "$SALE"`,
    },
  },
  {
    route: "GET //v1/postback",
    id: "receivePostback",
    tag: "Checkouts",
    summary: "Receive a postback",
    text: "The secret is part of the URL that creating the endpoint shows. Parameters can be sent as a form or JSON with POST, too. See [Postbacks](/docs/checkouts/postback).",
    auth: "signature",
    query: {
      endpoint: v.pipe(v.string(), v.description("The endpoint's id.")),
      secret: v.pipe(v.string(), v.description("The endpoint's secret.")),
      click_id: v.pipe(v.string(), v.description("The click token.")),
      txid: v.pipe(v.string(), v.description("The id of the payment.")),
      amount: v.pipe(v.string(), v.description("The amount in units of the currency: `19.99`.")),
      currency: v.pipe(v.string(), v.description("ISO 4217 currency code.")),
    },
    required_query: ["endpoint"],
    answers: { 200: received, 202: received },
    refusals: REFUSALS,
    sample: {
      before: [`URL=$(api "$ORIGIN/v1/programs/acme/endpoints" -d '{"source": "postback"}' | jq -r .url)`],
      url: '"$URL&txid=pay_77&amount=19.99&currency=USD&customer_id=u_1"',
    },
  },
  {
    route: "POST //api/:version{v1|v2}/track/:call{signup|sale|refund|cancellation}",
    id: "trackAsFirstPromoter",
    tag: "Checkouts",
    summary: "Receive a call made for FirstPromoter",
    text: "The parameters and answers of FirstPromoter's tracking API. `Authorization: Bearer` has the endpoint's key. See [FirstPromoter](/docs/checkouts/firstpromoter).",
    auth: "signature",
    path: {
      version: { text: "`v1` or `v2`.", example: "v2" },
      call: { text: "`signup`, `sale`, `refund` or `cancellation`.", example: "sale" },
    },
    body: {
      types: ["application/json", "application/x-www-form-urlencoded"],
      text: "FirstPromoter's parameters.",
      example: '{"event_id": "pay_78", "uid": "cus_2", "amount": 9900}',
    },
    answers: { 200: { type: "application/json", text: "FirstPromoter's answer." } },
    refusals: REFUSALS,
    sample: {
      before: [`HOOK=$(api "$ORIGIN/v1/programs/acme/endpoints" -d '{"source": "firstpromoter"}')`],
      options: `-H "Authorization: Bearer $(jq -r .secret <<<"$HOOK")" -H "Content-Type: application/json" -d '{"event_id": "pay_78", "uid": "cus_2", "amount": 9900}'`,
    },
  },
];
