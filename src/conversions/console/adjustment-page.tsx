import { Field, Form, type FormState, SelectField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Confirm, Done, PageHead } from "../../console/layout/parts.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";

const FIELDS = ["affiliate", "amount", "currency", "reason"];
const CONFIRMATIONS = { posted: "Adjustment posted. The affiliate sees it within seconds." };
const DIRECTIONS = [
  ["add", "Add to the balance"],
  ["deduct", "Deduct from the balance"],
] as const;

/** `/admin/programs/:program/sales/adjust`: money that no sale earned, or that is taken off. */
export function AdjustmentPage(props: { program: string; state: FormState; done: string | undefined }) {
  const { program, state, done } = props;
  const list = programHref(program, "/sales");
  return (
    <div class="stack">
      <PageHead
        title="Adjust a balance"
        note="For money that no sale earns, such as a prize or a correction. It is due at once."
        back={{ href: list, label: "Sales" }}
      />
      <Done done={done} texts={CONFIRMATIONS} />
      <section class="card" aria-label="Adjustment">
        <Form action={`${list}/adjust`} state={state} submit="Show the effect" fields={FIELDS}>
          <Field state={state} name="affiliate" label="Affiliate" note="The username." required />
          <SelectField state={state} name="direction" label="Direction" options={DIRECTIONS} />
          <Field
            state={state}
            name="amount"
            label="Amount"
            note="Such as 25.00."
            required
            input={{ inputmode: "decimal" }}
          />
          <Field state={state} name="currency" label="Currency" required input={{ maxlength: 3 }} />
          <Field
            state={state}
            name="reason"
            label="Reason"
            note="The affiliate reads it, and it stays in the ledger for good."
            required
            input={{ maxlength: 200 }}
          />
        </Form>
      </section>
    </div>
  );
}

/** What an adjustment changes, to confirm. `amount` and `due` in minor units. */
export function ConfirmAdjustmentPage(props: {
  program: string;
  affiliate: string;
  amount: number;
  currency: string;
  reason: string;
  due: number;
  values: Readonly<Record<string, string>>;
}) {
  const { program, affiliate, amount, currency, reason, due, values } = props;
  const path = programHref(program, "/sales/adjust");
  const sum = formatMoney(Math.abs(amount), currency);
  return (
    <div class="stack">
      <PageHead title="Post this adjustment?" back={{ href: path, label: "Adjust a balance" }} />
      <Confirm
        action={path}
        effect={
          <>
            <p>{amount > 0 ? `Credits ${sum} to ${affiliate}.` : `Deducts ${sum} from ${affiliate}.`}</p>
            <p>
              Due to {affiliate} goes from {formatMoney(due, currency)} to {formatMoney(due + amount, currency)}.
            </p>
            <p class="note">Reason for the affiliate: {reason}</p>
          </>
        }
        undo="It can't be removed from the ledger. To undo it, post one in the other direction."
        submit="Post adjustment"
        cancel={programHref(program, "/sales")}
        is_danger={amount < 0}
        values={values}
      />
    </div>
  );
}
