/** Pages with a short message and a next step. */
import { MessagePage } from "../../portal/layout/message.tsx";

/** 404. */
export function NotFoundPage() {
  return (
    <MessagePage title="Page not found">
      <p>
        This page doesn’t exist. <a href="/admin">Go to the console</a>
      </p>
    </MessagePage>
  );
}

/** 403: the user's role or programs don't allow it. `detail` says what does. */
export function NotPermittedPage({ detail }: { detail: string }) {
  return (
    <MessagePage title="You can’t do this">
      <p>{detail}</p>
      <p>
        Nothing was changed. Ask an owner of your team, or <a href="/admin">go to the console</a>.
      </p>
    </MessagePage>
  );
}

/** A refusal of the API that concerns the whole page. `detail` says what is wrong. */
export function RefusedPage({ detail }: { detail: string }) {
  return (
    <MessagePage title="This didn’t work">
      <p>{detail}</p>
      <p>
        Nothing was changed. Go back, or <a href="/admin">go to the console</a>.
      </p>
    </MessagePage>
  );
}

/** 503: something could not be reached. A form that is submitted again changes nothing twice. */
export function UnavailablePage({ detail }: { detail: string }) {
  return (
    <MessagePage title="Not available right now">
      <p>{detail}</p>
      <p>
        Reload this page to try again, or <a href="/admin">go to the console</a>.
      </p>
    </MessagePage>
  );
}

/** 503: the database lacks a migration of this release. */
export function BeingUpdatedPage() {
  return (
    <MessagePage title="The database isn’t up to date">
      <p>
        Links work and sales are recorded. <a href="/healthz">/healthz</a> says which migrations are missing: run{" "}
        <code>npm run deploy</code>, then <a href="/admin">try again</a>.
      </p>
    </MessagePage>
  );
}

/** 403: the form was submitted from another site. */
export function ForbiddenPage() {
  return (
    <MessagePage title="Request refused">
      <p>
        This request came from another site, so nothing was changed. <a href="/admin">Open the console</a> and try again
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
        Nothing was changed. Go back and submit it again, or <a href="/admin">open the console</a>.
      </p>
    </MessagePage>
  );
}

/** 500. */
export function ErrorPage() {
  return (
    <MessagePage title="Something went wrong">
      <p>
        <a href="/admin">Try again</a> in a moment.
      </p>
    </MessagePage>
  );
}
