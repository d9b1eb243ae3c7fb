/** Pages that only say something, and what to do next. */
import type { Child } from "hono/jsx";

function Message({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="message">
      <h1>{title}</h1>
      {children}
    </section>
  );
}

/** 401: how to get in. */
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

/** What a chat's preview of a sign-in link gets to see. */
export function PreviewPage() {
  return (
    <Message title="Sign in to your affiliate portal">
      <p>Open this link in your browser to sign in.</p>
    </Message>
  );
}

/** 404, also for what belongs to somebody else. */
export function NotFoundPage() {
  return (
    <Message title="There is nothing here">
      <p>This page does not exist, or it belongs to another affiliate.</p>
      <p>
        <a href="/app">Back to your overview</a>
      </p>
    </Message>
  );
}

/** 403: the form was sent from another site. */
export function ForbiddenPage() {
  return (
    <Message title="This request did not come from the portal">
      <p>
        Nothing was changed. <a href="/app">Open your portal</a> and try again from there.
      </p>
    </Message>
  );
}

/** 500. */
export function FailurePage() {
  return (
    <Message title="Something failed here">
      <p>
        Your figures are safe. Please <a href="/app">try again</a> in a moment.
      </p>
    </Message>
  );
}

/** Signed in, but in no programme. */
export function NoProgramPage() {
  return (
    <Message title="You are not in a program yet">
      <p>
        Ask the merchant who invited you to add you to a program. Your links, clicks and commissions then appear here.
      </p>
    </Message>
  );
}
