/** An application's page: its state, for the applicant. */
import type { Child } from "hono/jsx";
import { days } from "../../lib/messages/en/english.ts";
import { MessagePage } from "../../portal/layout/message.tsx";
import { Time } from "../../portal/layout/time.tsx";
import type { Application } from "../application-store.ts";
import type { Program } from "../approve-store.ts";
import type { Settled } from "./settle-store.ts";

interface StateProps {
  program: Program;
  application: Application;
  token: string;
  review_days: number;
  /** Whether the link that confirms the address still works. */
  is_confirmable: boolean;
}

/** `/app/join/:program/application`. */
export function StatePage({ program, application, token, review_days, is_confirmable }: StateProps) {
  const { status, reason, may_reapply, created_at, decided_at } = application;
  const again = `/app/join/${program.slug}`;
  switch (status) {
    case "unconfirmed":
      return is_confirmable ? (
        <MessagePage title={`Apply to ${program.name}`}>
          <p>
            Confirm that <strong>{application.email}</strong> is your email address.
          </p>
          <form method="post" action={`${again}/application`}>
            <input type="hidden" name="token" value={token} />
            <button type="submit" class="primary">
              Confirm email address
            </button>
          </form>
        </MessagePage>
      ) : (
        <MessagePage title="This link has expired">
          <p>
            A link to confirm an email address works for 24 hours. <a href={again}>Apply again</a>
          </p>
        </MessagePage>
      );
    case "in_review":
      return (
        <MessagePage title="Your application is in review">
          <p>
            {program.name} received your application on <Time ms={created_at} />. It is usually decided within{" "}
            {days(review_days)}. We’ll email you at {application.email}.
          </p>
          <Steps current={2} />
        </MessagePage>
      );
    case "approved":
      return (
        <MessagePage title={`You’re an affiliate of ${program.name}`}>
          <p>Your application is approved. Your link is in your portal.</p>
          <p>
            <a class="button primary" href={`/app?program=${program.slug}`}>
              Open your portal
            </a>
          </p>
        </MessagePage>
      );
    case "rejected":
      return (
        <MessagePage title="Your application wasn’t accepted">
          {decided_at !== null && (
            <p>
              {program.name} decided on <Time ms={decided_at} />.
            </p>
          )}
          {reason !== null && <p>The reason: {reason}</p>}
          <p>{may_reapply ? <a href={again}>Apply again</a> : "You can’t apply again."}</p>
        </MessagePage>
      );
  }
}

const STEPS = ["Application sent", "Email confirmed", "In review", "Decision"];

/** Where the application is. */
function Steps({ current }: { current: number }) {
  return (
    <ol class="join-steps">
      {STEPS.map((step, place) => (
        <li aria-current={place === current ? "step" : undefined}>{step}</li>
      ))}
    </ol>
  );
}

const REFUSALS: Record<Extract<Settled, { status: "refused" }>["refusal"], { title: string; text: string }> = {
  enrolled: { title: "You’re in this program already", text: "Sign in to your portal with this email address." },
  in_review: {
    title: "Your application is in review",
    text: "You have applied with this email address already. We’ll email you.",
  },
  not_again: {
    title: "You can’t apply to this program",
    text: "The merchant doesn’t accept another application from you.",
  },
  username_taken: {
    title: "This username is taken",
    text: "Someone else took it meanwhile. Apply again with another username.",
  },
  invitation_used: {
    title: "This invitation no longer works",
    text: "It was used or revoked, or has expired. Ask the merchant for another one.",
  },
};

/** Why someone can't join. Shown to people whose address is confirmed, or who are signed in, only. */
export function RefusedPage({ program, refusal }: { program: Program; refusal: keyof typeof REFUSALS }) {
  const { title, text } = REFUSALS[refusal];
  const next: Record<typeof refusal, Child> = {
    enrolled: <a href="/app">Open your portal</a>,
    in_review: null,
    not_again: null,
    username_taken: <a href={`/app/join/${program.slug}`}>Back to the form</a>,
    invitation_used: <a href={`/app/join/${program.slug}`}>Back to the form</a>,
  };
  return (
    <MessagePage title={title}>
      <p>{text}</p>
      {next[refusal] !== null && <p>{next[refusal]}</p>}
    </MessagePage>
  );
}

/** 410: the token is forged or its application was deleted. */
export function ApplicationGonePage({ program }: { program: Program }) {
  return (
    <MessagePage title="This link no longer works">
      <p>
        The application isn’t stored anymore. <a href={`/app/join/${program.slug}`}>Apply again</a>
      </p>
    </MessagePage>
  );
}
