/** The calls of announcements, for the reference. */
import type { Call } from "../../api/layout/reference/call.ts";
import { created_at, named, object, oneOf, pageOf, text } from "../../api/layout/reference/fields.ts";
import { paging } from "../../api/layout/reference/parameters.ts";
import { newAnnouncement } from "../api.ts";

const ID = "an_0mx3j1f9cEyZOa6lAGrDg";

const fields = {
  id: text("Its id, which begins with the time.", ID),
  title: text("The title.", "Double commission in June"),
  text: text("The text.", "From June 1 to June 30, you earn 80% of each first payment."),
  created_at,
};

/** What a merchant tells the affiliates of a program. */
const announcement = named("ProgramAnnouncement", fields);

const PATH = { program: { text: "The program's slug.", example: "orbit", error: "program_not_found" } };

/** The calls of `announcements/api.ts`. */
export const announcementCalls: readonly Call[] = [
  {
    route: "GET /programs/:program/announcements",
    id: "listAnnouncements",
    tag: "Creatives",
    summary: "List announcements",
    text: "Newest first.",
    path: PATH,
    query: paging,
    answers: { 200: pageOf(announcement) },
    errors: {},
    sample: {},
  },
  {
    route: "POST /programs/:program/announcements",
    id: "createAnnouncement",
    tag: "Creatives",
    summary: "Announce something to affiliates",
    text: "The portal's overview shows the three latest announcements for 30 days.",
    path: PATH,
    body: {
      schema: newAnnouncement,
      fields: { title: "The title, at most 200 characters.", text: "The text, at most 2,000 characters." },
      example: { title: "Double commission in June", text: "From June 1 to June 30, you earn 80%." },
    },
    answers: { 201: announcement },
    errors: {},
    sample: {},
  },
  {
    route: "DELETE /programs/:program/announcements/:announcement",
    id: "deleteAnnouncement",
    tag: "Creatives",
    summary: "Delete an announcement",
    path: { ...PATH, announcement: { text: "The announcement's id.", example: ID, error: "announcement_not_found" } },
    answers: { 200: object({ ...fields, status: oneOf(["deleted"], "Always `deleted`.") }) },
    errors: {},
    sample: {
      path: { announcement: "$ANNOUNCEMENT" },
      before: [`ANNOUNCEMENT=$(api "$ORIGIN/v1/programs/orbit/announcements" | jq -r '.data[0].id')`],
    },
  },
];
