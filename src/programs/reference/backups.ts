/** The calls that copy and restore what the objects hold, for the reference. */

import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import { count, listOf, object, orNull, pageOf, text, time } from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { backupStep, restoreStep } from "../backups/api.ts";

const backup = text("Its name: when it began.", "20260103T100000000Z");
const NO_BUCKET = { 409: ["archive_unbound"] };
const UNAVAILABLE = { unavailable: "The demo has no bucket." };
const CURSOR = "The `next` of the step before. Null or left out for the first step.";
const STEPS = "Repeat the call with the `next` of the last answer as `cursor` until it is null. Each call is one step.";
const GUIDE = "See [Backup and restore](/docs/guides/backup).";

/** The calls of `backups/api.ts`. */
export const backupCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/backups",
    id: "listBackups",
    tag: "Operations",
    summary: "List complete backups",
    text: "Oldest first.",
    query: paging,
    answers: { 200: pageOf(object({ backup, finished_at: time("When its last step was done.") })) },
    errors: NO_BUCKET,
    sample: UNAVAILABLE,
  },
  {
    route: "POST /programs/:program/backups",
    id: "makeBackup",
    tag: "Operations",
    summary: "Copy what the program's objects hold to the bucket",
    text: `${STEPS} ${GUIDE}`,
    body: { schema: backupStep, fields: { cursor: CURSOR }, example: {} },
    answers: {
      200: object({
        backup,
        copied: count("Objects of this step.", 100),
        next: orNull(
          text(
            "Send it as `cursor` for the next step. Null after the last one.",
            "20260103T100000000Z:customers:1:id:cus_1",
          ),
        ),
      }),
    },
    errors: NO_BUCKET,
    sample: UNAVAILABLE,
  },
  {
    route: "POST /programs/:program/backups/:backup/restore",
    id: "restoreBackup",
    tag: "Operations",
    summary: "Put a backup back into objects that hold nothing",
    text: `${STEPS} Then rebuild the program's projections. ${GUIDE}`,
    path: { backup: { text: "The backup's name.", example: "20260103T100000000Z", error: "backup_not_found" } },
    body: { schema: restoreStep, fields: { cursor: CURSOR }, example: {} },
    answers: {
      200: object({
        backup,
        restored: count("Objects that this step restored.", 100),
        not_empty: listOf(v.string(), "Names of objects that hold something already. They are left as they are.", []),
        next: orNull(text("Send it as `cursor` for the next step. Null after the last one.", "customers:")),
      }),
    },
    errors: NO_BUCKET,
    sample: UNAVAILABLE,
  },
];
