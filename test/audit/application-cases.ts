/** Calls by which affiliates join a program, and notes about them; see `cases.ts`. */
import { type Case, P } from "./payout-cases.ts";

/** A valid call of each route. */
export const APPLICATION_CASES: Record<string, Case> = {
  "PUT /programs/:program/application": {
    path: `${P}/application`,
    body: { review_days: 2 },
    audits: ["application_form.updated"],
    refused: { body: { review_days: 0 } },
  },
  "POST /programs/:program/applications": {
    path: `${P}/applications`,
    body: { name: "Joan", email: "joan@example.com", username: "joan" },
    audits: ["application.received"],
    refused: { body: { name: "Joan", email: "joan@example.com", username: "a b" } },
  },
  "POST /programs/:program/applications/:application/approve": {
    path: `${P}/applications/$application/approve`,
    body: {},
    audits: ["affiliate.created", "enrollment.created", "link.created", "application.approved"],
    refused: { body: { group: "none" } },
  },
  "POST /programs/:program/applications/:application/reject": {
    path: `${P}/applications/$other_application/reject`,
    body: { reason: "No" },
    audits: ["application.rejected"],
    refused: { body: { reason: "" } },
  },
  "POST /programs/:program/invitations": {
    path: `${P}/invitations`,
    body: { email: "invited@example.com" },
    audits: ["invitation.created"],
    keep: { invitation: ({ id }) => id },
    refused: { body: { email: "x" } },
  },
  "DELETE /programs/:program/invitations/:invitation": {
    path: `${P}/invitations/$invitation`,
    audits: ["invitation.revoked"],
    refused: { path: `${P}/invitations/none` },
  },
  "POST /programs/:program/enrollments/:affiliate/notes": {
    path: `${P}/enrollments/nova/notes`,
    body: { text: "Met in June" },
    audits: ["affiliate_note.created"],
    keep: { note: ({ id }) => id },
    refused: { body: { text: "" } },
  },
  "DELETE /programs/:program/enrollments/:affiliate/notes/:note": {
    path: `${P}/enrollments/nova/notes/$note`,
    audits: ["affiliate_note.deleted"],
    refused: { path: `${P}/enrollments/nova/notes/none` },
  },
};
