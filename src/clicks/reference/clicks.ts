/** The calls of click counts and of the click log, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  affiliate,
  count,
  day,
  listOf,
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { dayParameter, paging } from "../../api/layout/reference/parameters.ts";
import { host, ofLink } from "../../links/reference/links.ts";
import { VERDICTS } from "../../redirect/click.ts";
import { DIMENSIONS } from "../click-details.ts";
import { newCheck } from "../counts/count-check-api.ts";
import { breakdown, counts } from "./schemas.ts";

const period = {
  from: dayParameter("The first day, UTC. 29 days before `to` if left out."),
  to: dayParameter("The last day, UTC. Today if left out."),
};

const shownPeriod = { from: day("The first day.", "2026-02-01"), to: day("The last day.") };

const ranked = object({
  ...shownPeriod,
  data: listOf(
    object({
      slug: text("The link's slug.", "maya"),
      host: mostlyNull(text("The link's host. Null for the shared one.", "go.example.com")),
      affiliate,
      kind: oneOf(["affiliate", "tracking"], "The kind of link."),
      channel: mostlyNull(text("The channel of a tracking link.", "newsletter")),
      ...counts,
    }),
    "Links with hits in the period, those with the most counted clicks first.",
  ),
});

const limit = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200), v.description("Links. 20 if left out."));

const differences = listOf(
  object({
    link: orNull(text("The link's slug.", "maya")),
    verdict: orNull(oneOf(VERDICTS, "The verdict.")),
    what: text("`clicks`, `visitors` or a dimension.", "clicks"),
    value: mostlyNull(text("The dimension's value.", "US")),
    counted: count("By the counts.", 12),
    logged: count("By the log.", 11),
  }),
  "Figures that differ between the counts and the log.",
  [],
);

const checkedDay = {
  day: day("The day."),
  clicks: count("Hits of the day in the log.", 48),
  mended: count("Rows of the counts that were corrected.", 0),
};

const deadClicks = {
  id: text("Its id.", "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"),
  received_at: time("When the message was given up."),
  clicks: count("How many clicks it carries.", 3),
  error: text("Why they couldn't be stored.", "verdict: is not a known value"),
  replayed_at: mostlyNull(time("When they were stored after all.")),
};

const DEAD = {
  text: "The message's id.",
  example: "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9",
  error: "dead_clicks_not_found",
};

/** The calls of `counts/`, `archive/` and `dead-clicks/`. */
export const clickCalls: readonly Call[] = [
  {
    route: "GET /links/:slug/counts",
    id: "getLinkCounts",
    tag: "Links",
    summary: "Read a link's counts by day and dimension",
    query: { ...period, host },
    ...ofLink,
    answers: {
      200: object({
        ...shownPeriod,
        ...counts,
        days: listOf(
          object({
            day: day("The day."),
            ...counts,
            hours: listOf(
              v.number(),
              "Counted clicks by hour of the day, UTC.",
              Array.from({ length: 24 }, () => 0),
            ),
          }),
          "Days that had a hit.",
        ),
        by: object(Object.fromEntries(DIMENSIONS.filter((name) => name !== "hour").map((name) => [name, breakdown]))),
      }),
    },
    sample: {},
  },
  {
    route: "GET /programs/:program/counts",
    id: "listTopLinks",
    tag: "Links",
    summary: "List a program's links with the most clicks",
    query: { ...period, limit },
    answers: { 200: ranked },
    sample: { query: "limit=3" },
  },
  {
    route: "GET /programs/:program/affiliates/:affiliate/counts",
    id: "listTopLinksOfAffiliate",
    tag: "Links",
    summary: "List an affiliate's links with the most clicks",
    query: { ...period, limit },
    answers: { 200: ranked },
    sample: {},
  },
  {
    route: "GET /click-checks",
    id: "listClickChecks",
    tag: "Operations",
    summary: "List checks of the click counts",
    text: "Newest first. Each night, the counts of the day before are compared with the log.",
    query: paging,
    answers: {
      200: pageOf(
        object({
          checked_at: time("When it was checked."),
          ...checkedDay,
          differences: count("Figures that differ.", 0),
          details: differences,
        }),
      ),
    },
    sample: {},
  },
  {
    route: "POST /click-checks",
    id: "checkClicks",
    tag: "Operations",
    summary: "Compare click counts with the log",
    body: {
      schema: newCheck,
      fields: {
        from: "The first day, UTC.",
        to: "The last day. `from` if left out; at most a week in one call.",
        mend: "Whether counts that differ are corrected.",
      },
      example: { from: "2026-03-02" },
    },
    answers: {
      200: object({
        days: listOf(object({ ...checkedDay, differences }), "The days."),
        differences: count("Figures that differ, on all days.", 0),
      }),
    },
    errors: { 409: ["archive_damaged", "archive_missing", "archive_unbound"], 422: ["log_gone"] },
    sample: { options: `-d "{\\"from\\": \\"$(date -u +%F)\\"}"` },
  },
  {
    route: "GET /click-archives",
    id: "listClickArchives",
    tag: "Operations",
    summary: "List archived clicks",
    text: "The files in R2 with clicks older than the log, by day.",
    query: {
      from: dayParameter("The first day, UTC."),
      to: dayParameter("The last day, UTC."),
      ...paging,
    },
    answers: {
      200: pageOf(
        object({
          day: day("The day of the clicks."),
          key: text("The file's key in the bucket.", "clicks/2026-03-02/9f2c….ndjson.gz"),
          clicks: count("How many clicks it has.", 48),
          bytes: count("Its size.", 2_311),
          sha256: text(
            "The hash of its lines, in hex.",
            "9f2c4e0b7d1a8835c6e0f4b92d7a1c3e5f60718293a4b5c6d7e8f90123456789",
          ),
          archived_at: time("When it was written."),
        }),
      ),
    },
    sample: {},
  },
  {
    route: "GET /dead-clicks",
    id: "listDeadClicks",
    tag: "Operations",
    summary: "List clicks that couldn't be stored",
    text: "By message, newest first.",
    query: paging,
    answers: { 200: pageOf(named("DeadClicks", deadClicks)) },
    sample: {},
  },
  {
    route: "GET /dead-clicks/:id",
    id: "getDeadClicks",
    tag: "Operations",
    summary: "Read a message with its clicks",
    path: { id: DEAD },
    answers: {
      200: object({
        ...deadClicks,
        body: v.pipe(v.unknown(), v.description("The clicks as they arrived."), v.examples([[]])),
      }),
    },
    sample: { unavailable: "The demo stores all of its clicks." },
  },
  {
    route: "POST /dead-clicks/replay",
    id: "replayAllDeadClicks",
    tag: "Operations",
    summary: "Store all clicks that couldn't be stored",
    text: "One page of messages a call, oldest first. Repeat it with `next` as `cursor`.",
    query: paging,
    answers: {
      200: object({
        replayed: count("Messages that are stored now.", 0),
        failed: listOf(
          object({
            id: text("The message's id.", DEAD.example),
            code: text("What is wrong.", "clicks_refused"),
            detail: text("A sentence.", "verdict: is not a known value"),
          }),
          "Messages that still can't be stored.",
          [],
        ),
        next: mostlyNull(text("The cursor of the next call. Null after the last one.", "1772443800000.b94d27b9…")),
      }),
    },
    sample: {},
  },
  {
    route: "POST /dead-clicks/:id/replay",
    id: "replayDeadClicks",
    tag: "Operations",
    summary: "Store the clicks of a message",
    path: { id: DEAD },
    answers: { 200: object({ ...deadClicks, status: oneOf(["replayed", "already_replayed"], "What was done.") }) },
    errors: { 409: ["too_old"], 422: ["clicks_refused"], 503: ["storage_unavailable"] },
    sample: { unavailable: "The demo stores all of its clicks." },
  },
  {
    route: "DELETE /dead-clicks/:id",
    id: "deleteDeadClicks",
    tag: "Operations",
    summary: "Give up the clicks of a message",
    path: { id: DEAD },
    answers: { 200: object({ ...deadClicks, status: oneOf(["deleted"], "Always `deleted`.") }) },
    sample: { unavailable: "The demo stores all of its clicks." },
  },
];
