/** Invitations to programs. */
import * as v from "valibot";
import { allowQuery, PAGING } from "../api/layout/allow-query.ts";
import type { ApiApp } from "../api/layout/api-app.ts";
import { commitChange } from "../api/layout/commit-change.ts";
import { findEnrollment, findGroup, findProgram } from "../api/layout/find-records.ts";
import { readJson } from "../api/layout/read-json.ts";
import { readPage } from "../api/layout/read-page.ts";
import type { Env } from "../env.ts";
import { toIsoTime } from "../lib/iso-time.ts";
import { pageOf } from "../lib/paging.ts";
import { Problem } from "../lib/problem.ts";
import { displayName, emailAddress } from "../lib/validation.ts";
import { DEFAULT_GROUP } from "../programs/group.ts";
import { findAccount, type Program } from "./approve-store.ts";
import {
  findInvitation,
  INVITATION_ID,
  type Invitation,
  isInvitationOpen,
  listInvitations,
  newInvitation,
  revokeInvitation,
} from "./invitation-store.ts";
import { invitationPath, sendInvitation } from "./portal/email-store.ts";

/** The body of `POST …/invitations`. */
export const newInvitationFields = v.strictObject({
  email: v.pipe(emailAddress, v.toLowerCase()),
  name: v.optional(v.nullable(displayName), null),
  group: v.optional(v.string(), DEFAULT_GROUP),
});

export function addInvitationRoutes(app: ApiApp): void {
  app.get("/programs/:program/invitations", allowQuery(...PAGING), async (c) => {
    const program = await findProgram(c.var.db, c.req.param("program"));
    const { limit, cursor } = readPage(c.req.query(), INVITATION_ID);
    const rows = await listInvitations(c.var.db, program.id, cursor, limit + 1);
    return c.json(
      pageOf(
        rows,
        limit,
        (row) => viewInvitation(program, row, c.var.now),
        ({ id }) => id,
      ),
    );
  });

  app.post("/programs/:program/invitations", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const { email, name, group } = await readJson(c.req, newInvitationFields);
    const { slug: group_slug } = await findGroup(db, program.id, group, "group");
    const account = await findAccount(db, email);
    const enrollment = account === null ? null : await findEnrollment(db, program.id, account.id);
    if (enrollment?.status === "approved") {
      throw new Problem(409, "already_enrolled", `An affiliate with this email address is in ${program.slug} already.`);
    }
    const { row, statement } = newInvitation(db, { program_id: program.id, email, name, group_slug }, now);
    const change = { ...changeOf(program, row, "created"), before: null, after: { email, name, group } };
    const url = urlOf(c.env, program, row, c.req.url);
    const body = { ...viewInvitation(program, row, now), url };
    const response = await commitChange(c, [statement], [change], { status: 201, body });
    c.executionCtx.waitUntil(sendInvitation({ env: c.env, program, host: new URL(c.req.url).host }, row));
    return response;
  });

  app.delete("/programs/:program/invitations/:invitation", async (c) => {
    const { db, now } = c.var;
    const program = await findProgram(db, c.req.param("program"));
    const id = c.req.param("invitation");
    const invitation = await findInvitation(db, program.id, id);
    if (invitation === null) throw new Problem(404, "invitation_not_found", `There is no invitation "${id}".`);
    const used = new Problem(409, "invitation_not_open", "This invitation was used or revoked before.");
    if (invitation.used_at !== null || invitation.revoked_at !== null) throw used;
    const change = { ...changeOf(program, invitation, "revoked"), before: {}, after: null };
    const body = viewInvitation(program, { ...invitation, revoked_at: now }, now);
    const statement = revokeInvitation(db, id, now);
    return commitChange(c, [statement], [change], { status: 200, body }, { if_unchanged: used });
  });
}

function changeOf({ id: program_id }: { id: number }, { id }: { id: string }, verb: string) {
  return { action: `invitation.${verb}`, program_id, subject_type: "invitation", subject: id };
}

function urlOf(env: Env, program: Program, { id }: Invitation, requestUrl: string): string {
  const { protocol, host } = new URL(requestUrl);
  return `${protocol}//${program.redirect_host ?? host}${invitationPath(env, program, id)}`;
}

function viewInvitation(program: Program, row: Invitation, now: number) {
  return {
    ...{ id: row.id, program: program.slug, email: row.email, name: row.name, group: row.group_slug },
    status: statusOf(row, now),
    created_at: toIsoTime(row.created_at),
    expires_at: toIsoTime(row.expires_at),
    used_at: toIsoTime(row.used_at),
  };
}

function statusOf(row: Invitation, now: number) {
  if (row.used_at !== null) return "used";
  if (row.revoked_at !== null) return "revoked";
  return isInvitationOpen(row, now) ? "open" : "expired";
}
