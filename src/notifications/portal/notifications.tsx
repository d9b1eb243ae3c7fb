/** What an affiliate is told by e-mail, and the pages on which that ends. */

import { Message } from "../../portal/layout/message.tsx";
import { type Choices, LETTER_HOUR } from "../choices.ts";

/** What there is to show. */
export interface NotificationState {
  /** Whether the portal can send letters at all. */
  can_send: boolean;
  /** Where to; null where no address is known. */
  email: string | null;
  choices: Choices;
  /** Of the reader: a day's letter comes by its clocks once the form is sent. */
  zone: string;
}

/** Part of the account's page. */
export function Notifications({ state }: { state: NotificationState }) {
  return (
    <section class="card" aria-labelledby="notifications">
      <h2 id="notifications">Notifications</h2>
      <Body state={state} />
    </section>
  );
}

function Body({ state: { can_send, email, choices, zone } }: { state: NotificationState }) {
  if (!can_send) {
    return <p class="empty">You are told nothing by e-mail: this portal is not set up to send letters.</p>;
  }
  if (email === null) {
    return <p class="empty">You are told nothing by e-mail: the merchant knows no address of yours.</p>;
  }
  const morning = `${String(LETTER_HOUR).padStart(2, "0")}:00`;
  const sales = [
    ["each", "As they come, hourly at most"],
    ["daily", `Once a day, at ${morning} (${choices.sales === "daily" ? (choices.zone ?? "UTC") : zone})`],
    ["never", "Never"],
  ] as const;
  const payouts = [
    ["yes", "Yes"],
    ["no", "No"],
  ] as const;
  return (
    <>
      <p class="muted">
        Letters go to <strong>{email}</strong>, the address that the merchant knows you by.
      </p>
      <form method="post" action="/app/account/notifications" class="fields">
        <Choice name="sales" label="New sales of yours" options={sales} value={choices.sales} />
        <Choice
          name="payouts"
          label="Payments to you, and those that fail"
          options={payouts}
          value={choices.payouts ? "yes" : "no"}
        />
        <div>
          <button type="submit" class="primary">
            Save notifications
          </button>
        </div>
      </form>
    </>
  );
}

interface ChoiceProps {
  name: string;
  label: string;
  options: readonly (readonly [value: string, text: string])[];
  value: string;
}

function Choice({ name, label, options, value }: ChoiceProps) {
  return (
    <div class="field">
      <label for={`notify-${name}`}>{label}</label>
      <select id={`notify-${name}`} name={name}>
        {options.map(([option, text]) => (
          <option value={option} selected={option === value}>
            {text}
          </option>
        ))}
      </select>
    </div>
  );
}

/** 422: a form that the page does not have. */
export function NotChosenPage({ fault }: { fault: string }) {
  return (
    <Message title="Your choice was not saved">
      <p>{fault}</p>
      <p>
        <a href="/app/account">Back to your account</a>
      </p>
    </Message>
  );
}

/** What a letter's link opens: looking at it changes nothing. */
export function EndPage({ token }: { token: string }) {
  return (
    <Message title="No more letters about sales and payments?">
      <p>
        Your sales and payments stay in your <a href="/app">portal</a>. There you can also choose to be told less often.
      </p>
      <form method="post" action={`/app/unsubscribe?${new URLSearchParams({ token })}`}>
        <button type="submit" class="primary">
          Send me no more of them
        </button>
      </form>
    </Message>
  );
}

/** After the button. */
export function EndedPage() {
  return (
    <Message title="You are sent no more letters">
      <p>
        Neither about sales nor about payments. Should you want them again: <a href="/app/account">your account</a> has
        the choice.
      </p>
    </Message>
  );
}

/** 403: no token, or none that was signed here. */
export function NoSuchLetterPage() {
  return (
    <Message title="This link is not from one of our letters">
      <p>
        Nothing was changed. Was it cut off at the end of a line? <a href="/app/account">Your account</a> lets you
        choose what you are told.
      </p>
    </Message>
  );
}
