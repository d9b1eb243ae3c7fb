/** The sign-in pages. */
import { MessagePage } from "../message.tsx";
import type { KeptForm } from "./return-store.ts";

/** A submitted address that isn't valid, and why. `error` completes "Email address or username …". */
export interface RejectedEmail {
  email: string;
  error: string;
}

interface SignInProps {
  /** Whether the portal can send sign-in links. If not, affiliates ask the merchant for one. */
  canSendEmail: boolean;
}

/** The page for everyone without a session. */
export function SignInPage(props: SignInProps & { rejected: RejectedEmail | null; is_form_kept?: boolean }) {
  const { canSendEmail, rejected, is_form_kept = false } = props;
  return (
    <MessagePage title="Sign in to your affiliate portal">
      {is_form_kept && (
        <p class="notice" role="status">
          Your session is over. What you entered is kept for an hour: sign in with this browser to send it.
        </p>
      )}
      {canSendEmail ? (
        <>
          <p>
            You don’t need a password. Enter your email address or username, and we’ll send you a{" "}
            <strong>sign-in link</strong>.
          </p>
          <EmailForm rejected={rejected} />
        </>
      ) : (
        <p>
          You don’t need a password. Ask the merchant for a <strong>sign-in link</strong> and open it in this browser.
        </p>
      )}
      <p class="muted">
        The link works once and expires after {canSendEmail ? "one hour" : "24 hours"}. You stay signed in for 30 days.{" "}
        <a href="/app/sign-in?help">Can’t sign in?</a>
      </p>
    </MessagePage>
  );
}

/** Sends a form that was submitted when the session was over. Its values aren't shown: they may be payment details. */
export function KeptFormPage({ form: { path, fields } }: { form: KeptForm }) {
  return (
    <MessagePage title="You’re signed in again">
      <p>Your session was over when you sent a form, so nothing has been saved yet. Your input is kept.</p>
      <form method="post" action={path}>
        {fields.map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <button type="submit" class="primary">
          Send it now
        </button>
      </form>
      <p>
        <a href={path.replace(/\?.*$/, "")}>Continue without it</a>
      </p>
    </MessagePage>
  );
}

function EmailForm({ rejected }: { rejected: RejectedEmail | null }) {
  return (
    <form method="post" action="/app/sign-in">
      <div class="field">
        <label for="email">Email address or username</label>
        <input
          id="email"
          name="email"
          type="text"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          value={rejected?.email ?? ""}
          aria-invalid={rejected !== null}
          aria-describedby="email-note"
        />
        <span class={rejected === null ? "note" : "fault"} id="email-note">
          {rejected === null
            ? "We send the link to the email address of your account."
            : `Email address or username ${rejected.error}.`}
        </span>
      </div>
      <button type="submit" class="primary spaced">
        Send sign-in link
      </button>
    </form>
  );
}

/** The same for every address, known or not. */
export function LinkSentPage() {
  return (
    <MessagePage title="Check your email">
      <p>
        If this address or username belongs to an affiliate, we’ve sent a <strong>sign-in link</strong> to the address
        of the account. The link works once and expires after one hour.
      </p>
      <p>
        No email after a few minutes? Check your spam folder and that you entered the address the merchant has for you,
        then <a href="/app/sign-in">request another link</a>. You can request up to three links an hour.
      </p>
    </MessagePage>
  );
}

/** What to do if the link doesn't arrive or work. */
export function SignInHelpPage({ canSendEmail }: SignInProps) {
  return (
    <MessagePage title="Can’t sign in?">
      <ul>
        {canSendEmail && (
          <>
            <li>Look in your spam folder. The email comes within a few minutes.</li>
            <li>Check the spelling, or enter your username: it is the one in your link.</li>
            <li>You can request up to three links an hour. Only the latest email counts if you open several.</li>
          </>
        )}
        <li>Open the link in the browser that you want to use, and select the button on the page.</li>
        <li>A link works once. Request a new one if you used it before.</li>
        <li>
          No longer have access to your mailbox, or never got an account? Ask the merchant for a sign-in link, or to
          change your email address.
        </li>
      </ul>
      <p>
        <a href="/app/sign-in">Back to sign in</a>
      </p>
    </MessagePage>
  );
}

/** After signing out everywhere. */
export function SignedOutPage() {
  return (
    <MessagePage title="You’re signed out everywhere">
      <p>
        All browsers are signed out, and unused sign-in links no longer work. <a href="/app/sign-in">Sign in again</a>
      </p>
    </MessagePage>
  );
}

/** 429: too many sign-in requests from one network. */
export function TooManyRequestsPage() {
  return (
    <MessagePage title="Too many requests">
      <p>
        Wait a minute, then <a href="/app/sign-in">try again</a>.
      </p>
    </MessagePage>
  );
}

/**
 * The page that a sign-in link opens. It names the account, so that nobody who was sent another affiliate's link works in
 * that account by mistake. Only the button uses the link.
 */
export function ConfirmSignInPage({
  token,
  affiliate,
}: {
  token: string;
  affiliate: { name: string; username: string };
}) {
  return (
    <MessagePage title="Sign in to your affiliate portal">
      <p>
        This link signs you in as <strong>{affiliate.name}</strong> ({affiliate.username}). You stay signed in for 30
        days.
      </p>
      <form method="post" action="/app/sign-in">
        <input type="hidden" name="token" value={token} />
        <button type="submit" class="primary">
          Sign in as {affiliate.username}
        </button>
      </form>
    </MessagePage>
  );
}

/** 410: the token is used, unknown or expired. */
export function LinkExpiredPage({ canSendEmail }: SignInProps) {
  return (
    <MessagePage title="This sign-in link no longer works">
      {canSendEmail ? (
        <p>
          Each link works once. Links you request here expire after one hour, links from the merchant after 24 hours.{" "}
          <a href="/app/sign-in">Request a new link</a>.
        </p>
      ) : (
        <p>
          Each link works once and expires after 24 hours. Ask the merchant for a <strong>new link</strong>.
        </p>
      )}
      <p>
        Already signed in with it in this browser? <a href="/app">Open your portal</a>.
      </p>
    </MessagePage>
  );
}
