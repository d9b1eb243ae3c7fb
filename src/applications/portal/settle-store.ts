/** What becomes of an application once its email address is confirmed: in review, or approved at once. */
import type { AuditActor } from "../../audit/audit-store.ts";
import { recordChange } from "../../audit/audit-store.ts";
import type { Database } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/unique-violation.ts";
import { readSettings } from "../../env.ts";
import { listHosts } from "../../links/host-queries.ts";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";
import { decideByRules } from "../application-form.ts";
import { type Application, findRefusal, isUsernameTaken, putInReview, type Refusal } from "../application-store.ts";
import { type Approval, findAccount, isEligible, planApproval } from "../approve-store.ts";
import { loadForm } from "../form-store.ts";
import { findInvitation, isInvitationOpen } from "../invitation-store.ts";
import { type Sender, sendApplicationEmail } from "./email-store.ts";

/** What settling needs besides the application. */
export interface Settling extends Sender {
  db: Database;
  links: LinkForgetter;
  now: number;
  /** Runs after the response. */
  later: (work: Promise<unknown>) => void;
}

/** The result: `username_taken` by someone else meanwhile, or why the person can't join. */
export type Settled =
  | { status: "in_review" }
  | { status: "approved"; approval: Approval; is_new_account: boolean }
  | { status: "refused"; refusal: Refusal | "username_taken" | "invitation_used" };

/** Settles an application that isn't confirmed yet, and tells its applicant. */
export async function settleApplication(given: Settling, application: Application): Promise<Settled> {
  const { db, program, env, now } = given;
  const [form, account] = await Promise.all([loadForm(db, program.id), findAccount(db, application.email)]);
  const affiliate_id = account?.id ?? null;
  const refusal = await findRefusal(db, program.id, { email: application.email, affiliate_id });
  if (refusal !== null) return { status: "refused", refusal };
  if (account === null && (await isUsernameTaken(db, application.username, { email: application.email, now }))) {
    return { status: "refused", refusal: "username_taken" };
  }
  const { invitation_id } = application;
  const invitation = invitation_id === null ? null : await findInvitation(db, program.id, invitation_id);
  if (invitation_id !== null && (invitation === null || !isInvitationOpen(invitation, now))) {
    return { status: "refused", refusal: "invitation_used" };
  }
  const decided = decideByRules(form, application);
  const group_slug = invitation?.group_slug ?? decided.group;
  const { vault_key } = readSettings(env);
  const approves =
    invitation !== null ||
    (decided.approve && (await isEligible(db, { vault_key, program_id: program.id, email: application.email }, now)));
  try {
    if (!approves) {
      const change = { program_id: program.id, subject_type: "application", subject: application.id };
      const after = { name: application.name, email: application.email };
      await db.batch([
        putInReview(db, application.id, { affiliate_id, group_slug }, now),
        recordChange(
          db,
          applicantOf(application),
          { action: "application.received", ...change, before: null, after },
          now,
        ),
      ]);
      given.later(sendApplicationEmail(given, application, { kind: "received", review_days: form.review_days }));
      return { status: "in_review" };
    }
    const approval = await planApproval(db, program, { application: { ...application, group_slug }, form }, now);
    const by = { actor_kind: "system" as const, actor: "applications", key_id: null };
    const entries = approval.changes.map((change) => recordChange(db, by, change, now));
    await db.batch([...approval.statements, ...entries]);
    await finishApproval(given, application, approval);
    return { status: "approved", approval, is_new_account: account === null };
  } catch (error) {
    // The same application confirmed twice at once, or another one of the same person.
    if (isUniqueViolation(error)) return { status: "refused", refusal: "in_review" };
    throw error;
  }
}

/** After an approval: the new link works at once where its slug was unknown before, and the applicant is told. */
export async function finishApproval(given: Settling, application: Application, approval: Approval): Promise<void> {
  const { db, program, host, links } = given;
  if (approval.link !== null) {
    const hosts = await listHosts(db, { host: approval.link.host, program_id: program.id }, host);
    await links.forget(hosts, approval.link.slug);
  }
  const { username, link, coupon } = approval;
  given.later(sendApplicationEmail(given, application, { kind: "approved", username, link, coupon }));
}

/** The applicant as the actor of a change. */
function applicantOf({ username }: Application): AuditActor {
  return { actor_kind: "affiliate", actor: username, key_id: null };
}
