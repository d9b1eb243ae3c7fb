/** The call of the audit log, for the reference. */
import * as v from "valibot";
import type { Call } from "../../api/layout/reference/call.ts";
import {
  mostlyNull,
  named,
  object,
  oneOf,
  orNull,
  pageOf,
  program,
  text,
  time,
} from "../../api/layout/reference/fields.ts";
import { dayParameter, filters, paging, parameter } from "../../api/layout/reference/parameters.ts";

const changedFields = (meaning: string, example: Record<string, unknown>) =>
  v.pipe(v.nullable(v.record(v.string(), v.unknown())), v.description(meaning), v.examples([example]));

/** An entry of the audit log. */
export const entry = named("AuditEntry", {
  id: text("Its id, which begins with the time.", "aud_0mx3j1f9cEyZOa6lAGrDg"),
  at: time("When it was changed."),
  actor: object({
    kind: oneOf(["user", "key", "affiliate", "system"], "Who changed it."),
    id: text("The id of the user or key, or the affiliate's username.", "usr_V1StGXR8Z5jd"),
    name: orNull(text("The name of the user or key. Null for others and for `ADMIN_TOKEN`.", "Lee Park")),
  }),
  key: mostlyNull(text("The API key of the call. Null for none.", "key_V1StGXR8Z5jd")),
  action: text("What was done.", "program.updated"),
  program: orNull(program),
  subject_type: text("What was changed.", "program"),
  subject: text("Its id, slug or username.", "orbit"),
  before: changedFields("The changed fields before. Null for what was created.", { name: "Orbit" }),
  after: changedFields("The changed fields after. Null for what was removed.", { name: "Orbit Pro" }),
});

/** The calls of `api.ts`. */
export const auditCalls: readonly Call[] = [
  {
    route: "GET /audit",
    id: "listAuditEntries",
    tag: "Team",
    summary: "List who changed what",
    text: "Newest first. Owners, managers and finance users may read it.",
    query: {
      actor: parameter("Only by this user, key or affiliate: an id or a username."),
      program: filters.program,
      from: dayParameter("The first day, UTC."),
      to: dayParameter("The last day, UTC."),
      action: parameter("Only this action, such as `program.updated`."),
      subject_type: parameter("Only this kind of record, such as `affiliate`."),
      subject: parameter("Only this record: its id, slug or username."),
      ...paging,
    },
    answers: { 200: pageOf(entry) },
    errors: { 422: ["program_not_found"] },
    sample: { query: "limit=2" },
  },
];
