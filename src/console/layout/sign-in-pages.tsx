/** The console's sign-in pages. */
import { MessagePage } from "../../portal/layout/message.tsx";

/** What was wrong: the API key, or the address as it was typed. */
export type SignInFault = "key" | { email: string };

/** The page for everyone without a session. */
export function SignInPage({ can_send_email, fault }: { can_send_email: boolean; fault: SignInFault | null }) {
  const typed = typeof fault === "object" ? fault?.email : undefined;
  return (
    <MessagePage title="Sign in to the console">
      {can_send_email ? (
        <form method="post" action="/admin/sign-in">
          <div class="field">
            <label for="email">Email</label>
            <input
              id="email"
              name="email"
              type="email"
              autocomplete="email"
              required
              value={typed}
              aria-invalid={typed !== undefined}
              aria-describedby="email-note"
            />
            <span class={typed === undefined ? "note" : "fault"} id="email-note">
              {typed === undefined ? "We send you a link that signs you in." : "Enter an email address."}
            </span>
          </div>
          <button type="submit" class="primary spaced">
            Email me a link
          </button>
        </form>
      ) : (
        <p>
          Open the <strong>sign-in link</strong> that an owner of your team created for you, or enter an API key.
        </p>
      )}
      <form method="post" action="/admin/sign-in">
        <div class="field">
          <label for="key">API key</label>
          <input
            id="key"
            name="key"
            type="password"
            autocomplete="current-password"
            required
            aria-invalid={fault === "key"}
            aria-describedby="key-note"
          />
          <span class={fault === "key" ? "fault" : "note"} id="key-note">
            {fault === "key" ? (
              "This API key isn’t valid, or was revoked."
            ) : (
              <>
                The first one is the <code>ADMIN_TOKEN</code> of your deployment. You stay signed in for 12 hours.
              </>
            )}
          </span>
        </div>
        <button type="submit" class={can_send_email ? "spaced" : "primary spaced"}>
          Sign in
        </button>
      </form>
    </MessagePage>
  );
}

/** After a link was requested: the same for every address. */
export function LinkSentPage() {
  return (
    <MessagePage title="Check your email">
      <p>
        If this address belongs to a user, we have sent a link to it. It works once and expires in an hour. Look in your
        spam folder too, or <a href="/admin/sign-in">try again</a>.
      </p>
    </MessagePage>
  );
}

/** 429: too many sign-ins from one network. */
export function TooManyRequestsPage() {
  return (
    <MessagePage title="Too many requests">
      <p>
        Wait a minute, then <a href="/admin/sign-in">try again</a>.
      </p>
    </MessagePage>
  );
}

/** The page that a sign-in link opens. It names the user. Only the button uses the link. */
export function ConfirmSignInPage({ token, user }: { token: string; user: { name: string; email: string } }) {
  return (
    <MessagePage title="Sign in to the console">
      <p>
        This link signs you in as <strong>{user.name}</strong> ({user.email}). You stay signed in for 14 days.
      </p>
      <form method="post" action="/admin/sign-in">
        <input type="hidden" name="token" value={token} />
        <button type="submit" class="primary">
          Sign in as {user.name}
        </button>
      </form>
    </MessagePage>
  );
}

/** 410: the token is used, unknown or expired. */
export function LinkExpiredPage() {
  return (
    <MessagePage title="This sign-in link no longer works">
      <p>
        Each link works once and expires after 24 hours. Ask an owner of your team for a <strong>new link</strong>.
      </p>
      <p>
        Already signed in with it in this browser? <a href="/admin">Open the console</a>.
      </p>
    </MessagePage>
  );
}
