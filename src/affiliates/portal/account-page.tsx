import type { Child } from "hono/jsx";
import { type NotificationState, Notifications } from "../../notifications/portal/notifications.tsx";
import type { MaskedDetails } from "../../payouts/payees/mask-details.ts";
import type { OfferedMethods } from "../../payouts/payees/offered-method-queries.ts";
import type { Payee, PayeeChange } from "../../payouts/payees/payee-store.ts";
import type { RejectedPaymentForm } from "../../payouts/portal/payment-form.ts";
import { BankForm, PaypalForm } from "../../payouts/portal/payment-forms.tsx";
import { Fact } from "../../portal/layout/fact.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import { TimeZoneForm, type TimeZoneFormProps } from "../../portal/layout/time-zone-form.tsx";
import { EmailSection } from "./email-change-routes.tsx";

const METHOD_NAMES = { paypal: "PayPal", bank: "bank transfer" } as const;
const FORM_NAMES = { w9: "W-9", w8ben: "W-8BEN", w8bene: "W-8BEN-E", other: "tax form" } as const;

interface AccountProps {
  payee: Payee;
  programs: OfferedMethods[];
  notifications: NotificationState;
  rejected: RejectedPaymentForm | null;
  /** The bank’s country that was chosen for a new payout method, or null. */
  bank_country: string | null;
  /** What was just saved, or null. */
  confirmation: string | null;
  time_zone: TimeZoneFormProps;
  email: { email: string; can_change: boolean };
}

/** `/app/account`: payout method, tax form, notifications, time zone, sessions and the data export. */
export function AccountPage(props: AccountProps) {
  const { payee, programs, notifications, rejected, bank_country, confirmation, time_zone, email } = props;
  const offered = new Set(programs.flatMap(({ payout }) => payout?.methods ?? []));
  const isOffered = (method: "paypal" | "bank") =>
    offered.size === 0 || offered.has(method) || rejected?.fields.method === method;
  return (
    <>
      <div class="page-head">
        <h1>Account</h1>
      </div>
      {confirmation !== null && (
        <p class="notice" role="status">
          {confirmation}
        </p>
      )}
      <section class="card" aria-labelledby="payout-method">
        <h2 id="payout-method">Payout method</h2>
        <CurrentDetails payee={payee} />
        <OfferedMethodsNote programs={programs} />
      </section>
      <section class="card" aria-labelledby="change">
        <h2 id="change">{payee.details === null ? "Add a payout method" : "Change payout method"}</h2>
        <p class="muted">
          Your details are stored encrypted. After you save them, you and the merchant see only part of them.
          {payee.details !== null && " Payouts that are already approved still go to your previous payout method."}
        </p>
        {isOffered("paypal") && <PaypalForm rejected={rejected} />}
        {isOffered("bank") && <BankForm rejected={rejected} country={bank_country} />}
      </section>
      <section class="card" aria-labelledby="tax">
        <h2 id="tax">Tax form</h2>
        <TaxForm payee={payee} programs={programs} />
      </section>
      {payee.changes.length > 0 && (
        <section class="card" aria-labelledby="changes">
          <h2 id="changes">Payout method history</h2>
          <p class="muted">Don’t recognize a change? Contact the merchant right away.</p>
          <History changes={payee.changes} />
        </section>
      )}
      <EmailSection {...email} />
      <Notifications state={notifications} />
      <TimeZoneForm {...time_zone} />
      <section class="card" aria-labelledby="sessions">
        <h2 id="sessions">Sessions</h2>
        <p class="muted">
          Lost a device, or signed in on someone else’s? Sign out of all browsers, including this one. Unused sign-in
          links stop working too.
        </p>
        <form method="post" action="/app/account/sign-out-everywhere" class="spaced">
          <button type="submit">Sign out everywhere</button>
        </form>
      </section>
      <section class="card" aria-labelledby="data">
        <h2 id="data">Your data</h2>
        <p class="muted">
          All data stored about you in one file: profile, payment details (partly hidden), notifications, programs,
          links, daily clicks, conversions, ledger and statements.
        </p>
        <p class="spaced">
          <a href="/app/account/data.json" download>
            Download your data (JSON)
          </a>
        </p>
      </section>
    </>
  );
}

function CurrentDetails({ payee: { details, changed_at } }: { payee: Payee }) {
  if (details === null) {
    return (
      <p class="empty">
        <strong>No payout method yet.</strong> <a href="#change">Add a payout method to get paid</a>.
      </p>
    );
  }
  return (
    <>
      <dl class="facts spaced">
        {listFacts(details).map(([label, value]) => (
          <Fact label={label}>{value}</Fact>
        ))}
        {changed_at !== null && (
          <Fact label="Last changed">
            <Time ms={changed_at} />
          </Fact>
        )}
      </dl>
      <details>
        <summary>Remove</summary>
        <form method="post" action="/app/account/erase" class="spaced">
          <p class="note">
            You can’t be paid until you add a payout method again. Past payouts stay in your statements.
          </p>
          <button type="submit" class="spaced">
            Remove payout method
          </button>
        </form>
      </details>
    </>
  );
}

function listFacts(details: MaskedDetails): [string, Child][] {
  const facts: [string, Child | null | undefined][] =
    details.method === "paypal"
      ? [
          ["Method", "PayPal"],
          ["Email address", details.email],
        ]
      : [
          ["Method", "Bank transfer"],
          ["Account holder", details.account_holder],
          ["IBAN", details.iban],
          ["Account number", details.account_number],
          ["Bank code", details.routing_number],
          ["BIC", details.bic],
          ["Bank", details.bank_name],
          ["Country", details.country],
          ["Currency", details.currency],
        ];
  return facts.filter((fact): fact is [string, Child] => fact[1] !== null && fact[1] !== undefined);
}

function OfferedMethodsNote({ programs }: { programs: OfferedMethods[] }) {
  const known = programs.flatMap(({ name, payout }) => (payout === null ? [] : [{ name, methods: payout.methods }]));
  if (known.length === 0) return null;
  return (
    <p class="note spaced">
      {known.map(
        ({ name, methods }) => `${name} pays by ${methods.map((method) => METHOD_NAMES[method]).join(" or ")}. `,
      )}
    </p>
  );
}

function TaxForm({ payee: { tax_form }, programs }: Pick<AccountProps, "payee" | "programs">) {
  if (tax_form !== null) {
    return (
      <p class="empty">
        The merchant received your {FORM_NAMES[tax_form.form]} on <DateOnly ms={tax_form.received_at} />.
      </p>
    );
  }
  const requiring = programs.filter(({ payout }) => payout?.gates.includes("tax_form")).map(({ name }) => name);
  return (
    <p class="empty">
      {requiring.length === 0
        ? "None of your programs requires a tax form."
        : `Required by ${requiring.join(" and ")} before payouts. Send your tax form to the merchant.`}
    </p>
  );
}

function History({ changes }: { changes: PayeeChange[] }) {
  return (
    <DataTable
      caption="Changes of your payout method, newest first"
      columns={[{ label: "Date", is_heading: true }, { label: "Payout method" }, { label: "Changed by" }]}
      rows={changes.map(({ changed_at, changed_by, method, masked }) => [
        <Time ms={changed_at} />,
        method === null ? "Removed" : `${masked ?? "removed later"} (${METHOD_NAMES[method]})`,
        changed_by === "affiliate" ? "You" : "The merchant",
      ])}
    />
  );
}
