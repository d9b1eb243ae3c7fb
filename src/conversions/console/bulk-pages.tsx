import { Field, FormFaults, FormKey, type FormState } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { DataTable } from "../../portal/layout/table.tsx";
import type { BulkEffect } from "./bulk-effect.ts";
import { describeAmounts } from "./describe-effect.ts";
import { titleOf } from "./sale-page.tsx";
import type { ConversionDetails } from "./views.ts";

/** What is done with the selected conversions. */
export type BulkAction = "credit" | "withdraw";

const VERBS: Readonly<Record<BulkAction, string>> = { credit: "Move", withdraw: "Withdraw" };

interface BulkProps {
  program: string;
  action: BulkAction;
  conversions: readonly ConversionDetails[];
}

/** Asks for the affiliate and the reason. */
export function BulkDecisionPage({ program, action, conversions, state }: BulkProps & { state: FormState }) {
  const path = programHref(program, "/sales");
  return (
    <div class="stack">
      <PageHead
        title={titleOfBulk(action, conversions.length)}
        note="Each conversion alone: the customers’ other payments stay where they are. You see the effect in money before you confirm it."
        back={{ href: path, label: "Sales" }}
      />
      <section class="card" aria-label="Decision">
        <form method="post" action={`${path}/bulk`} class="fields">
          <FormKey />
          <FormFaults state={state} fields={["affiliate", "reason"]} />
          <input type="hidden" name="action" value={action} />
          <input type="hidden" name="asked" value="yes" />
          {conversions.map(({ id }) => (
            <input type="hidden" name="conversion" value={id} />
          ))}
          {action === "credit" && (
            <Field
              state={state}
              name="affiliate"
              label="Affiliate"
              note="The username of an approved affiliate."
              required
              input={{ autocomplete: "off", spellcheck: "false" }}
            />
          )}
          <Field
            state={state}
            name="reason"
            label="Reason"
            note="Affiliates who lose or get the credit read it. Name no customer."
            required
            input={{ maxlength: 500 }}
          />
          <div>
            <button type="submit" class="primary">
              Show the effect
            </button>
          </div>
        </form>
      </section>
      <Chosen conversions={conversions} />
    </div>
  );
}

/** The effect of all decisions in one sum, to confirm. */
export function ConfirmBulkPage(props: BulkProps & { values: Readonly<Record<string, string>>; effect: BulkEffect }) {
  const { program, action, conversions, values, effect } = props;
  const path = programHref(program, "/sales");
  const { affiliate = "", reason = "" } = values;
  const isTest = conversions.every(({ test }) => test);
  const moved = { this: effect.moved > 0, earlier: 0, later: 0 };
  const count = effect.moved === 1 ? "1 conversion moves" : `${effect.moved} conversions move`;
  return (
    <div class="stack">
      <PageHead title={`${titleOfBulk(action, conversions.length)}?`} back={{ href: path, label: "Sales" }} />
      <Confirm
        action={`${path}/bulk`}
        effect={
          <>
            {describeAmounts({ amounts: effect.amounts, moved }, isTest, formatMoney).map((sentence) => (
              <p>{sentence}</p>
            ))}
            {effect.unknown > 0 && <p>The amounts of {effect.unknown} of them can’t be calculated here.</p>}
            <p>
              {count} to {action === "withdraw" ? "nobody" : affiliate}.
            </p>
            <p class="note">Reason for affiliates: {reason}</p>
          </>
        }
        undo="You can decide about each of them again at any time. The ledgers keep the entries of both decisions."
        submit={titleOfBulk(action, conversions.length)}
        cancel={path}
        is_danger={action === "withdraw"}
        values={{ action, affiliate, reason, asked: "yes", conversion: conversions.map(({ id }) => id) }}
      />
      <Chosen conversions={conversions} />
    </div>
  );
}

/** What became of each conversion, where at least one was refused. */
export function BulkResultPage(props: BulkProps & { faults: ReadonlyMap<number, string> }) {
  const { program, action, conversions, faults } = props;
  const path = programHref(program, "/sales");
  return (
    <div class="stack">
      <PageHead title={titleOfBulk(action, conversions.length)} back={{ href: path, label: "Sales" }} />
      <p class="notice" role="alert">
        {faults.size} of {conversions.length} couldn’t be changed. The table says why.
      </p>
      <section class="card" aria-label="Results">
        <DataTable
          caption="Results"
          columns={[
            { label: "Conversion", is_heading: true },
            { label: "Result", is_wide: true },
          ]}
          rows={conversions.map((conversion, index) => {
            const fault = faults.get(index);
            return [
              <a href={`${path}/${conversion.id}`}>{titleOf(conversion)}</a>,
              fault === undefined ? "Done" : <span class="fault">{fault}</span>,
            ];
          })}
        />
      </section>
    </div>
  );
}

function Chosen({ conversions }: { conversions: readonly ConversionDetails[] }) {
  return (
    <section class="card" aria-label="Selected conversions">
      <DataTable
        caption="Selected conversions"
        columns={[{ label: "Conversion", is_heading: true }, { label: "Customer" }, { label: "Credited to" }]}
        rows={conversions.map((conversion) => [
          titleOf(conversion),
          conversion.customer ?? "–",
          conversion.attributed_to ?? "Nobody",
        ])}
      />
    </section>
  );
}

function titleOfBulk(action: BulkAction, count: number): string {
  return `${VERBS[action]} credit of ${count === 1 ? "1 conversion" : `${count} conversions`}`;
}
