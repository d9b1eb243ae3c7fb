/** The calls of API keys, and the service's own, for the reference. */
import * as v from "valibot";
import { newKey } from "../key-api.ts";
import type { Call } from "../layout/reference/call.ts";
import { created_at, mostlyNull, named, oneOf, pageOf, text, time } from "../layout/reference/fields.ts";
import { paging } from "../layout/reference/parameters.ts";

const fields = {
  id: text("Its id.", "key_V1StGXR8Z5jd"),
  name: text("Whose it is, or what uses it.", "Finance"),
  created_at,
  revoked_at: mostlyNull(time("When it was revoked.")),
};

const key = named("Key", fields);

const KEY = { text: "The key's id.", example: "key_V1StGXR8Z5jd", error: "key_not_found" };

const checks = v.strictObject({
  settings: text("`ok`, or what is wrong.", "ok"),
  database: text("`ok`, or `failed`.", "ok"),
});

/** The calls of `key-api.ts`, and those without a key. */
export const keyCalls: readonly Call[] = [
  {
    route: "GET /keys",
    id: "listKeys",
    tag: "Operations",
    summary: "List API keys",
    text: "Newest first, revoked ones too. `ADMIN_TOKEN` isn't in the list.",
    query: paging,
    answers: { 200: pageOf(key) },
    sample: {},
  },
  {
    route: "POST /keys",
    id: "createKey",
    tag: "Operations",
    summary: "Create an API key",
    text: "Create one for every person and script, so that you can revoke it and payout runs name who approved.",
    body: { schema: newKey, fields: { name: "Whose it is, or what uses it." }, example: { name: "Finance" } },
    answers: {
      201: named("CreatedKey", { ...fields, key: text("The key. It is shown only here.", "lca_…") }),
    },
    sample: {},
  },
  {
    route: "DELETE /keys/:id",
    id: "revokeKey",
    tag: "Operations",
    summary: "Revoke an API key",
    path: { id: KEY },
    answers: { 200: key },
    sample: { path: { id: "$ID" }, before: [`ID=$(api "$ORIGIN/v1/keys" | jq -r '.data[0].id')`] },
  },
  {
    route: "GET //healthz",
    id: "getHealth",
    tag: "Operations",
    summary: "Read whether the service works",
    auth: "none",
    answers: {
      200: v.strictObject({ status: oneOf(["ok"], "`ok`, or `failing` with status 503."), checks }),
      503: v.strictObject({ status: oneOf(["failing"], "`ok`, or `failing` with status 503."), checks }),
    },
    sample: {},
  },
  {
    route: "GET /openapi.json",
    id: "getOpenApi",
    tag: "Operations",
    summary: "Read this document",
    auth: "none",
    answers: { 200: v.pipe(v.record(v.string(), v.unknown()), v.examples([{ openapi: "3.1.1" }])) },
    sample: {},
  },
];
