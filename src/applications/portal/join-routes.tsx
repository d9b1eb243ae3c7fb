/** `/app/join/:program`: the public sign-up page, and an application's page. */
import { and, eq, isNull } from "drizzle-orm";
import type { Hono } from "hono";
import { safeParse } from "valibot";
import { affiliates, enrollments } from "../../affiliates/tables.ts";
import { findReservedWord, newUsername } from "../../affiliates/username.ts";
import { type Database, openDatabase } from "../../db/database.ts";
import { readSettings } from "../../env.ts";
import { networkKeyOf } from "../../lib/network.ts";
import { fetchImage } from "../../lib/platform/fetch-image.ts";
import { isWithinLimit } from "../../lib/platform/rate-limit.ts";
import { importTokenKeys } from "../../lib/signed-text.ts";
import { listCountries } from "../../payouts/portal/countries.ts";
import { NotFoundPage } from "../../portal/layout/message.tsx";
import { type Portal, type PortalContext, show } from "../../portal/layout/page.tsx";
import { readFormEntries } from "../../portal/layout/read-form-handler.ts";
import { recordBrowser } from "../../portal/layout/sign-in/browser-identifier-store.ts";
import { TooManyRequestsPage } from "../../portal/layout/sign-in/pages.tsx";
import { readSessionCookie, setSessionCookies } from "../../portal/layout/sign-in/session-store.ts";
import { canSendEmail } from "../../portal/layout/sign-in/sign-in-email-store.ts";
import { findSession, newSignInLink, startSession } from "../../portal/layout/sign-in/sign-in-store.ts";
import { loadGroupNames } from "../../programs/group-queries.ts";
import { programs } from "../../programs/tables.ts";
import { loadTerms } from "../../programs/terms-queries.ts";
import type { LinkForgetter } from "../../redirect/link-resolver.ts";
import type { ApplicationForm } from "../application-form.ts";
import {
  type Application,
  findApplication,
  findRefusal,
  isConfirmable,
  isUsernameTaken,
  newApplication,
  storeApplication,
} from "../application-store.ts";
import { readIdToken } from "../application-token.ts";
import { findAccount, type Program } from "../approve-store.ts";
import { loadForm } from "../form-store.ts";
import { findInvitation, type Invitation, isInvitationOpen } from "../invitation-store.ts";
import { type EnteredApplication, type EnteredValues, readApplication } from "../read-application.ts";
import { applicationPath, sendApplicationEmail } from "./email-store.ts";
import { CheckEmailPage, ClosedPage, hasTerms, JoinPage } from "./join-page.tsx";
import { settleApplication } from "./settle-store.ts";
import { ApplicationGonePage, RefusedPage, StatePage } from "./state-page.tsx";

/** What the sign-up page depends on. */
interface Joining {
  db: Database;
  program: Program;
  form: ApplicationForm;
  account: Awaited<ReturnType<typeof readAccount>>;
  invitation: Invitation | null;
  /** Whether a token came that doesn't work. */
  has_dead_invitation: boolean;
  sponsor: Awaited<ReturnType<typeof findSponsor>>;
}

export function addJoinRoutes(app: Hono<Portal>, links: LinkForgetter): void {
  app.get("/join/:program", async (c) => {
    const { invitation, by, done } = c.req.query();
    const joining = await readJoining(c, { invitation, by });
    if (joining === null) return show(c, 404, "Not found", <NotFoundPage />);
    if (done === "sent") return show(c, 200, "Check your email", <CheckEmailPage program={joining.program} />);
    return (await showClosed(c, joining)) ?? showForm(c, joining, { values: {}, faults: {} });
  });

  // As on the portal's pages: no other site is contacted.
  app.get("/join/:program/logo", async (c) => {
    const program = await findProgram(openDatabase(c.env.DB), c.req.param("program"));
    const logo = program?.logo_url ? await fetchImage(program.logo_url) : null;
    return logo ?? show(c, 404, "Not found", <NotFoundPage />);
  });

  app.get("/join/:program/username", async (c) => {
    const network = networkKeyOf(c.req.header("CF-Connecting-IP") ?? "");
    if (!(await isWithinLimit(c.env.REFUSAL_LIMIT, `username:${network}`))) return c.json({ fault: null }, 429);
    return c.json({
      fault: await findUsernameFault(openDatabase(c.env.DB), c.req.query("username") ?? "", null, c.var.now),
    });
  });

  app.post("/join/:program", async (c) => {
    const values = groupValues(await readFormEntries(c));
    const joining = await readJoining(c, { invitation: values.invitation?.[0], by: values.by?.[0] });
    if (joining === null) return show(c, 404, "Not found", <NotFoundPage />);
    const closed = await showClosed(c, joining);
    if (closed !== null) return closed;
    const network = networkKeyOf(c.req.header("CF-Connecting-IP") ?? "");
    if (!(await isWithinLimit(c.env.SIGN_IN_LIMIT, `join:${network}`))) {
      return show(c, 429, "Too many requests", <TooManyRequestsPage />);
    }
    const sent = c.redirect(`/app/join/${joining.program.slug}?done=sent`, 303);
    // People don't see this field.
    if ((values.website?.[0] ?? "") !== "") return sent;
    const { db, program, form, account } = joining;
    const known_countries = new Set(listCountries().map(([code]) => code));
    const has_terms = hasTerms(program, form);
    const { entered, faults } = readApplication(values, { form, has_terms, account, known_countries });
    const username = values.username?.[0] ?? "";
    if (account === null && faults.username === undefined) {
      const fault = await findUsernameFault(db, username, values.email?.[0]?.trim().toLowerCase() ?? null, c.var.now);
      if (fault !== null) return showForm(c, joining, { values, faults: { ...faults, username: fault } });
    }
    if (entered === null) return showForm(c, joining, { values, faults });
    return (await submit(c, links, joining, entered)) ?? sent;
  });

  app.get("/join/:program/application", async (c) => {
    const { token = "" } = c.req.query();
    const found = await readApplicationOf(c, token);
    return found === null ? show(c, 404, "Not found", <NotFoundPage />) : showState(c, found, token);
  });

  // Mail scanners open links, so only the button on the page confirms the address.
  app.post("/join/:program/application", async (c) => {
    const entries = await readFormEntries(c);
    const token = entries.find(([name]) => name === "token")?.[1] ?? "";
    const found = await readApplicationOf(c, token);
    if (found === null) return show(c, 404, "Not found", <NotFoundPage />);
    const { program, application } = found;
    if (application === null || !isConfirmable(application, c.var.now)) return showState(c, found, token);
    return settle(c, links, program, application);
  });
}

/** The program of the path, and an application of it; the application is null if it doesn't exist anymore. */
async function readApplicationOf(c: PortalContext, token: string) {
  const db = openDatabase(c.env.DB);
  const program = await findProgram(db, c.req.param("program") ?? "");
  if (program === null) return null;
  const id = readIdToken(importTokenKeys(readSettings(c.env).token_keys), "application", token);
  const application = id === null ? null : await findApplication(db, id);
  return { program, application: application?.program_id === program.id ? application : null };
}

async function showState(
  c: PortalContext,
  found: { program: Program; application: Application | null },
  token: string,
) {
  const { program, application } = found;
  if (application === null) return show(c, 410, "Link expired", <ApplicationGonePage program={program} />);
  const { review_days } = await loadForm(openDatabase(c.env.DB), program.id);
  const is_confirmable = isConfirmable(application, c.var.now);
  const page = <StatePage {...{ program, application, token, review_days, is_confirmable }} />;
  return show(c, 200, `Application to ${program.name}`, page);
}

/** Stores an application. Answers at once where the person is proven; null where the address must be confirmed by email first. */
async function submit(c: PortalContext, links: LinkForgetter, joining: Joining, entered: EnteredApplication) {
  const { db, program, account, invitation, sponsor } = joining;
  const application = newApplication(
    {
      ...entered,
      program_id: program.id,
      affiliate_id: account?.id ?? null,
      terms_version: hasTerms(program, joining.form) ? (program.terms_version ?? program.terms_url) : null,
      sponsor_id: sponsor?.id ?? null,
      shares_email: sponsor !== null && entered.shares_email,
      invitation_id: invitation?.id ?? null,
      group_slug: invitation?.group_slug ?? "default",
    },
    c.var.now,
  );
  const isStored = await storeApplication(db, application);
  if (!isStored) return null;
  // An invitation is the merchant's word for its address, but nobody joins for an account that exists without signing in to it.
  const isVouched = invitation !== null && invitation.email === entered.email;
  const isProven = account !== null || (isVouched && (await findAccount(db, entered.email)) === null);
  if (isProven) return settle(c, links, program, application);
  const sender = { env: c.env, program, host: new URL(c.req.url).host };
  c.executionCtx.waitUntil(sendApplicationEmail(sender, application, { kind: "confirm" }));
  return null;
}

async function settle(c: PortalContext, links: LinkForgetter, program: Program, application: Application) {
  const { now } = c.var;
  const db = openDatabase(c.env.DB);
  const later = (work: Promise<unknown>) => c.executionCtx.waitUntil(work);
  const given = { db, env: c.env, program, host: new URL(c.req.url).host, links, now, later };
  const settled = await settleApplication(given, application);
  if (settled.status === "refused") {
    return show(c, 409, "Application", <RefusedPage program={program} refusal={settled.refusal} />);
  }
  // The person who confirmed the address of a new account is its affiliate.
  if (settled.status === "approved" && settled.is_new_account) await signIn(c, db, settled.approval.username);
  return c.redirect(applicationPath(c.env, program, application.id), 303);
}

async function signIn(c: PortalContext, db: Database, username: string): Promise<void> {
  const account = await db
    .select({ id: affiliates.id })
    .from(affiliates)
    .where(eq(affiliates.username, username))
    .get();
  const [key] = importTokenKeys(readSettings(c.env).token_keys);
  if (account === undefined || key === undefined) return;
  const { token, statement } = await newSignInLink(db, account.id, c.var.now);
  await statement;
  const session = await startSession(db, token, c.var.now);
  if (session === null) return;
  setSessionCookies(c, session, key, c.var.now);
  await recordBrowser(c, account.id, c.var.now);
}

async function readJoining(
  c: PortalContext,
  given: { invitation: string | undefined; by: string | undefined },
): Promise<Joining | null> {
  const db = openDatabase(c.env.DB);
  const program = await findProgram(db, c.req.param("program") ?? "");
  if (program === null) return null;
  if (program.color !== null) c.set("brand_color", program.color);
  const keys = importTokenKeys(readSettings(c.env).token_keys);
  const id = given.invitation === undefined ? null : readIdToken(keys, "invitation", given.invitation);
  const [form, account, found, sponsor] = await Promise.all([
    loadForm(db, program.id),
    readAccount(c, db),
    id === null ? null : findInvitation(db, program.id, id),
    given.by === undefined ? null : findSponsor(db, program.id, given.by),
  ]);
  const invitation = found !== null && isInvitationOpen(found, c.var.now) ? found : null;
  const has_dead_invitation = given.invitation !== undefined && invitation === null;
  const isOwn = sponsor !== null && sponsor.id === account?.id;
  return { db, program, form, account, invitation, has_dead_invitation, sponsor: isOwn ? null : sponsor };
}

async function findProgram(db: Database, slug: string): Promise<Program | null> {
  return (await db.select().from(programs).where(eq(programs.slug, slug)).get()) ?? null;
}

/** The signed-in affiliate with its email address; null without a session. */
async function readAccount(c: PortalContext, db: Database) {
  const token = readSessionCookie(c);
  const session = token === null ? null : await findSession(db, token, c.var.now);
  if (session === null) return null;
  const { id, username, name, email } = affiliates;
  return (await db.select({ id, username, name, email }).from(affiliates).where(eq(id, session.id)).get()) ?? null;
}

/** An affiliate that may refer others: approved in the program. */
async function findSponsor(db: Database, programId: number, name: string) {
  const { id, username, name: shown } = affiliates;
  const row = await db
    .select({ id, username, name: shown })
    .from(affiliates)
    .innerJoin(enrollments, and(eq(enrollments.affiliate_id, id), eq(enrollments.program_id, programId)))
    .where(and(eq(username, name.toLowerCase()), eq(enrollments.status, "approved"), isNull(affiliates.erased_at)))
    .get();
  return row ?? null;
}

/** The page that says why nobody can apply here now; null if they can. */
async function showClosed(c: PortalContext, joining: Joining): Promise<Response | null> {
  const { db, program, form, account, invitation, has_dead_invitation } = joining;
  const closed = (status: 403 | 410, text: string) =>
    show(
      c,
      status,
      program.name,
      <ClosedPage program={program}>
        <p>{text}</p>
      </ClosedPage>,
    );
  const refusal =
    account === null ? null : await findRefusal(db, program.id, { email: account.email, affiliate_id: account.id });
  if (refusal !== null) return show(c, 409, program.name, <RefusedPage program={program} refusal={refusal} />);
  if (has_dead_invitation) {
    return closed(
      410,
      "This invitation no longer works: it was used or revoked, or has expired. Ask the merchant for another one.",
    );
  }
  if (form.mode === "invitation" && invitation === null) {
    return closed(403, "This program can be joined by invitation only. Ask the merchant for an invitation.");
  }
  if (account === null && invitation === null && !(await canSendEmail(c.env))) {
    return closed(403, "Applications aren’t open yet. Ask the merchant for an invitation.");
  }
  return null;
}

async function showForm(
  c: PortalContext,
  joining: Joining,
  { values, faults }: { values: EnteredValues; faults: Record<string, string> },
): Promise<Response> {
  const { db, program, form, account, invitation, sponsor } = joining;
  const [{ terms }, groups] = await Promise.all([loadTerms(db, program.id, c.var.now), loadGroupNames(db, program.id)]);
  const invited: EnteredValues =
    invitation === null
      ? {}
      : { email: [invitation.email], ...(invitation.name !== null && { name: [invitation.name] }) };
  const token = invitation === null ? null : (c.req.query("invitation") ?? values.invitation?.[0] ?? null);
  const page = (
    <JoinPage
      {...{ program, form, terms, groups, faults, account, sponsor }}
      countries={form.questions.some(({ type }) => type === "country") ? listCountries() : []}
      country={c.req.header("CF-IPCountry") ?? ""}
      values={{ ...invited, ...values }}
      invitation={token}
    />
  );
  return show(c, Object.keys(faults).length === 0 ? 200 : 422, `Join ${program.name}`, page);
}

/** What is wrong with a username; null if it can be had. */
async function findUsernameFault(
  db: Database,
  entered: string,
  email: string | null,
  now: number,
): Promise<string | null> {
  const result = safeParse(newUsername, entered.trim(), { abortEarly: true });
  if (!result.success) return `A username ${result.issues[0].message}.`;
  const named = await db.select({ slug: programs.slug, name: programs.name }).from(programs);
  const word = findReservedWord(result.output, named);
  if (word !== null) return `A username must not contain “${word}”.`;
  return (await isUsernameTaken(db, result.output, { email, now })) ? "This username is taken." : null;
}

function groupValues(entries: readonly [string, string][]): EnteredValues {
  const groups = Map.groupBy(entries, ([name]) => name);
  return Object.fromEntries([...groups].map(([name, own]) => [name, own.map(([, value]) => value)]));
}
