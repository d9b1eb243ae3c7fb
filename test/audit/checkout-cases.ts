import { type Case, P } from "./payout-cases.ts";

/** Calls about endpoints and deliveries, in an order in which each can be called. */
export const CHECKOUT_CASES: Record<string, Case> = {
  "POST /programs/:program/endpoints": {
    path: `${P}/endpoints`,
    body: { source: "standard" },
    audits: ["endpoint.created"],
    refused: { body: { source: "none" } },
    keep: { endpoint: ({ id }) => id },
  },
  "PATCH /programs/:program/endpoints/:endpoint": {
    path: `${P}/endpoints/$endpoint`,
    body: { disabled: true },
    audits: ["endpoint.updated"],
    refused: { path: `${P}/endpoints/none` },
  },
  "POST /programs/:program/endpoints/:endpoint/secrets": {
    path: `${P}/endpoints/$endpoint/secrets`,
    body: {},
    audits: ["endpoint.secret_created"],
    refused: { body: { secret: "pasted" } },
    keep: { secret: ({ id }) => id },
  },
  "DELETE /programs/:program/endpoints/:endpoint/secrets/:secret": {
    path: `${P}/endpoints/$endpoint/secrets/$secret`,
    audits: ["endpoint.secret_deleted"],
    refused: { path: `${P}/endpoints/$endpoint/secrets/none` },
  },
  "POST /programs/:program/endpoints/:endpoint/test-sale": {
    path: `${P}/endpoints/$tested/test-sale`,
    body: { link: "$link" },
    audits: ["endpoint.tested"],
    refused: { body: { link: "none" } },
  },
  "POST /programs/:program/deliveries/:delivery/replay": {
    path: `${P}/deliveries/$delivery/replay`,
    audits: ["delivery.replayed"],
    refused: { path: `${P}/deliveries/none/replay` },
  },
};
