/** The pages on the way in. */
import { Message } from "../message.tsx";

/** An address that was sent and is none. */
export interface MailAttempt {
  email: string;
  fault: string;
}

/** 401, and the way in for whoever has no link yet: by e-mail where the portal can send one, else from the merchant. */
export function SignInPage({ byMail, attempt }: { byMail: boolean; attempt: MailAttempt | null }) {
  return (
    <Message title="Sign in to your affiliate portal">
      {byMail ? (
        <>
          <p>
            There is no password to remember. Give the e-mail address that the merchant knows you by, and you are sent a{" "}
            <strong>sign-in link</strong>.
          </p>
          <MailForm attempt={attempt} />
        </>
      ) : (
        <p>
          There is no password to remember. Ask the merchant whose program you are in for a{" "}
          <strong>sign-in link</strong>, and open it in this browser.
        </p>
      )}
      <p class="muted">
        A link works once and for {byMail ? "an hour" : "24 hours"}. You then stay signed in for 30 days.
      </p>
    </Message>
  );
}

function MailForm({ attempt }: { attempt: MailAttempt | null }) {
  return (
    <form method="post" action="/app/sign-in">
      <div class="field">
        <label for="email">E-mail address</label>
        <input
          id="email"
          name="email"
          type="email"
          autocomplete="email"
          required
          value={attempt?.email ?? ""}
          aria-invalid={attempt !== null}
          aria-describedby="email-note"
        />
        <span class={attempt === null ? "note" : "fault"} id="email-note">
          {attempt === null ? "" : `It ${attempt.fault}.`}
        </span>
      </div>
      <button type="submit" class="primary spaced">
        Send me a link
      </button>
    </form>
  );
}

/** The same for every address, known or not. */
export function LinkSentPage() {
  return (
    <Message title="Look into your mail">
      <p>
        If an affiliate has the address that you gave, a <strong>sign-in link</strong> is on its way there. It works
        once and for an hour.
      </p>
      <p>
        Nothing there in a few minutes? Look among the junk, and whether it was the address that the merchant knows you
        by; then <a href="/app/sign-in">ask again</a>. Nobody is sent more than three links an hour.
      </p>
    </Message>
  );
}

/** After signing out everywhere. */
export function SignedOutPage() {
  return (
    <Message title="You are signed out everywhere">
      <p>
        No browser is signed in to your account any more, and sign-in links that were not used yet no longer work.{" "}
        <a href="/app/sign-in">Sign in again</a>
      </p>
    </Message>
  );
}

/** 429: too many addresses from one network. */
export function TooManyPage() {
  return (
    <Message title="Too many links were asked for">
      <p>
        Please wait a minute, then <a href="/app/sign-in">try again</a>.
      </p>
    </Message>
  );
}

/**
 * What a link opens. It says whose it is: whoever was sent somebody else's link to work in their account unawares sees so
 * before it does anything. The button uses the link up; looking at the page does not.
 */
export function ConfirmPage({ token, affiliate }: { token: string; affiliate: { name: string; username: string } }) {
  return (
    <Message title="Sign in to your affiliate portal">
      <p>
        This link is for <strong>{affiliate.name}</strong> ({affiliate.username}). You stay signed in here for 30 days.
      </p>
      <form method="post" action="/app/sign-in">
        <input type="hidden" name="token" value={token} />
        <button type="submit" class="primary">
          Sign in as {affiliate.username}
        </button>
      </form>
    </Message>
  );
}

/** 410: the token is used, unknown or too old. */
export function LinkOverPage({ byMail }: { byMail: boolean }) {
  return (
    <Message title="This sign-in link no longer works">
      {byMail ? (
        <p>
          A sign-in link works once, and not for long: an hour when you have asked for it here, 24 hours when it is the
          merchant's. Please ask for a <a href="/app/sign-in">new link</a>.
        </p>
      ) : (
        <p>
          A sign-in link works once, and only for 24 hours. Please ask the merchant for a <strong>new link</strong>.
        </p>
      )}
      <p>
        Did you sign in with it in this browser already? Then <a href="/app">open your portal</a>.
      </p>
    </Message>
  );
}
