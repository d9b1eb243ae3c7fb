/** The calls of webhook endpoints and of the delivery log, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  count,
  created_at,
  flag,
  listOf,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  program,
  text,
  time,
  wholeListOf,
} from "../../api/layout/reference/fields.ts";
import { choiceParameter, paging, parameter } from "../../api/layout/reference/parameters.ts";
import { OUTCOMES, TYPES_SEARCHED } from "../deliveries/queries.ts";
import { endpointChange, newEndpoint, newSecret } from "../endpoint-api.ts";
import { PURPOSES } from "../expected-events.ts";
import { providers } from "../providers.ts";
import { testSale } from "../receive/test-sale-api.ts";

const ENDPOINT_ID = "ep_V1StGXR8Z5jdHi6BmyT7a";
const DELIVERY_ID = "dl_0mhk3v9c2aB3dE5fG7hJ9";

const ENDPOINT = { text: "The endpoint's id.", example: ENDPOINT_ID, error: "endpoint_not_found" };
const SECRET = { text: "The secret's id.", example: "sec_V1StGXR8Z5jd", error: "secret_not_found" };
const DELIVERY = { text: "The delivery's id.", example: DELIVERY_ID, error: "delivery_not_found" };

const shownSecret = orNull(
  text("The secret to enter at the checkout. It is shown only here. Null if the provider made it.", "whsec_…"),
);

const secret = {
  id: text("Its id.", "sec_V1StGXR8Z5jd"),
  created_at,
  expires_at: mostlyNull(time("When it stops being valid.")),
};

const entries = {
  id: text("Its id.", ENDPOINT_ID),
  program,
  source: oneOf([...providers.keys()], "The checkout that posts to it.", "standard"),
  url: orNull(text("The URL to enter at the checkout.", `http://localhost:8787/v1/webhooks/${ENDPOINT_ID}`)),
  test: flag("Whether everything it receives is in test mode.", false),
  disabled: flag("Whether it refuses everything.", false),
  has_api_key: flag("Whether it has the provider's API key.", false),
  secrets: listOf(named("EndpointSecret", secret), "The valid secrets. Each of them verifies deliveries."),
  warnings: listOf(
    object({
      code: oneOf(["refused_in_a_row", "incomplete_sales", "silent"], "A stable code."),
      detail: text("A sentence.", "The last 3 deliveries were refused."),
    }),
    "What to look at.",
    [],
  ),
  last_delivery_at: orNull(time("When something arrived last, even if it was refused.")),
  types: listOf(
    object({
      type: text("The provider's type of event.", "sale"),
      last_at: time("When it arrived last."),
      last_outcome: oneOf(OUTCOMES, "What became of it.", "recorded"),
    }),
    "The types of event among the last 50 deliveries, the latest first.",
    [],
  ),
  created_at,
};

/** A webhook endpoint. */
export const endpoint = named("Endpoint", entries);

/** An event type of an endpoint. */
export const eventType = named("EndpointEventType", {
  type: text("The provider's type of the event.", "sale"),
  purpose: orNull(oneOf(PURPOSES, "What it is needed for. Null if Lastclick doesn't depend on it.")),
  deliveries: count(`How many of the endpoint's latest ${TYPES_SEARCHED} deliveries have it.`, 1),
  last_received_at: orNull(time("When it last arrived. Null for never.")),
});

/** A new endpoint, with its secret. */
export const createdEndpoint = named("CreatedEndpoint", { ...entries, secret: shownSecret });

const deliveryEntries = {
  id: text("Its id.", DELIVERY_ID),
  received_at: time("When it arrived."),
  endpoint: text("The endpoint's id.", ENDPOINT_ID),
  provider: text("The checkout that sent it.", "standard"),
  test: flag("Whether it is in test mode.", false),
  event_id: orNull(text("The provider's id of the event. Null where the request wasn't read.", "msg_1")),
  type: orNull(text("The provider's type of the event.", "sale")),
  outcome: oneOf(OUTCOMES, "What became of it.", "recorded"),
  reason: orNull(text("Why, as a stable code.", "last_click")),
  detail: mostlyNull(text("A sentence, where the code needs one.", "The signature doesn't match.")),
  conversion: orNull(text("The conversion that it is about.", "cv_0b7f3a52c19e4d868f3d5a1c9be27d40")),
  attributed_to: orNull(text("The credited affiliate's username.", "maya")),
  attempts: count("How often it was handled.", 1),
  next_at: mostlyNull(time("When it is tried again.")),
};

/** A delivery. */
export const delivery = named("Delivery", deliveryEntries);

/** A delivery with its request. */
export const wholeDelivery = named("WholeDelivery", {
  ...deliveryEntries,
  request: orNull(
    object({
      method: text("The method.", "POST"),
      path: text("The part of the path after the endpoint.", ""),
      query: text("The query, with secrets replaced.", ""),
      headers: listOf(v.array(v.string()), "Names and values of the headers that are read.", [["webhook-id", "msg_1"]]),
      body: text("The body, with secrets replaced.", '{"type": "sale"}'),
    }),
  ),
});

/** What became of a delivery that was processed. */
export const deliveryOutcome = object({
  status: oneOf(["duplicate", "recorded", "ignored", "waiting", "spooled"], "The outcome."),
  conversion: deliveryEntries.conversion,
  attributed_to: deliveryEntries.attributed_to,
  reason: text("Why, as a stable code.", "last_click"),
});

const findEndpoint = `ENDPOINT=$(api "$ORIGIN/v1/programs/acme/endpoints" | jq -r '.data[0].id')`;
const findDelivery = `DELIVERY=$(api "$ORIGIN/v1/programs/orbit/deliveries?outcome=recorded&limit=1" | jq -r '.data[0].id')`;

const ofEndpoint = {
  path: { endpoint: ENDPOINT },
  sample: { path: { program: "acme", endpoint: "$ENDPOINT" }, before: [findEndpoint] },
};
const ofDelivery = {
  path: { delivery: DELIVERY },
  sample: { path: { delivery: "$DELIVERY" }, before: [findDelivery] },
};

/** The calls of `endpoint-api.ts` and `deliveries/api.ts`. */
export const webhookCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/endpoints",
    id: "listEndpoints",
    tag: "Checkouts",
    summary: "List webhook endpoints",
    text: "Oldest first.",
    query: paging,
    answers: { 200: pageOf(endpoint) },
    sample: {},
  },
  {
    route: "POST /programs/:program/endpoints",
    id: "createEndpoint",
    tag: "Checkouts",
    summary: "Create a webhook endpoint",
    text: "Enter its URL at the checkout. The secret is made here or by the provider, as its page says.",
    body: {
      schema: v.strictObject({
        ...newEndpoint.entries,
        source: v.pipe(newEndpoint.entries.source, v.metadata({ enum: [...providers.keys()] })),
      }),
      fields: {
        source: "The checkout that posts to it.",
        secret: "The provider's secret. Left out where it is made here, or added later.",
        api_key: "The provider's API key, where events must be looked up.",
        test: "Whether everything it receives is in test mode.",
      },
      example: { source: "standard" },
    },
    answers: { 201: createdEndpoint },
    sample: { path: { program: "acme" } },
  },
  {
    route: "GET /programs/:program/endpoints/:endpoint",
    id: "getEndpoint",
    tag: "Checkouts",
    summary: "Read a webhook endpoint",
    ...ofEndpoint,
    answers: { 200: endpoint },
  },
  {
    route: "GET /programs/:program/endpoints/:endpoint/event-types",
    id: "listEndpointEventTypes",
    tag: "Checkouts",
    summary: "List which event types have arrived",
    text: "First those that the checkout should send, by what they are needed for. Any type of a purpose serves it; if none arrived, select one at the checkout.",
    ...ofEndpoint,
    answers: { 200: wholeListOf(eventType) },
  },
  {
    route: "PATCH /programs/:program/endpoints/:endpoint",
    id: "updateEndpoint",
    tag: "Checkouts",
    summary: "Change a webhook endpoint",
    ...ofEndpoint,
    body: {
      schema: endpointChange,
      fields: {
        disabled: "Whether it refuses everything.",
        test: "Whether everything it receives is in test mode.",
        api_key: "The provider's API key. Null removes it.",
      },
      example: { disabled: false },
    },
    answers: { 200: endpoint },
  },
  {
    route: "POST /programs/:program/endpoints/:endpoint/secrets",
    id: "addEndpointSecret",
    tag: "Checkouts",
    summary: "Add a secret to an endpoint",
    text: "The others stay valid until they expire or are removed, so that nothing is lost while you change it at the checkout.",
    ...ofEndpoint,
    body: {
      schema: newSecret,
      fields: {
        secret: "The provider's secret. Left out where it is made here.",
        expire_others_at: "When the other secrets stop being valid. Never if left out.",
      },
      example: {},
    },
    answers: {
      201: object({
        ...secret,
        secret: shownSecret,
        url: text("The URL, which may contain the secret.", `http://localhost:8787/v1/webhooks/${ENDPOINT_ID}`),
      }),
    },
    errors: { 409: ["provider_missing", "too_many_secrets"] },
  },
  {
    route: "DELETE /programs/:program/endpoints/:endpoint/secrets/:secret",
    id: "removeEndpointSecret",
    tag: "Checkouts",
    summary: "Remove a secret from an endpoint",
    path: { ...ofEndpoint.path, secret: SECRET },
    answers: { 200: object({ ...secret, status: oneOf(["deleted"], "Always `deleted`.") }) },
    sample: {
      path: { ...ofEndpoint.sample.path, secret: "$SECRET" },
      before: [findEndpoint, `SECRET=$(api "$ORIGIN/v1/programs/acme/endpoints/$ENDPOINT" | jq -r '.secrets[-1].id')`],
    },
  },
  {
    route: "POST /programs/:program/endpoints/:endpoint/test-sale",
    id: "sendTestSale",
    tag: "Checkouts",
    summary: "Send a test sale through an endpoint",
    text: "Signs a sale of 100 with the newest click on a link, as the checkout would, and receives it like any delivery. It is in test mode: it is credited, and earns nothing. Possible for Stripe, and for Standard Webhooks with an endpoint in test mode.",
    path: ofEndpoint.path,
    sample: {
      path: { endpoint: "$TESTED" },
      before: [
        `TESTED=$(api "$ORIGIN/v1/programs/orbit/endpoints" -d '{"source": "standard", "test": true}' | jq -r .id)`,
      ],
    },
    body: {
      schema: testSale,
      fields: {
        link: "The path of a link that was clicked in the last 7 days.",
        host: "Its host, where several have that path.",
      },
      example: { link: "maya" },
    },
    answers: { 200: deliveryOutcome },
    refusals: [401, 403, 409, 413, 422, 503],
  },
  {
    route: "GET /programs/:program/deliveries",
    id: "listDeliveries",
    tag: "Checkouts",
    summary: "List what checkouts sent",
    text: "Newest first, refused requests too.",
    query: {
      endpoint: parameter("Only to this endpoint, by its id."),
      outcome: choiceParameter(OUTCOMES, "Only with this outcome."),
      ...paging,
    },
    answers: { 200: pageOf(delivery) },
    sample: { query: "outcome=recorded&limit=2" },
  },
  {
    route: "GET /programs/:program/deliveries/:delivery",
    id: "getDelivery",
    tag: "Checkouts",
    summary: "Read a delivery with its request",
    ...ofDelivery,
    answers: {
      200: wholeDelivery,
    },
  },
  {
    route: "POST /programs/:program/deliveries/:delivery/replay",
    id: "replayDelivery",
    tag: "Checkouts",
    summary: "Process a delivery again",
    text: "For a delivery that was refused and whose cause you have removed. What was recorded before isn't recorded twice.",
    ...ofDelivery,
    answers: {
      200: deliveryOutcome,
    },
    refusals: [401, 403, 409, 413, 422, 503],
  },
];
