/** The pages on the way in. */
import { Message } from "./message.tsx";

/** 401, and the way in for whoever has no link yet. */
export function SignInPage() {
  return (
    <Message title="Sign in to your affiliate portal">
      <p>
        There is no password to remember. Ask the merchant whose program you are in for a <strong>sign-in link</strong>,
        and open it in this browser.
      </p>
      <p class="muted">A link works once and for 24 hours. You then stay signed in here for 30 days.</p>
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
export function LinkOverPage() {
  return (
    <Message title="This sign-in link no longer works">
      <p>
        A sign-in link works once, and only for 24 hours. Please ask the merchant for a <strong>new link</strong>.
      </p>
      <p>
        Did you sign in with it in this browser already? Then <a href="/app">open your portal</a>.
      </p>
    </Message>
  );
}
