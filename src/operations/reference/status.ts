/** The calls about the state of the service, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { listOf, mostlyNull, object, oneOf, text, time } from "../../api/layout/reference/fields.ts";

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

const STATUS = "`warning`: look at it in the next days. `failing`: something is lost, late or wrong now.";
const status = oneOf(["ok", "warning", "failing"], STATUS);

/** The calls of `api.ts` and `health-handler.ts`. */
export const operationsCalls: readonly Call[] = [
  {
    route: "GET /status",
    id: "getStatus",
    tag: "Operations",
    summary: "Read what is late or wrong",
    text: "Clicks, deliveries, checkouts that went silent, outboxes, the database's size and settings.",
    answers: {
      200: object({
        status,
        checked_at: time("When it was checked."),
        items: listOf(
          object({
            name: text("A stable name.", "dead_clicks"),
            status,
            since: mostlyNull(time("Since when it isn't ok.")),
            values: v.pipe(
              v.record(v.string(), v.unknown()),
              v.description("The figures that decide it. Null if not known."),
              v.examples([{ clicks: 0 }]),
            ),
            detail: text("A sentence.", "No clicks wait to be stored."),
            fix: mostlyNull(text("What to do. Null if it is ok.", "See `GET /v1/dead-clicks`.")),
          }),
          "One item for each thing that can go wrong.",
        ),
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
