import type { Child } from "hono/jsx";
import { type NotificationState, Notifications } from "../../notifications/portal/notifications.tsx";
import type { MaskedDetails } from "../../payouts/payees/mask-details.ts";
import type { OfferedMethods } from "../../payouts/payees/offered-method-queries.ts";
import type { Payee, PayeeChange } from "../../payouts/payees/payee-store.ts";
import type { Attempt } from "../../payouts/portal/payment-form.ts";
import { BankForm, PaypalForm } from "../../payouts/portal/payment-forms.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import { DateOnly, Time } from "../../portal/layout/time.tsx";
import { ZoneForm, type ZoneProps } from "../../portal/layout/zone-form.tsx";

const METHOD_NAMES = { paypal: "PayPal", bank: "bank transfer" } as const;
const FORM_NAMES = { w9: "W-9", w8ben: "W-8BEN", w8bene: "W-8BEN-E", other: "tax form" } as const;

interface AccountProps {
  payee: Payee;
  programs: OfferedMethods[];
  notifications: NotificationState;
  attempt: Attempt | null;
  done: string | null;
  zone: ZoneProps;
}

/** `/app/account`: how one is paid, and what for that is still missing. */
export function AccountPage({ payee, programs, notifications, attempt, done, zone }: AccountProps) {
  const offered = new Set(programs.flatMap(({ payout }) => payout?.methods ?? []));
  const isOffered = (method: "paypal" | "bank") =>
    offered.size === 0 || offered.has(method) || attempt?.fields.method === method;
  return (
    <>
      <div class="page-head">
        <h1>Your account</h1>
      </div>
      {done !== null && (
        <p class="notice" role="status">
          {done}
        </p>
      )}
      <section class="card" aria-labelledby="paid">
        <h2 id="paid">How you are paid</h2>
        <Current payee={payee} />
        <Offered programs={programs} />
      </section>
      <section class="card" aria-labelledby="change">
        <h2 id="change">{payee.details === null ? "Tell how you want to be paid" : "Change it"}</h2>
        <p class="muted">
          What you enter is stored encrypted, and shown with most of it hidden from then on, to you and to the merchant.
          Payments that are approved already still go where they were approved to go.
        </p>
        {isOffered("paypal") && <PaypalForm attempt={attempt} />}
        {isOffered("bank") && <BankForm attempt={attempt} />}
      </section>
      <section class="card" aria-labelledby="tax">
        <h2 id="tax">Tax form</h2>
        <TaxForm payee={payee} programs={programs} />
      </section>
      {payee.changes.length > 0 && (
        <section class="card" aria-labelledby="changes">
          <h2 id="changes">Changes of your payment details</h2>
          <p class="muted">Is there one that you have not made? Then tell the merchant at once.</p>
          <Changes changes={payee.changes} />
        </section>
      )}
      <Notifications state={notifications} />
      <ZoneForm {...zone} />
      <section class="card" aria-labelledby="browsers">
        <h2 id="browsers">Where you are signed in</h2>
        <p class="muted">
          Did you lose a device, or sign in on one that is not yours? Every browser is signed out, this one too, and
          sign-in links that were not used yet no longer work.
        </p>
        <form method="post" action="/app/account/sign-out-everywhere" class="spaced">
          <button type="submit">Sign out everywhere</button>
        </form>
      </section>
      <section class="card" aria-labelledby="data">
        <h2 id="data">Your data</h2>
        <p class="muted">
          Everything that is kept about you, in one file for machines: profile, payment details (most of them hidden, as
          here), notifications, programs, links, clicks by day, conversions, ledger and statements.
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

function Current({ payee: { details, changed_at } }: { payee: Payee }) {
  if (details === null) {
    return <p class="empty">The merchant does not know yet where to send your money.</p>;
  }
  return (
    <>
      <dl class="facts spaced">
        {listFacts(details).map(([label, value]) => (
          <div>
            <dt>{label}</dt>
            <dd>{value}</dd>
          </div>
        ))}
        {changed_at !== null && (
          <div>
            <dt>Since</dt>
            <dd>
              <Time ms={changed_at} />
            </dd>
          </div>
        )}
      </dl>
      <details>
        <summary>Erase them</summary>
        <form method="post" action="/app/account/erase" class="spaced">
          <p class="note">
            Nobody can pay you then, until you enter new ones. What you were paid before stays in the books.
          </p>
          <button type="submit" class="spaced">
            Yes, erase my payment details
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
          ["By", "PayPal"],
          ["To", details.email],
        ]
      : [
          ["By", "Bank transfer"],
          ["Holder", details.account_holder],
          ["IBAN", details.iban],
          ["Account", details.account_number],
          ["Bank code", details.routing_number],
          ["BIC", details.bic],
          ["Bank", details.bank_name],
          ["Country", details.country],
          ["Currency", details.currency],
        ];
  return facts.filter((fact): fact is [string, Child] => fact[1] !== null && fact[1] !== undefined);
}

function Offered({ programs }: { programs: OfferedMethods[] }) {
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
        The merchant has received your {FORM_NAMES[tax_form.form]} on <DateOnly ms={tax_form.received_at} />.
      </p>
    );
  }
  const asking = programs.filter(({ payout }) => payout?.gates.includes("tax_form")).map(({ name }) => name);
  return (
    <p class="empty">
      {asking.length === 0
        ? "None was received, and none of your programs asks for one before it pays."
        : `None was received. ${asking.join(" and ")} pays only once it has one: please send it to the merchant.`}
    </p>
  );
}

function Changes({ changes }: { changes: PayeeChange[] }) {
  return (
    <DataTable
      caption="Changes of your payment details, newest first"
      columns={[{ label: "When", is_heading: true }, { label: "To" }, { label: "By" }]}
      rows={changes.map(({ changed_at, changed_by, method, masked }) => [
        <Time ms={changed_at} />,
        method === null ? "Erased" : `${masked ?? "erased since"} (${METHOD_NAMES[method]})`,
        changed_by === "affiliate" ? "You" : "The merchant",
      ])}
    />
  );
}
