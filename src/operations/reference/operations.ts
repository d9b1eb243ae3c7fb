/** The calls about the state of the service, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { listOf, mostlyNull, object, oneOf, text, time } from "../../api/layout/reference/fields.ts";

const status = oneOf(["ok", "warning", "failing"], "`failing` if something is lost, late or wrong now.");

/** One thing that can go wrong. */
export const item = object({
  name: text("A stable name.", "click_queue"),
  status,
  since: mostlyNull(time("Since when it isn't ok.")),
  values: v.pipe(
    v.record(v.string(), v.unknown()),
    v.description("The figures that decide it."),
    v.examples([{ messages: 0, dead_letter_messages: 0, oldest_at: null, oldest_seconds: null }]),
  ),
  detail: text("A sentence.", "No click is waiting to be stored."),
  fix: mostlyNull(text("What to do.", "Look for `click_message_retried` in the Worker's log.")),
});

const check = v.union([
  oneOf(["ok"], "Nothing is wrong."),
  object({
    status: oneOf(["failing"], "Something is wrong."),
    detail: text("What is wrong.", "The database lacks a migration."),
    fix: text("What to do.", "Run `npm run deploy`."),
  }),
]);

const checks = object({
  settings: v.pipe(check, v.description("The settings and secrets.")),
  database: v.pipe(check, v.description("The database.")),
  migrations: v.pipe(check, v.description("The database's migrations.")),
});

/** The calls of this folder. */
export const operationCalls: readonly Call[] = [
  {
    route: "GET /status",
    id: "getStatus",
    tag: "Operations",
    summary: "Read what is late, lost or wrong",
    text: "One item for each thing that can go wrong without anybody noticing. See [Status](/docs/operations#status).",
    answers: {
      200: object({
        status,
        checked_at: time("When it was read."),
        items: listOf(item, "All items, whether they are ok or not."),
      }),
    },
    sample: {},
  },
  {
    route: "GET //healthz",
    id: "getHealth",
    tag: "Operations",
    summary: "Read whether the service works",
    auth: "none",
    answers: {
      200: object({ status: oneOf(["ok"], "`ok`, or `failing` with status 503."), checks }),
      503: object({ status: oneOf(["failing"], "`ok`, or `failing` with status 503."), checks }),
    },
    sample: {},
  },
];
