/** Sends emails about applications and invitations, if the deployment sends emails. */
import { openDatabase } from "../../db/database.ts";
import { type Env, readMailSettings, readSettings } from "../../env.ts";
import type { JoiningEmail } from "../../lib/messages/en/joining.ts";
import { messages } from "../../lib/messages/messages.ts";
import { codeOf, logError } from "../../lib/platform/log.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { buildLinkUrl } from "../../links/link-url.ts";
import { composeEmail } from "../../mail/compose-email.ts";
import { canSendMail, sendEmail } from "../../mail/mail-store.ts";
import { findRedirectOrigin } from "../../portal/layout/sign-in/sign-in-email-store.ts";
import { readBrand } from "../../programs/brand-queries.ts";
import { type Application, CONFIRM_HOURS } from "../application-store.ts";
import { signIdToken } from "../application-token.ts";
import type { Program } from "../approve-store.ts";
import { INVITATION_DAYS, type Invitation } from "../invitation-store.ts";

/** Long names are cut, so that a subject stays one line. */
const NAME_MAX_CHARACTERS = 100;

/** A program, and the host of the request, which anybody can write. */
export interface Sender {
  env: Env;
  program: Program;
  host: string;
}

/** What happened to an application. */
export type ApplicationNews =
  | { kind: "confirm" }
  | { kind: "received"; review_days: number }
  | { kind: "approved"; username: string; link: { host: string; slug: string } | null; coupon: string | null }
  | { kind: "rejected" };

/** The path of an application's page, with the token that opens it. */
export function applicationPath(env: Env, program: Pick<Program, "slug">, id: string): string {
  return `/app/join/${program.slug}/application?token=${signIdToken(signingKey(env), "application", id)}`;
}

/** The path of the sign-up page with an invitation. */
export function invitationPath(env: Env, program: Pick<Program, "slug">, id: string): string {
  return `/app/join/${program.slug}?invitation=${signIdToken(signingKey(env), "invitation", id)}`;
}

function signingKey(env: Env) {
  const [key] = importTokenKeys(readSettings(env).token_keys);
  if (key === undefined) throw new Error("no token key is configured");
  return key;
}

/** Tells an applicant. Never throws: it runs after the response, which is the same for every address. */
export async function sendApplicationEmail(
  sender: Sender,
  application: Application,
  news: ApplicationNews,
): Promise<void> {
  await send(sender, application.email, (origin) => {
    const { program } = sender;
    const [name, programName] = [cut(application.name), cut(program.name)];
    const url = `${origin}${applicationPath(sender.env, program, application.id)}`;
    switch (news.kind) {
      case "confirm":
        return messages.joining.confirm({ program: programName, url, hours: CONFIRM_HOURS });
      case "received":
        return messages.joining.received({ name, program: programName, url, review_days: news.review_days });
      case "approved": {
        const link = news.link === null ? null : buildLinkUrl(news.link, origin);
        const { username, coupon } = news;
        return messages.joining.approved({
          name,
          username,
          program: programName,
          link,
          coupon,
          portal: `${origin}/app`,
        });
      }
      case "rejected": {
        const { reason, may_reapply } = application;
        const again = `${origin}/app/join/${program.slug}`;
        return messages.joining.rejected({ name, program: programName, reason, may_reapply, url: again });
      }
    }
  });
}

/** Sends an invitation. Never throws. */
export async function sendInvitation(sender: Sender, { id, email, name }: Invitation): Promise<void> {
  const { env, program } = sender;
  await send(sender, email, (origin) =>
    messages.joining.invitation({
      name: name === null ? null : cut(name),
      program: cut(program.name),
      url: `${origin}${invitationPath(env, program, id)}`,
      days: INVITATION_DAYS,
    }),
  );
}

async function send(
  { env, program, host }: Sender,
  to: string,
  write: (origin: string) => JoiningEmail,
): Promise<void> {
  if (!canSendMail(env)) return;
  try {
    const own = program.redirect_host === null ? null : `https://${program.redirect_host}`;
    const origin =
      readMailSettings(env).portal_origin ?? own ?? (await findRedirectOrigin(openDatabase(env.DB), null, host));
    if (origin === null) throw new Error("neither PORTAL_ORIGIN nor a program's redirect host is set");
    const { subject, paragraphs, links } = write(origin);
    const brand = await readBrand(openDatabase(env.DB), program.slug);
    await sendEmail(env, composeEmail({ to, subject, paragraphs, links, brand }));
  } catch (error) {
    // Without the message, which contains addresses.
    logError("application_email_not_sent", { program: program.slug, code: codeOf(error) });
  }
}

/** One line of at most a hundred characters. */
function cut(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= NAME_MAX_CHARACTERS ? line : `${line.slice(0, NAME_MAX_CHARACTERS - 1)}…`;
}
