/** The calls of API keys, and of this document, for the reference. */
import * as v from "valibot";
import { programs, role } from "../../users/reference/users.ts";
import { newKey } from "../key-api.ts";
import type { Call } from "../layout/reference/call.ts";
import { created_at, mostlyNull, named, pageOf, text, time } from "../layout/reference/fields.ts";
import { paging } from "../layout/reference/parameters.ts";

const fields = {
  id: text("Its id.", "key_V1StGXR8Z5jd"),
  name: text("Whose it is, or what uses it.", "Finance"),
  role,
  programs,
  user: mostlyNull(text("The id of the user that it belongs to. Null for none.", "usr_V1StGXR8Z5jd")),
  created_at,
  revoked_at: mostlyNull(time("When it was revoked.")),
};

/** An API key. */
export const key = named("Key", fields);

const KEY = { text: "The key's id.", example: "key_V1StGXR8Z5jd", error: "key_not_found" };

/** The calls of `key-api.ts`, and this document. */
export const keyCalls: readonly Call[] = [
  {
    route: "GET /keys",
    id: "listKeys",
    tag: "Team",
    summary: "List API keys",
    text: "Newest first, revoked ones too. `ADMIN_TOKEN` isn't in the list.",
    query: paging,
    answers: { 200: pageOf(key) },
    sample: {},
  },
  {
    route: "POST /keys",
    id: "createKey",
    tag: "Team",
    summary: "Create an API key",
    text: "Create one for every person and script, so that you can revoke it and payout runs name who approved.",
    body: {
      schema: newKey,
      fields: {
        name: "Whose it is, or what uses it.",
        role: "What it may do. The role of its user, or of the key that creates it, if left out.",
        programs: "The programs that it is limited to, by their slugs. Null for all. Those of its user if left out.",
        user: "The id of the user that it belongs to. Null for none.",
      },
      example: { name: "Finance", role: "finance" },
    },
    answers: {
      201: named("CreatedKey", { ...fields, key: text("The key. It is shown only here.", "lca_…") }),
    },
    errors: { 403: ["key_of_other_user", "role_exceeded"], 422: ["program_not_found", "user_not_found"] },
    sample: {},
  },
  {
    route: "DELETE /keys/:id",
    id: "revokeKey",
    tag: "Team",
    summary: "Revoke an API key",
    path: { id: KEY },
    answers: { 200: key },
    sample: { path: { id: "$ID" }, before: [`ID=$(api "$ORIGIN/v1/keys" | jq -r '.data[0].id')`] },
  },
  {
    route: "GET /openapi.json",
    id: "getOpenApi",
    tag: "Operations",
    summary: "Read this document",
    auth: "none",
    text: "With `If-None-Match`, it is sent only where it has changed.",
    answers: {
      200: v.pipe(v.record(v.string(), v.unknown()), v.examples([{ openapi: "3.1.1" }])),
      304: { text: "The document is the one that you have." },
    },
    sample: {},
  },
];
