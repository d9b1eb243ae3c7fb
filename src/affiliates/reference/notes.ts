/** The calls of notes about affiliates, for the reference. */
import type { Call } from "../../api/layout/reference/call.ts";
import { created_at, named, object, oneOf, orNull, pageOf, text } from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { newNote } from "../note-api.ts";

const ID = "note_0mx3j1f9cEyZOa6lAGrDg";

const fields = {
  id: text("Its id, which begins with the time.", ID),
  text: text("The note.", "Met at the June conference."),
  author: orNull(text("The name of the user or key that wrote it. Null for `ADMIN_TOKEN`.", "Lee Park")),
  created_at,
};

/** A note about an affiliate. */
export const note = named("AffiliateNote", fields);

const NOT_ENROLLED = { 404: ["enrolment_not_found"] };
const PATH = {
  program: { text: "The program's slug.", example: "orbit", error: "program_not_found" },
  affiliate: { text: "The affiliate's username.", example: "maya", error: "affiliate_not_found" },
};

/** The calls of `note-api.ts`. */
export const noteCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/enrollments/:affiliate/notes",
    id: "listNotes",
    tag: "Affiliates",
    summary: "List notes about an affiliate",
    text: "Newest first. The affiliate never sees them.",
    path: PATH,
    query: paging,
    answers: { 200: pageOf(note) },
    errors: NOT_ENROLLED,
    sample: { path: { affiliate: "maya" } },
  },
  {
    route: "POST /programs/:program/enrollments/:affiliate/notes",
    id: "createNote",
    tag: "Affiliates",
    summary: "Write a note about an affiliate",
    text: "Notes are erased with the affiliate.",
    path: PATH,
    body: {
      schema: newNote,
      fields: { text: "The note, at most 2,000 characters." },
      example: { text: "Met at the June conference." },
    },
    answers: { 201: note },
    errors: { ...NOT_ENROLLED, 409: ["affiliate_erased"] },
    sample: { path: { affiliate: "maya" } },
  },
  {
    route: "DELETE /programs/:program/enrollments/:affiliate/notes/:note",
    id: "deleteNote",
    tag: "Affiliates",
    summary: "Delete a note",
    path: { ...PATH, note: { text: "The note's id.", example: ID, error: "note_not_found" } },
    answers: { 200: object({ ...fields, status: oneOf(["deleted"], "Always `deleted`.") }) },
    errors: NOT_ENROLLED,
    sample: {
      path: { affiliate: "maya", note: "$NOTE" },
      before: [`NOTE=$(api "$ORIGIN/v1/programs/orbit/enrollments/maya/notes" | jq -r '.data[0].id')`],
    },
  },
];
