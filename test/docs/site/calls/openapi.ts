/** A small API's description, with one of each thing that the reference shows. */
import type { OpenApi } from "../../../../src/docs/site/calls/openapi.ts";

export const OPENAPI: OpenApi = {
  info: {
    title: "Shop API",
    summary: "Orders.",
    description: "See [the terms](terms.md).\n\n```sh\nexport A=1\n```\n",
  },
  tags: [
    { name: "Orders", description: "What was `ordered`." },
    { name: "Other things", description: "The rest." },
  ],
  paths: {
    "/v1/orders/{order}": {
      patch: {
        operationId: "changeOrder",
        tags: ["Orders"],
        summary: "Change an order",
        description: "Fields that are left out **stay**.",
        parameters: [
          { name: "order", in: "path", required: true, description: "Its id.", schema: { type: "string" } },
          { name: "dry", in: "query", description: "Changes nothing.", schema: { type: "boolean" } },
          { name: "Idempotency-Key", in: "header", required: true, schema: { type: "string" } },
        ],
        requestBody: {
          content: {
            "application/json": {
              schema: {
                type: "object",
                properties: {
                  note: { type: ["string", "null"], maxLength: 200, description: "Shown as <b>text</b>." },
                  lines: {
                    type: "array",
                    minItems: 1,
                    items: { type: "object", properties: { count: { type: "integer", minimum: 1, default: 1 } } },
                  },
                  status: { enum: ["open", "closed"] },
                },
                required: ["status"],
                additionalProperties: false,
              },
            },
          },
        },
        responses: {
          200: {
            description: "Done.",
            content: {
              "application/json": {
                schema: { $ref: "#/components/schemas/WholeOrder" },
                example: { id: "o_1", note: null },
              },
            },
          },
          404: { $ref: "#/components/responses/order_not_found" },
        },
        "x-codeSamples": [{ label: "curl", source: 'api -X PATCH "$ORIGIN/v1/orders/o_1" -d \'{"status": "open"}\'' }],
      },
      delete: {
        operationId: "deleteOrder",
        tags: ["Other things"],
        summary: "Delete an order",
        responses: { 204: { description: "Deleted." } },
      },
    },
  },
  components: {
    schemas: {
      WholeOrder: {
        type: "object",
        properties: {
          id: { type: "string" },
          note: { type: ["string", "null"] },
          before: { anyOf: [{ $ref: "#/components/schemas/WholeOrder" }, { type: "null" }] },
        },
        required: ["id"],
      },
    },
    responses: { order_not_found: { description: "There is none. The code is `order_not_found`." } },
  },
};
