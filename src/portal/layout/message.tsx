/** Pages that only say something, and what to do next. */
import type { Child } from "hono/jsx";

/** A page that says one thing. */
export function Message({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="message">
      <h1>{title}</h1>
      {children}
    </section>
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
