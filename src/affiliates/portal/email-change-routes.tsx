/** An affiliate changes its own email address: the form of the account page, and the links to both addresses. */
import { eq } from "drizzle-orm";
import type { Hono } from "hono";
import { openDatabase } from "../../db/database.ts";
import { type Env, readMailSettings, readSettings } from "../../env.ts";
import { isEmailAddress } from "../../lib/email.ts";
import { messages } from "../../lib/messages/messages.ts";
import { networkKeyOf } from "../../lib/network.ts";
import { codeOf, logError } from "../../lib/platform/log.ts";
import { isWithinLimit } from "../../lib/platform/rate-limit.ts";
import { composeEmail } from "../../mail/compose-email.ts";
import { canSendMail, sendEmail } from "../../mail/mail-store.ts";
import { auditActorOf } from "../../portal/layout/audit-actor.ts";
import { MessagePage } from "../../portal/layout/message.tsx";
import { type Portal, show, signedIn } from "../../portal/layout/page.tsx";
import { readFormFields } from "../../portal/layout/read-form-handler.ts";
import { TooManyRequestsPage } from "../../portal/layout/sign-in/pages.tsx";
import { canSendEmail, findRedirectOrigin } from "../../portal/layout/sign-in/sign-in-email-store.ts";
import { deleteSignIns } from "../../portal/layout/sign-in/sign-in-store.ts";
import { readBrandOfAffiliate } from "../../programs/brand-queries.ts";
import { confirmEmailChange, type EmailChange, findEmailChange, requestEmailChange } from "../email-change-store.ts";
import { affiliates } from "../tables.ts";

/** The section of the account page. */
export function EmailSection({ email, can_change }: { email: string; can_change: boolean }) {
  return (
    <section class="card" aria-labelledby="email-address">
      <h2 id="email-address">Email address</h2>
      <p>
        <strong>{email}</strong>
      </p>
      {can_change ? (
        <form method="post" action="/app/account/email" class="fields">
          <div class="field">
            <label for="new-email">New email address</label>
            <input id="new-email" name="email" type="email" autocomplete="email" required />
            <span class="note">You confirm it at both addresses. Your username stays.</span>
          </div>
          <div>
            <button type="submit">Change email address</button>
          </div>
        </form>
      ) : (
        <p class="muted">Ask the merchant to change it.</p>
      )}
    </section>
  );
}

/** The route of the form, for signed-in affiliates. */
export function addEmailFormRoute(app: Hono<Portal>): void {
  app.post("/account/email", async (c) => {
    const { affiliate, db } = signedIn(c);
    const email = ((await readFormFields(c)).email ?? "").trim().toLowerCase();
    if (!isEmailAddress(email) || !(await canSendEmail(c.env))) {
      const page = (
        <MessagePage title="This isn’t an email address">
          <p>
            Nothing was changed. <a href="/app/account#email-address">Back to your account</a>
          </p>
        </MessagePage>
      );
      return show(c, 422, "Account", page);
    }
    const network = networkKeyOf(c.req.header("CF-Connecting-IP") ?? "");
    if (!(await isWithinLimit(c.env.SIGN_IN_LIMIT, `email:${network}`))) {
      return show(c, 429, "Too many requests", <TooManyRequestsPage />);
    }
    const account = await db
      .select({ email: affiliates.email })
      .from(affiliates)
      .where(eq(affiliates.id, affiliate.id))
      .get();
    if (account !== undefined && account.email !== email) {
      const tokens = await requestEmailChange(db, { affiliate_id: affiliate.id, email }, c.var.now);
      const addresses = { old: account.email, new: email };
      c.executionCtx.waitUntil(
        sendLinks(c.env, { affiliate_id: affiliate.id, host: new URL(c.req.url).host }, addresses, tokens),
      );
    }
    return c.redirect("/app/account?done=email", 303);
  });
}

/** The routes of the links. They need no session: the link may be opened on another device. */
export function addEmailChangeRoutes(app: Hono<Portal>): void {
  app.get("/email-change", async (c) => {
    const { token = "" } = c.req.query();
    const found = await findEmailChange(openDatabase(c.env.DB), token, c.var.now);
    return found === null
      ? show(c, 410, "Link expired", <ExpiredPage />)
      : show(c, 200, "Email address", <ConfirmPage token={token} change={found} />);
  });

  // Mail scanners open links, so only the button on the page confirms.
  app.post("/email-change", async (c) => {
    const { token = "" } = await readFormFields(c);
    const db = openDatabase(c.env.DB);
    const found = await findEmailChange(db, token, c.var.now);
    if (found === null) return show(c, 410, "Link expired", <ExpiredPage />);
    const { vault_key } = readSettings(c.env);
    const ends = deleteSignIns(db, found.affiliate_id);
    const given = { vault_key, by: auditActorOf(found), ends };
    const result = await confirmEmailChange(db, given, found, c.var.now);
    return show(c, result === "taken" ? 409 : 200, "Email address", <ResultPage result={result} change={found} />);
  });
}

function ConfirmPage({ token, change: { username, old_email, email } }: { token: string; change: EmailChange }) {
  return (
    <MessagePage title="Change your email address">
      <p>
        The email address of {username} changes from <strong>{old_email}</strong> to <strong>{email}</strong>, once it
        is confirmed at both.
      </p>
      <form method="post" action="/app/email-change">
        <input type="hidden" name="token" value={token} />
        <button type="submit" class="primary">
          Confirm
        </button>
      </form>
    </MessagePage>
  );
}

function ResultPage({ result, change }: { result: "waiting" | "changed" | "taken"; change: EmailChange }) {
  if (result === "changed") {
    return (
      <MessagePage title="Your email address is changed">
        <p>
          It is {change.email} from now on. All browsers are signed out. <a href="/app/sign-in">Sign in</a>
        </p>
      </MessagePage>
    );
  }
  if (result === "taken") {
    return (
      <MessagePage title="This address belongs to another account">
        <p>Nothing was changed. Ask the merchant for help, or use another address.</p>
      </MessagePage>
    );
  }
  return (
    <MessagePage title="Confirmed at this address">
      <p>
        Now open the link that we sent to {change.side === "new" ? change.old_email : change.email}. It works for a day.
      </p>
    </MessagePage>
  );
}

function ExpiredPage() {
  return (
    <MessagePage title="This link no longer works">
      <p>
        A link to change an email address works for a day.{" "}
        <a href="/app/account#email-address">Ask for the change again</a>
      </p>
    </MessagePage>
  );
}

/** Never throws: it runs after the response. */
async function sendLinks(
  env: Env,
  { affiliate_id, host }: { affiliate_id: number; host: string },
  addresses: Record<"old" | "new", string>,
  tokens: Record<"old" | "new", string>,
): Promise<void> {
  if (!canSendMail(env)) return;
  try {
    const origin =
      readMailSettings(env).portal_origin ?? (await findRedirectOrigin(openDatabase(env.DB), affiliate_id, host));
    if (origin === null) throw new Error("neither PORTAL_ORIGIN nor a program's redirect host is set");
    for (const side of ["old", "new"] as const) {
      const url = `${origin}/app/email-change?token=${tokens[side]}`;
      const content = messages.joining.email_change({
        url,
        host: new URL(origin).host,
        to: addresses.new,
      });
      const brand = await readBrandOfAffiliate(openDatabase(env.DB), affiliate_id);
      await sendEmail(env, composeEmail({ ...content, to: addresses[side], brand }));
    }
  } catch (error) {
    // Without the message, which contains addresses.
    logError("email_change_not_sent", { affiliate_id, code: codeOf(error) });
  }
}
