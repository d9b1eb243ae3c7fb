/** Email notifications: the settings on the account page, and the unsubscribe pages. */
import { MessagePage } from "../../portal/layout/message.tsx";
import { type Choices, DAILY_EMAIL_HOUR } from "../choices.ts";

/** The notification settings of an affiliate. */
export interface NotificationState {
  /** Whether the deployment can send email. */
  can_send: boolean;
  /** The affiliate's address, or null. */
  email: string | null;
  choices: Choices;
  /** The reader's time zone, which the daily digest will use once the form is saved. */
  zone: string;
}

/** The card on the account page. */
export function Notifications({ state }: { state: NotificationState }) {
  return (
    <section class="card" aria-labelledby="notifications">
      <h2 id="notifications">Email notifications</h2>
      <Settings state={state} />
    </section>
  );
}

function Settings({ state: { can_send, email, choices, zone } }: { state: NotificationState }) {
  if (!can_send) return <p class="empty">Email notifications aren’t available.</p>;
  if (email === null) {
    return <p class="empty">The merchant has no email address for you. Ask them to add one to get notifications.</p>;
  }
  const hour = `${String(DAILY_EMAIL_HOUR).padStart(2, "0")}:00`;
  const sales = [
    ["each", "As they happen, at most hourly"],
    ["daily", `Daily digest at ${hour} (${choices.sales === "daily" ? (choices.zone ?? "UTC") : zone})`],
    ["never", "Off"],
  ] as const;
  const payouts = [
    ["yes", "On"],
    ["no", "Off"],
  ] as const;
  return (
    <>
      <p class="muted">
        Sent to <strong>{email}</strong>. To change the address, contact the merchant.
      </p>
      <form method="post" action="/app/account/notifications" class="fields">
        <SelectField name="sales" label="New sales" options={sales} value={choices.sales} />
        <SelectField
          name="payouts"
          label="Payouts and failed payouts"
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

interface SelectProps {
  name: string;
  label: string;
  options: readonly (readonly [value: string, text: string])[];
  value: string;
}

function SelectField({ name, label, options, value }: SelectProps) {
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

/** 422: values that the form doesn't offer. */
export function NotSavedPage({ error }: { error: string }) {
  return (
    <MessagePage title="Notifications not saved">
      <p>{error}</p>
      <p>
        <a href="/app/account">Back to your account</a>
      </p>
    </MessagePage>
  );
}

/** The page that an email's unsubscribe link opens. Opening it changes nothing. */
export function UnsubscribePage({ token }: { token: string }) {
  return (
    <MessagePage title="Unsubscribe from notifications?">
      <p>
        You won’t get emails about sales and payouts anymore. They stay visible in your <a href="/app">portal</a>. To
        get fewer emails instead, change your <a href="/app/account#notifications">notifications</a>.
      </p>
      <form method="post" action={`/app/unsubscribe?${new URLSearchParams({ token })}`}>
        <button type="submit" class="primary">
          Unsubscribe
        </button>
      </form>
    </MessagePage>
  );
}

/** After unsubscribing. */
export function UnsubscribedPage() {
  return (
    <MessagePage title="You’re unsubscribed">
      <p>
        You won’t get emails about sales and payouts anymore. To turn them on again, go to{" "}
        <a href="/app/account#notifications">your account</a>.
      </p>
    </MessagePage>
  );
}

/** 403: the token is missing or its signature is invalid. */
export function InvalidUnsubscribePage() {
  return (
    <MessagePage title="Invalid unsubscribe link">
      <p>
        Nothing was changed. The link may be incomplete. You can also turn notifications off in{" "}
        <a href="/app/account#notifications">your account</a>.
      </p>
    </MessagePage>
  );
}
