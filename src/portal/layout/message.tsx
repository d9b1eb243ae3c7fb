/** Pages with a short message and a next step. */
import type { Child } from "hono/jsx";

/** A page with a title and a short text. */
export function MessagePage({ title, children }: { title: string; children?: Child }) {
  return (
    <section class="message">
      <h1>{title}</h1>
      {children}
    </section>
  );
}

/** 410: a link of the console to a view was used, or has expired. */
export function ViewExpiredPage() {
  return (
    <MessagePage title="This view has ended">
      <p>
        A view lasts 30 minutes, and its link works once. Start another one from the affiliate’s page in the{" "}
        <a href="/admin">console</a>.
      </p>
    </MessagePage>
  );
}

/** 403: a user of the merchant looks at the portal, and submitted a form. */
export function ReadOnlyPage() {
  return (
    <MessagePage title="This view is read only">
      <p>
        Nothing was changed. Only the affiliate can change something here. <a href="/app">Back to the overview</a>
      </p>
    </MessagePage>
  );
}

/** 404, also for what belongs to another affiliate. */
export function NotFoundPage() {
  return (
    <MessagePage title="Page not found">
      <p>This page doesn’t exist, or it belongs to another affiliate.</p>
      <p>
        <a href="/app">Go to your overview</a>
      </p>
    </MessagePage>
  );
}

/** 403: the form was submitted from another site. */
export function ForbiddenPage() {
  return (
    <MessagePage title="Request refused">
      <p>
        This request came from another site, so nothing was changed. <a href="/app">Open your portal</a> and try again
        there.
      </p>
    </MessagePage>
  );
}

/** 400: the body of a form is malformed or was cut off. */
export function UnreadableFormPage() {
  return (
    <MessagePage title="Your form didn’t arrive completely">
      <p>
        Nothing was changed. Go back and submit it again, or <a href="/app">open your portal</a>.
      </p>
    </MessagePage>
  );
}

/** 500. */
export function ErrorPage() {
  return (
    <MessagePage title="Something went wrong">
      <p>
        Your data is safe. <a href="/app">Try again</a> in a moment.
      </p>
    </MessagePage>
  );
}

/** 503: the database lacks a migration of this release. */
export function BeingUpdatedPage() {
  return (
    <MessagePage title="The portal is being updated">
      <p>
        Your links work and your sales are recorded. <a href="/app">Try again</a> in a few minutes.
      </p>
    </MessagePage>
  );
}

/** For an affiliate that isn't enrolled in any program. */
export function NoProgramPage() {
  return (
    <MessagePage title="You aren’t in a program yet">
      <p>
        Ask the merchant who invited you to add you to a program. Your links, clicks and commissions will appear here.
      </p>
    </MessagePage>
  );
}
