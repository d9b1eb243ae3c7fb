import { Field, Form, type FormState } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { describeNewSale } from "./describe-effect.ts";
import type { CreditEffect } from "./views.ts";

const FIELDS = [
  ...["affiliate", "customer", "payment", "amount", "currency", "occurred_at", "reason"],
  ...["product", "subscription", "email", "namespace"],
];

/** `/admin/programs/:program/sales/new`: a sale that no checkout sends. */
export function NewSalePage({ program, state }: { program: string; state: FormState }) {
  const list = programHref(program, "/sales");
  return (
    <div class="stack">
      <PageHead
        title="Enter a sale"
        note="For a sale that no checkout sends, such as one by bank transfer. You see what it earns before it is stored."
        back={{ href: list, label: "Sales" }}
      />
      <section class="card" aria-label="Sale">
        <Form action={`${list}/new`} state={state} submit="Show the effect" fields={FIELDS}>
          <Field
            state={state}
            name="affiliate"
            label="Affiliate"
            note="The username of an approved affiliate."
            required
          />
          <Field state={state} name="customer" label="Customer id" note="As your checkout has it." required />
          <Field
            state={state}
            name="payment"
            label="Payment id"
            note="Such as the invoice number. A payment is recorded once."
            required
          />
          <Field state={state} name="occurred_at" label="Time (UTC)" type="datetime-local" required />
          <Field
            state={state}
            name="amount"
            label="Amount"
            note="Without tax and shipping, such as 99.00."
            required
            input={{ inputmode: "decimal" }}
          />
          <Field state={state} name="currency" label="Currency" required input={{ maxlength: 3 }} />
          <Field
            state={state}
            name="reason"
            label="Reason"
            note="The affiliate reads it. Name no customer."
            required
            input={{ maxlength: 500 }}
          />
          <p class="full muted">Optional</p>
          <Field state={state} name="product" label="Product" note="As the rules of the terms name it." />
          <Field
            state={state}
            name="subscription"
            label="Subscription id"
            note="If it is a payment of a subscription."
          />
          <Field
            state={state}
            name="email"
            label="Customer's email address"
            type="email"
            note="Only its hash is stored. It makes later purchases known as this customer's."
          />
          <Field
            state={state}
            name="namespace"
            label="Source of the ids"
            note="Such as stripe, for ids that a provider gave. Empty for your own, and for a customer that is known."
          />
        </Form>
      </section>
    </div>
  );
}

interface Entered {
  affiliate: string;
  customer: string;
  amount: number | string;
  currency: string;
}

/** What a sale earns and changes, to confirm. */
export function ConfirmSalePage(props: {
  program: string;
  values: Readonly<Record<string, string>>;
  body: Entered;
  effect: CreditEffect;
}) {
  const { program, values, body, effect } = props;
  const { affiliate, customer, amount, currency } = body;
  const list = programHref(program, "/sales");
  const sentences = describeNewSale(effect, affiliate, formatMoney);
  return (
    <div class="stack">
      <PageHead title="Enter this sale?" back={{ href: `${list}/new`, label: "Enter a sale" }} />
      <Confirm
        action={`${list}/new`}
        effect={
          <>
            <p>
              A sale of {formatMoney(Number(amount), currency)} to {customer}, credited to {affiliate}.
            </p>
            {sentences.map((sentence) => (
              <p>{sentence}</p>
            ))}
          </>
        }
        undo="A sale can't be deleted. You can withdraw its credit at any time, which reverses its commission."
        submit="Enter sale"
        cancel={list}
        values={values}
      />
    </div>
  );
}
