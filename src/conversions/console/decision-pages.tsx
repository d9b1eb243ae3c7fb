import { Field, Form, type FormState, SelectField, TextField } from "../../console/layout/form.tsx";
import { programHref } from "../../console/layout/navigation.ts";
import { Confirm, PageHead } from "../../console/layout/parts.tsx";
import { formatMoney } from "../../portal/layout/formats-context.tsx";
import { Time } from "../../portal/layout/time.tsx";
import { askedOf, DECISIONS, type DecisionKind, type readDecision } from "./decisions.ts";
import { describeEffect } from "./describe-effect.ts";
import { titleOf } from "./sale-page.tsx";
import type { ConversionDetails, CreditEffect } from "./views.ts";

const SCOPE_OPTIONS = [
  ["conversion", "This conversion alone"],
  ["future", "Payments after it"],
  ["all", "This one, earlier and later ones"],
] as const;

const NOTES: Readonly<Record<DecisionKind, string>> = {
  credit: "Your own decision, at any time. You see what it changes in money before you confirm it.",
  withdraw: "Nobody is credited then. You see what it changes in money before you confirm it.",
  dispute:
    "For an affiliate that claims the sale within the dispute period of the terms. Everything that is bound together moves. You see what it changes in money before you confirm it.",
};

/** The form of a decision about one conversion. */
export function DecisionPage(props: { kind: DecisionKind; conversion: ConversionDetails; state: FormState }) {
  const { kind, conversion, state } = props;
  const path = pathOf(conversion);
  const { title, fields } = DECISIONS[kind];
  return (
    <div class="stack">
      <PageHead title={title} note={NOTES[kind]} back={{ href: path, label: titleOf(conversion) }} />
      <section class="card" aria-label={title}>
        <p>
          {titleOf(conversion)}, <Time ms={Date.parse(conversion.occurred_at)} />, credited to{" "}
          <strong>{conversion.attributed_to ?? "nobody"}</strong>.
        </p>
        <Form action={`${path}/${kind}`} state={state} submit="Show the effect" fields={fields}>
          {kind !== "withdraw" && <AffiliateField conversion={conversion} state={state} />}
          {kind !== "dispute" && (
            <SelectField
              state={state}
              name="scope"
              label="Scope"
              note="What the terms bind together: the customer's payments, or those of the subscription."
              options={SCOPE_OPTIONS}
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
          <TextField
            state={state}
            name="internal_note"
            label="Internal note"
            note="Optional. Only your team reads it."
            input={{ maxlength: 2_000 }}
          />
        </Form>
      </section>
    </div>
  );
}

/** Suggests the affiliates whose touches were considered. */
function AffiliateField({ conversion, state }: { conversion: ConversionDetails; state: FormState }) {
  const { attributed_to, explanation } = conversion;
  const others = new Set(explanation.touches.map(({ affiliate }) => affiliate));
  others.delete(attributed_to ?? "");
  return (
    <>
      <Field
        state={state}
        name="affiliate"
        label="Affiliate"
        note={
          others.size === 0
            ? "The username of an approved affiliate."
            : `The username of an approved affiliate. Also considered: ${[...others].join(", ")}.`
        }
        required
        input={{ list: "considered", autocomplete: "off", spellcheck: "false" }}
      />
      <datalist id="considered">
        {[...others].map((name) => (
          <option value={name} />
        ))}
      </datalist>
    </>
  );
}

/** The effect of a decision in money, to confirm. */
export function ConfirmDecisionPage(props: {
  kind: DecisionKind;
  conversion: ConversionDetails;
  values: Readonly<Record<string, string>>;
  body: ReturnType<typeof readDecision>;
  effect: CreditEffect;
}) {
  const { kind, conversion, values, body, effect } = props;
  const path = pathOf(conversion);
  const { title, submit } = DECISIONS[kind];
  const sentences = describeEffect(effect, askedOf(body), conversion, formatMoney);
  return (
    <div class="stack">
      <PageHead title={`${title}?`} back={{ href: `${path}/${kind}`, label: title }} />
      <Confirm
        action={`${path}/${kind}`}
        effect={
          <>
            {sentences.map((sentence) => (
              <p>{sentence}</p>
            ))}
            <p class="note">Reason for affiliates: {body.reason}</p>
          </>
        }
        undo={`You can decide again at any time: credit ${conversion.attributed_to ?? "nobody"} once more. The ledgers keep the entries of both decisions.`}
        submit={submit}
        cancel={path}
        is_danger={kind === "withdraw"}
        values={values}
      />
    </div>
  );
}

/** Confirms that a sale's money has arrived. */
export function SettlePage({ conversion }: { conversion: ConversionDetails }) {
  const path = pathOf(conversion);
  return (
    <div class="stack">
      <PageHead title="Confirm payment?" back={{ href: path, label: titleOf(conversion) }} />
      <Confirm
        action={`${path}/settle`}
        effect={
          <p>
            Says that you have received the money of this sale. Where the terms pay commission only after that, its
            commission can be paid out from now on, once its hold period is over. No entry changes.
          </p>
        }
        undo="You can't undo it. If the customer gets the money back, record a refund."
        submit="Confirm payment"
        cancel={path}
        values={{}}
      />
    </div>
  );
}

function pathOf({ program, id }: ConversionDetails): string {
  return programHref(program, `/sales/${id}`);
}
