/** What to enter at each checkout, in short: the checkouts' pages of the documentation say it at length. */

/** What connects a checkout. */
export interface CheckoutGuide {
  /** Where the URL is entered. */
  url: string;
  /** The event types to select, as the checkout names them. Empty where it sends every event. */
  events: readonly string[];
  /** What to know about the events. */
  events_note?: string;
  /** Where the secret comes from, or is entered. */
  secret: string;
  /** How the click gets into the checkout. */
  click: string;
  /** What to copy for that, where it is code. */
  code?: string;
}

const IN_URL = "It is part of the URL, so keep the URL to yourself.";

const GUIDES: Readonly<Record<string, CheckoutGuide>> = {
  bigcommerce: {
    url: "Create one webhook for each event with BigCommerce’s API, with this URL as its destination.",
    events: ["store/order/created", "store/order/updated", "store/order/refund/created"],
    secret: `${IN_URL} Add the access token of a store-level API account with the scopes Orders: read-only and Order transactions: read-only as the API key.`,
    click: "Write it into the order’s comment with a script for all pages (Storefront → Script Manager).",
    code: 'customerMessage: "lc_click=" + click',
  },
  braintree: {
    url: "API → Webhooks → New. Braintree checks the URL when you add it, so add the keys here first.",
    events: [
      ...["subscription_charged_successfully", "subscription_canceled", "subscription_expired"],
      ...["dispute_opened", "dispute_accepted", "dispute_auto_accepted", "dispute_expired", "dispute_lost"],
      ...["dispute_won", "transaction_settled", "transaction_settlement_declined", "transaction_disbursed"],
      "refund_failed",
    ],
    secret: "Copy PUBLIC_KEY:PRIVATE_KEY from API → Keys and add it here.",
    click: "Set the customer’s website before subscription.create, or customFields.lc_click for a single payment.",
    code: 'customer.update(id, { website: "https://shop.example/?lc_click=" + click })',
  },
  chargebee: {
    url: "Settings → Configure Chargebee → API Keys and Webhooks → Webhooks, with API version 2.",
    events: [
      ...["payment_succeeded", "payment_refunded", "payment_failed", "transaction_updated", "transaction_deleted"],
      ...["subscription_created", "subscription_started", "subscription_cancelled"],
    ],
    secret: "Turn on basic authentication with the secret: it is user:password.",
    click: "Set the custom field cf_lc_click (multi-line text) of the subscription or customer, or its metadata.",
    code: 'meta_data: { "lc_click": click }',
  },
  clickfunnels: {
    url: "Workspace Settings → Webhooks: add a webhook endpoint, version 2.",
    events: [
      ...["orders/invoice.paid", "orders/invoice.updated", "orders/invoice.refunded", "orders/invoice.voided"],
      ...["subscription.trial_started", "subscription.canceled", "subscription.churned", "subscription.completed"],
      "contact.identified",
    ],
    secret: "Copy the webhook endpoint’s secret and add it here.",
    click:
      "Nothing to do if the link leads to one of your funnels. Otherwise set the contact’s custom attribute lc_click.",
  },
  creem: {
    url: "Developers → Webhooks: add a webhook. Live and test mode have separate webhooks.",
    events: [
      ...["checkout.completed", "subscription.paid", "subscription.trialing", "subscription.canceled"],
      ...["refund.created", "dispute.created"],
    ],
    secret: "Copy the webhook’s secret and add it here.",
    click: "Pass it in the checkout’s metadata.",
    code: "creem.checkouts.create({ productId, metadata: { lc_click: click } })",
  },
  dodopayments: {
    url: "Developer → Webhooks: add an endpoint.",
    events: [
      ...["payment.succeeded", "subscription.active", "subscription.renewed", "subscription.plan_changed"],
      ...["subscription.cancelled", "subscription.expired", "refund.succeeded", "refund.failed"],
      ...["dispute.opened", "dispute.challenged", "dispute.accepted", "dispute.expired", "dispute.lost"],
      ...["dispute.won", "dispute.cancelled"],
    ],
    secret: "Copy the endpoint’s signing secret and add it here.",
    click: "Pass it in the checkout session’s metadata, or in a payment link as ?metadata_lc_click=<click>.",
    code: "client.checkoutSessions.create({ product_cart, metadata: { lc_click: click } })",
  },
  fastspring: {
    url: "Developer Tools → Webhooks → Configuration: add a webhook and turn on Enable webhook expansion.",
    events: [
      ...["order.completed", "subscription.activated", "subscription.charge.completed"],
      ...["subscription.deactivated", "return.created"],
    ],
    secret: "Enter it as the webhook’s HMAC SHA256 secret.",
    click: "Pass it as an order tag.",
    code: "fastspring.builder.push({ tags: { lc_click: click } })",
  },
  firstpromoter: {
    url: "Replace api.firstpromoter.com with your Lastclick host in your backend’s tracking calls.",
    events: ["signup", "sale", "refund", "cancellation"],
    events_note: "Your backend calls each of them.",
    secret: "Send it as Authorization: Bearer <key> or, in v1, as x-api-key.",
    click: "Send it as tid with the signup.",
  },
  gumroad: {
    url: "Settings → Advanced → Ping. Add ?trial=<permalink> for each membership that begins with a free trial.",
    events: ["sale", "refund", "dispute", "dispute_won", "subscription_ended"],
    events_note:
      "Ping reports sales only: subscribe to the others with PUT https://api.gumroad.com/v2/resource_subscriptions.",
    secret: IN_URL,
    click: "Add it to the product’s address.",
    code: "https://you.gumroad.com/l/product?lc_click=<click>",
  },
  kajabi: {
    url: "Create one hook for each event with Kajabi’s API, with this URL as its target_url. The webhooks of Kajabi’s settings are ignored.",
    events: ["payment_succeeded", "purchase", "form_submission"],
    secret: IN_URL,
    click: "Fill a hidden custom field of the offer’s checkout, or of a form, with it.",
  },
  kartra: {
    url: "Enter it as the product’s IPN URL, and at Integrations → My API → Outbound API. Change ?currency=USD if you sell in another currency.",
    events: [],
    events_note: "The IPN reports all payments. Select “buys a product” and “fills in a form” at the Outbound API.",
    secret: IN_URL,
    click: "Add a hidden custom field lc_click to your form and fill it.",
    code: 'form.lc_click.value = new URLSearchParams(location.search).get("lc_click")',
  },
  lemonsqueezy: {
    url: "Settings → Webhooks → +. Live and test mode have separate webhooks.",
    events: [
      ...["order_created", "order_refunded", "subscription_created", "subscription_updated"],
      ...["subscription_payment_success", "subscription_payment_refunded", "subscription_expired"],
    ],
    secret: "Enter it as the webhook’s signing secret.",
    click: "Add it to the checkout link, or to checkout_data.custom.lc_click with the API.",
    code: "https://STORE.lemonsqueezy.com/buy/VARIANT?checkout[custom][lc_click]=<click>",
  },
  paddle: {
    url: "Developer tools → Notifications → New destination.",
    events: [
      ...["transaction.completed", "subscription.created", "subscription.trialing", "subscription.canceled"],
      ...["adjustment.created", "adjustment.updated"],
    ],
    secret: "Copy the destination’s secret key and add it here.",
    click: "Pass it as custom data. In a transaction that your server creates, it is custom_data.",
    code: "Paddle.Checkout.open({ items, customData: { lc_click: click } })",
  },
  paddle_classic: {
    url: "Developer Tools → Alerts / Webhooks: enter it for receiving alerts.",
    events: [
      ...["payment_succeeded", "payment_refunded", "payment_dispute_created", "payment_dispute_closed"],
      ...["subscription_created", "subscription_cancelled", "subscription_payment_succeeded"],
      "subscription_payment_refunded",
    ],
    events_note: "Paddle lists them in words, such as Payment Succeeded.",
    secret: "Copy the public key from Developer Tools → Public Key, with its first and last line, and add it here.",
    click: "Pass it in passthrough, which must be JSON text.",
    code: "Paddle.Checkout.open({ product, passthrough: JSON.stringify({ lc_click: click }) })",
  },
  paypal: {
    url: "Developer Dashboard → your app → Webhooks → Add webhook.",
    events: [
      ...["CHECKOUT.ORDER.APPROVED", "CHECKOUT.ORDER.COMPLETED", "PAYMENT.CAPTURE.COMPLETED"],
      ...["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.REFUND.FAILED"],
      ...["PAYMENT.SALE.COMPLETED", "PAYMENT.SALE.REFUNDED", "PAYMENT.SALE.REVERSED"],
      ...["BILLING.SUBSCRIPTION.ACTIVATED", "BILLING.SUBSCRIPTION.UPDATED", "BILLING.SUBSCRIPTION.CANCELLED"],
      ...["BILLING.SUBSCRIPTION.EXPIRED", "CUSTOMER.DISPUTE.CREATED", "CUSTOMER.DISPUTE.RESOLVED"],
    ],
    secret: "Copy the Webhook ID that is shown next to the URL (not an event’s id) and add it here.",
    click: "Pass it as custom_id: of an order’s purchase unit, or of the subscription.",
    code: 'custom_id: "lc_click=<click>&lc_amount=49.58"',
  },
  polar: {
    url: "Settings → Webhooks → Add Endpoint, in the format Raw.",
    events: ["order.paid", "subscription.created", "subscription.revoked", "refund.created", "refund.updated"],
    secret: "Copy the endpoint’s secret and add it here.",
    click: "Pass it in the checkout’s metadata, or in a Checkout Link as ?reference_id=<click>.",
    code: "polar.checkouts.create({ products, metadata: { lc_click: click } })",
  },
  postback: {
    url: "Send one GET or POST to it for each conversion, with your parameters added.",
    events: ["lead", "trial", "sale", "refund", "chargeback", "chargeback_won", "cancellation"],
    events_note: "Name it with the parameter event.",
    secret: "It is the parameter key in the URL, or Authorization: Bearer <key>.",
    click: "Send it as the parameter click_id.",
    code: "&click_id=<click>&event=sale&txid=pay_77&amount=19.99&currency=USD&customer_id=u_1",
  },
  recurly: {
    url: "Integrations → Webhooks: create an endpoint in the format JSON.",
    events: [
      ...["charge_invoice.paid", "credit_invoice.created", "credit_invoice.voided"],
      ...["subscription.created", "subscription.expired"],
    ],
    secret:
      "Copy the endpoint’s secret key and add it here. Add a private API key that can only read (Integrations → API Credentials) as the API key.",
    click: "Create a custom field lc_click for accounts or subscriptions, and set it with the purchase.",
    code: 'customFields: [{ name: "lc_click", value: click }]',
  },
  revenuecat: {
    url: "Integrations → Webhooks: add a configuration. Webhooks need RevenueCat’s Pro plan.",
    events: [],
    events_note: "Select all events.",
    secret: "Enter it as the configuration’s authorization header.",
    click: "Set it as an attribute of the customer before the purchase.",
    code: "Purchases.setAttributes({ lc_click: click })",
  },
  shopify: {
    url: "Settings → Notifications → Webhooks: create one webhook (format JSON) for each event.",
    events: [
      "orders/paid",
      "refunds/create",
      "orders/cancelled",
      "orders/delete",
      "disputes/create",
      "disputes/update",
    ],
    events_note: "Shopify lists orders/paid as Order payment.",
    secret: "Copy the secret shown below the list of webhooks, or the app’s client secret (shpss_…), and add it here.",
    click: "Put it into the cart’s attributes. Without it, the lc_click of the buyer’s landing page is used.",
    code: 'POST /cart/update.js { "attributes": { "lc_click": click } }',
  },
  standard: {
    url: "Post each event to it, signed as Standard Webhooks specifies. With Svix, add it as an endpoint.",
    events: [...["lead", "trial", "sale", "refund", "refund_failed", "chargeback", "chargeback_won", "cancellation"]],
    events_note: "Send those that happen in your business.",
    secret: "Sign with it. With Svix, add Svix’s secret here instead.",
    click: "Send it as the event’s click.",
    code: '{ "type": "sale", "click": "<click>", … }',
  },
  stripe: {
    url: "Workbench → Webhooks → Add destination, with the payload style Snapshot.",
    events: [
      ...["checkout.session.completed", "checkout.session.async_payment_succeeded", "invoice.paid"],
      ...["invoice_payment.paid", "customer.discount.created", "customer.discount.updated"],
      ...["customer.subscription.created", "customer.subscription.updated", "customer.subscription.deleted"],
      ...["refund.created", "refund.updated", "refund.failed", "charge.dispute.created"],
      ...["charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "charge.dispute.closed"],
      "payment_intent.succeeded",
    ],
    events_note: "payment_intent.succeeded only if you create payment intents yourself.",
    secret: "Copy the destination’s signing secret (whsec_…) and add it here.",
    click:
      "Pass it as client_reference_id and, for subscriptions, in the metadata. In a payment link: ?client_reference_id=<click>.",
    code: "stripe.checkout.sessions.create({ client_reference_id: click, subscription_data: { metadata: { lc_click: click } } })",
  },
  thrivecart: {
    url: "Settings → API & Webhooks → Webhooks & notifications.",
    events: [],
    events_note: "ThriveCart sends every event.",
    secret: "Copy the secret word from Settings → API & Webhooks → ThriveCart order validation and add it here.",
    click: "Add it to the product’s address.",
    code: "https://you.thrivecart.com/product/?passthrough[lc_click]=<click>",
  },
  woocommerce: {
    url: "WooCommerce → Settings → Advanced → Webhooks: add one webhook for each event as its delivery URL, with status Active and API version 3.",
    events: ["Order created", "Order updated", "Order deleted", "Order restored"],
    events_note: "With the Subscriptions plugin also Subscription created and Subscription updated.",
    secret: "Enter it as the secret of each webhook.",
    click: "Save it in the order’s metadata when the checkout creates the order.",
    code: "$order->update_meta_data('lc_click', $click);",
  },
};

/** What to enter at a checkout by its `source`; null for an unknown one. */
export function guideCheckout(source: string): CheckoutGuide | null {
  return GUIDES[source] ?? null;
}
