/** The calls of the merchant's team, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { created_at, named, object, oneOf, pageOf, text, time } from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { ROLES } from "../actor.ts";
import { newUser, userChange } from "../api.ts";

/** The programs that a user or key is limited to. */
export const programs = v.pipe(
  v.nullable(v.array(v.string())),
  v.description("The programs that it is limited to, by their slugs. Null for all."),
  v.examples([null]),
);

/** What a user or key may do. */
export const role = oneOf(ROLES, "What it may do.", "manager");

const fields = {
  id: text("Its id.", "usr_V1StGXR8Z5jd"),
  email: text("The address for sign-in links.", "lee@shop.example"),
  name: text("The user's name.", "Lee Park"),
  role,
  programs,
  created_at,
};

/** A user. */
export const user = named("User", fields);

const FIELDS = {
  email: "The address for sign-in links. Each user has another one.",
  name: "The user's name.",
  role: "What the user may do.",
  programs: "The programs that the user is limited to, by their slugs. Null for all. An owner has all.",
};

const USER = { text: "The user's id.", example: "usr_V1StGXR8Z5jd", error: "user_not_found" };

const sample = { path: { id: "$ID" }, before: [`ID=$(api "$ORIGIN/v1/users" | jq -r '.data[0].id')`] };

/** The calls of `api.ts`. */
export const userCalls: readonly Call[] = [
  {
    route: "GET /users",
    id: "listUsers",
    tag: "Team",
    summary: "List users",
    text: "Newest first.",
    query: paging,
    answers: { 200: pageOf(user) },
    sample: {},
  },
  {
    route: "POST /users",
    id: "createUser",
    tag: "Team",
    summary: "Create a user",
    text: "Then create a sign-in link for the user.",
    body: {
      schema: newUser,
      fields: FIELDS,
      example: { email: "lee@shop.example", name: "Lee Park", role: "manager", programs: ["orbit"] },
    },
    answers: { 201: user },
    errors: { 409: ["user_exists"], 422: ["program_not_found"] },
    sample: {},
  },
  {
    route: "GET /users/:id",
    id: "getUser",
    tag: "Team",
    summary: "Read a user",
    path: { id: USER },
    answers: { 200: user },
    sample,
  },
  {
    route: "PATCH /users/:id",
    id: "updateUser",
    tag: "Team",
    summary: "Change a user",
    text: "A new email address ends the user's sessions.",
    path: { id: USER },
    body: { schema: userChange, fields: FIELDS, example: { role: "finance" } },
    answers: { 200: user },
    errors: { 409: ["last_owner", "user_exists"], 422: ["program_not_found"] },
    sample,
  },
  {
    route: "POST /users/:id/sign-in-link",
    id: "createUserSignInLink",
    tag: "Team",
    summary: "Create a one-time link to the console",
    text: "Send it to the user yourself.",
    path: { id: USER },
    answers: {
      201: object({
        url: text("The link. It works once.", "http://localhost:8787/admin/sign-in?token=…"),
        expires_at: time("Until when it works.", "2026-03-02T10:00:00.000Z"),
      }),
    },
    sample,
  },
  {
    route: "POST /users/:id/invitation",
    id: "inviteUser",
    tag: "Team",
    summary: "Email a one-time link to the console",
    text: "Needs [email](/docs/notifications#set-up-email). The link works once, within 24 hours.",
    path: { id: USER },
    answers: {
      201: object({
        sent_to: text("The user's address.", "lee@shop.example"),
        expires_at: time("Until when the link works.", "2026-03-02T10:00:00.000Z"),
      }),
    },
    errors: { 409: ["email_not_set_up"], 503: ["email_not_sent"] },
    sample: { ...sample, unavailable: "The demo sends no email." },
  },
  {
    route: "DELETE /users/:id",
    id: "removeUser",
    tag: "Team",
    summary: "Remove a user",
    text: "The user's sessions and keys stop working at once.",
    path: { id: USER },
    answers: { 200: object({ ...fields, status: oneOf(["removed"], "Always `removed`.") }) },
    errors: { 409: ["last_owner"] },
    sample,
  },
];
